"""The part of a rule pack that reads the platform's status tables."""

from __future__ import annotations

from ..core.platform_status import COLUMNS, MEANINGS, STATE_FIELDS, PlatformRules, PlatformState, state_key
from ..core.rulepack import SOURCE_TAGS
from .pack_yaml import Entry

_HIGHEST_RANK = 99


def platform_rules(doc: Entry) -> PlatformRules:
    """Read platform_status.yaml; what is wrong goes to the problems of `doc`."""
    doc.only("columns", "states")
    states: list[PlatformState] = []
    seen: set[str] = set()
    words: set[tuple[str, str]] = set()
    for entry in doc.entries("states"):
        state = _state(entry)
        if state.id in seen:
            entry.at("id").fail(f"“{state.id}”重复")
        seen.add(state.id)
        for word in (state.label, *state.codes, *state.aliases):
            if (state.field, state_key(word)) in words:
                entry.at("label").fail(f"{state.field} 的“{word}”重复")
            words.add((state.field, state_key(word)))
        states.append(state)
    return PlatformRules(_columns(doc), tuple(states))


def _state(entry: Entry) -> PlatformState:
    entry.only("field", "id", "label", "codes", "means", "rank", "source", "aliases", "returnable")
    rank = entry.text("rank", "0")
    if not rank.isdigit() or int(rank) > _HIGHEST_RANK:
        entry.at("rank").fail(f"“rank”应当是 0 到 {_HIGHEST_RANK} 的整数")
        rank = "0"
    return PlatformState(
        id=str(entry.need("id")),
        field=str(entry.one_of("field", STATE_FIELDS)),
        label=str(entry.need("label")),
        means=str(entry.one_of("means", MEANINGS)),
        source=str(entry.one_of("source", SOURCE_TAGS)),
        codes=tuple(str(text) for text in entry.texts("codes")),
        aliases=tuple(str(text) for text in entry.texts("aliases")),
        rank=int(rank),
        returnable=entry.flag("returnable"),
    )


def _columns(doc: Entry) -> dict[str, tuple[str, ...]]:
    table = doc.entry("columns")
    table.only(*COLUMNS)
    for name in ("patch_id", "fill_state", "audit_stage"):
        if not table.texts(name):
            doc.at("columns").fail(f"至少要有 {name} 的列名")
    return table.names("列名")
