"""Load a rule pack, laid over those it extends, and name everything that is wrong by file, line and field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Optional

from ..core.rulepack import REASON_KINDS, RulePack
from . import pack_flow
from . import pack_sections as sections
from .pack_files import CASES, HEAD, PackError, PackFiles, read_files
from .pack_merge import merge, settle
from .pack_platform import platform_rules
from .pack_proofs import read_proofs
from .pack_yaml import Entry, Problem, Problems, near, read_yaml

FILES: tuple[str, ...] = (
    "pack.yaml", "classes.yaml", "judgements.yaml", "evidence.yaml", "rules.yaml", "thresholds.yaml",
    "offices.yaml", "landuse.yaml", "patch_types.yaml", "aliases.yaml", "returns.yaml", "registers.yaml",
    "platform_status.yaml",
)  # fmt: skip
#: Files that a pack may have besides; what no reader here takes apart stands in `RulePack.documents`.
OPTIONAL: tuple[str, ...] = ("flow.yaml", "cards.yaml", "minerals.yaml", "filling.yaml", "proofs.yaml")
#: Of these the shipped base stands below every pack: an older pack believes evidence by the same limits.
_ALWAYS: tuple[str, ...] = ("proofs.yaml",)
_BASE = "national-2023"
REGIONS: tuple[str, ...] = ("unset", "south", "north")
_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}")


def load_pack(folder: Path, search: Sequence[Path] = ()) -> RulePack:
    """Read and check the pack in `folder`; a pack that it extends lies beside it or in `search`.

    Raises:
        PackError: E_RULES with file and line; `problems` holds all of them.
    """
    return built(read_files(Path(folder), search))


@lru_cache(maxsize=8)
def _cached(_fingerprint: str, text: str) -> RulePack:
    return build_pack(PackFiles.from_text(text))


def built(files: PackFiles) -> RulePack:
    """The pack of these files, read once however it is asked for.

    Raises:
        PackError: E_RULES with everything that is wrong.
    """
    return _cached(files.fingerprint, files.text())


def build_pack(files: PackFiles) -> RulePack:
    """Read and check a pack from its files.

    Raises:
        PackError: E_RULES with file and line; `problems` holds all of them.
    """
    problems = Problems()
    pack = _read(files, documents(files, problems), problems)
    if pack is None:
        raise PackError(list(problems))
    return pack


def check_files(files: PackFiles, problems: Problems) -> Optional[RulePack]:
    """As `build_pack`, but everything wrong goes to `problems`; None when anything was."""
    return _read(files, documents(files, problems), problems)


def documents(files: PackFiles, problems: Problems) -> dict[str, Entry]:
    """The documents of a pack, each laid over that of the pack below; the test cases are those of the pack itself."""
    found: dict[str, Entry] = {}
    for number, (pack_id, contents) in enumerate(files.chain):
        last = number == len(files.chain) - 1
        for name, raw in contents.items():
            if name == CASES and not last:
                continue
            own = read_yaml(f"{pack_id}/{name}", raw, problems)
            if name == HEAD and not own.values and any(p.file == own.place.file for p in problems):
                return {}  # nothing is known of the pack but that this file cannot be read
            if name == HEAD:
                _check_head(own, pack_id)
            found[name] = merge(found[name], own) if name in found else settle(own)
        if CASES not in contents:
            found.pop(CASES, None)
        if not number:
            lacking = "、".join(name for name in FILES if name not in contents)
            if lacking:
                said = f"缺少文件 {lacking}；只写不同之处的规则包要在 pack.yaml 里写 extends"
                problems.add(Problem(f"{pack_id}/{HEAD}", 1, "extends", said))
    for name in _ALWAYS:
        if name not in found or _BASE not in [pack_id for pack_id, _ in files.chain]:
            found[name] = _over_shipped(found.get(name), name, problems)
    for name, doc in found.items():
        if name not in (*FILES, *OPTIONAL, CASES):
            doc.place.fail(f"没有哪一部分读取文件 {name}{near(name, (*FILES, *OPTIONAL, CASES))}，请改名或移走")
    return found


def _over_shipped(own: Optional[Entry], name: str, problems: Problems) -> Entry:
    """A document laid over that of the shipped base, for a pack that does not build on it."""
    from .resources import resource

    shipped = settle(read_yaml(f"{_BASE}/{name}", resource("rules", _BASE, name).read_bytes(), problems))
    return shipped if own is None else merge(shipped, own)


def _check_head(head: Entry, pack_id: str) -> None:
    """What a pack says of itself it has to say itself, not inherit."""
    for key in ("id", "version", "label"):
        head.need(key)
    if not _ID.fullmatch(pack_id):
        head.at("id").fail(f"id 只能用小写字母、数字、点和短横线，例如 chongqing-2026，现在是“{pack_id}”")


def _read(files: PackFiles, docs: Mapping[str, Entry], problems: Problems) -> Optional[RulePack]:
    """The pack, None when anything is wrong with it."""
    if len(problems) and any(name not in docs for name in FILES):
        return None
    try:
        pack = _built(files, docs)
    except (LookupError, ValueError, ArithmeticError, AttributeError, TypeError):
        if not len(problems):
            raise  # a mistake of ours, not of the pack
        return None  # came from what was already told
    return None if len(problems) else pack


def _built(files: PackFiles, docs: Mapping[str, Entry]) -> RulePack:
    head = docs["pack.yaml"]
    head.only("id", "version", "label", "based_on", "extends", "region")
    requirements = sections.read_requirements(docs["evidence.yaml"])
    asks = sections.read_ask_fields(docs["judgements.yaml"])
    sub_types, base_requires, base_asks = sections.read_judgements(docs["judgements.yaml"], requirements, asks)
    sections.check_facts(docs["evidence.yaml"], asks)
    thresholds, threshold_sources = sections.read_thresholds(docs["thresholds.yaml"])
    landuse, landuse_sources = sections.read_landuse(docs["landuse.yaml"])
    rules = sections.read_rules(docs["rules.yaml"], sub_types)
    columns, names, doc_nos = sections.read_registers(docs["registers.yaml"])
    return RulePack(
        id=str(head.need("id")),
        version=str(head.need("version")),
        label=str(head.need("label")),
        based_on=sections.plain(head.texts("based_on")),
        fingerprint=files.fingerprint,
        extends=tuple(name for name, _ in files.chain[:-1]),
        region=str(head.one_of("region", REGIONS, "unset")).replace("unset", ""),
        documents={name: docs[name].plain() for name in OPTIONAL if name in docs},
        landuse_scheme=str(docs["landuse.yaml"].need("scheme")),
        monitor_classes=sections.read_classes(docs["classes.yaml"]),
        sub_types=sub_types,
        requirements=requirements,
        ask_fields=asks,
        base_requires=base_requires,
        base_asks=base_asks,
        opinions=sections.read_opinions(docs["judgements.yaml"], sub_types),
        offices=sections.read_offices(docs["offices.yaml"], sub_types),
        landuse=landuse,
        landuse_sources=landuse_sources,
        patch_types=sections.read_patch_types(docs["patch_types.yaml"]),
        aliases=sections.read_aliases(docs["aliases.yaml"]),
        register_columns=columns,
        register_names=names,
        register_doc_nos=doc_nos,
        thresholds=thresholds,
        threshold_sources=threshold_sources,
        rules=rules,
        flow=pack_flow.read_flow(docs.get("flow.yaml"), asks, rules),
        cards=pack_flow.read_cards(docs.get("cards.yaml")),
        minerals=pack_flow.read_minerals(docs.get("minerals.yaml")),
        proofs=read_proofs(docs["proofs.yaml"], requirements),
        return_reasons=sections.read_returns(docs["returns.yaml"], "returns", requirements),
        reasons={
            kind: sections.read_returns(docs["returns.yaml"], kind, requirements)
            for kind in REASON_KINDS
            if kind in docs["returns.yaml"].values
        },
        platform=platform_rules(docs["platform_status.yaml"]),
    )
