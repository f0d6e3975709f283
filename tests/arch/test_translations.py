"""The English translation knows every translatable string, and no placeholder is lost."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import update_translations  # noqa: E402


def test_every_string_is_translated() -> None:
    known = update_translations.translations()
    missing = [key for key in update_translations.strings() if not known.get(key)]
    assert not missing, "make translations, then translate in i18n/weipian_en.ts"


def test_nothing_is_translated_that_is_no_longer_there() -> None:
    assert set(update_translations.translations()) <= set(update_translations.strings())


def test_placeholders_survive() -> None:
    for (_, source), translation in update_translations.translations().items():
        assert sorted(re.findall(r"%\w|\{\w*\}", source)) == sorted(re.findall(r"%\w|\{\w*\}", translation))
