"""A pack laid over the one it extends: entries by id, lists and values replaced, every place kept.

`remove: {section: [ids]}` takes entries away; a list that begins with `+` adds to the list below it;
`before: id` puts a new entry before another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from .pack_yaml import Entry, Text, Value, Where, near

REMOVE, BEFORE, MORE = "remove", "before", "+"
_KEYS = ("id", "code")


def merge(below: Entry, above: Entry) -> Entry:
    """The document `above` over `below`; what is dangling is told to the problems of `above`."""
    values, places = dict(below.values), dict(below.places)
    gone = above.values.get(REMOVE)
    if gone is not None:
        _remove(values, above)
    for key, value in above.values.items():
        if key == REMOVE:
            continue
        values[key], places[key] = _over(values.get(key), value, above.places[key]), above.places[key]
    return Entry(above.place, values, places)


def settle(document: Entry) -> Entry:
    """A document of a pack that extends nothing: `+` and `before` have nothing to refer to."""
    if REMOVE in document.values:
        document.at(REMOVE).fail("remove 只能用在有 extends 的规则包里，请删去")
    return Entry(
        document.place,
        {key: _over(None, value, document.at(key)) for key, value in document.values.items() if key != REMOVE},
        document.places,
    )


def _over(below: Optional[Value], above: Value, place: Where) -> Value:
    """`above` over `below`; entries that have ids are never replaced as a whole, so that a slip is told once, where
    it is, and not as everything that then lacks."""
    if isinstance(above, Entry):
        return _entry_over(below if isinstance(below, Entry) else Entry(above.place), above)
    lower = below if isinstance(below, list) else []
    keyed = bool(lower) and all(map(_key, lower))
    if not isinstance(above, list):
        if keyed:
            place.fail(f"“{place.name}”应当是清单，每一项都有 id；不改就删去这一项")
        return lower if keyed else above
    if above and isinstance(above[0], Text) and above[0] == MORE:
        return [*lower, *(item for item in above[1:] if item not in lower)]
    if above and all(isinstance(item, Entry) and _key(item) for item in above):
        return _list_over([item for item in lower if isinstance(item, Entry)], above)
    if not keyed:
        return above
    if not above:
        place.fail(f"“{place.name}”是空的；不改就删去这一项，要去掉条目请用 remove")
    for item in above:
        if not _key(item):
            spot = item.place if isinstance(item, (Entry, Text)) else place
            spot.fail(f"“{place.name}”清单里的每一项都是“名称: 值”的形式，并且有 id，例如 {{id: 编号, 要改的项: 值}}")
    return _list_over([item for item in lower if isinstance(item, Entry)], [item for item in above if _key(item)])


def _entry_over(below: Entry, above: Entry) -> Entry:
    values, places = dict(below.values), dict(below.places)
    for key, value in above.values.items():
        if key == BEFORE and any(name in above.values for name in _KEYS):
            continue
        values[key], places[key] = _over(values.get(key), value, above.places[key]), above.places[key]
    return Entry(above.place, values, places)


def _list_over(below: Sequence[Entry], above: Sequence[Value]) -> list[Value]:
    found: list[Entry] = list(below)
    ids = {_key(entry): entry for entry in below}
    seen: dict[str, Entry] = {}
    for entry in above:
        if not isinstance(entry, Entry):
            continue
        key = _key(entry)
        if key in seen:  # written twice in one file: kept twice, so that the reader says so
            found.append(_entry_over(Entry(entry.place), entry))
            continue
        seen[key] = entry
        if key in ids:
            found[found.index(ids[key])] = _entry_over(ids[key], entry)
        else:
            found.insert(_position(found, entry), _entry_over(Entry(entry.place), entry))
    return list(found)


def _position(found: Sequence[Entry], entry: Entry) -> int:
    wanted = entry.text(BEFORE)
    if not wanted:
        return len(found)
    keys = [_key(item) for item in found]
    if wanted not in keys:
        entry.at(BEFORE).fail(f"before：没有“{wanted}”{near(wanted, keys)}")
        return len(found)
    return keys.index(wanted)


def _key(entry: Value) -> str:
    if not isinstance(entry, Entry):
        return ""
    return next((str(entry.values[name]) for name in _KEYS if isinstance(entry.values.get(name), Text)), "")


def _remove(values: dict[str, Value], above: Entry) -> None:
    table = above.entry(REMOVE)
    for section in table.values:
        listed = values.get(section)
        if not isinstance(listed, list) and not isinstance(listed, Entry):
            known = [key for key, value in values.items() if isinstance(value, (list, Entry))]
            table.at(section).fail(
                f"remove：这个文件没有“{section}”这一部分{near(section, known)}，可用的有 {'、'.join(known)}；"
                "remove 要写在有这一部分的文件里，例如 sub_types 写在 judgements.yaml"
            )
            continue
        known = [_key(item) for item in listed] if isinstance(listed, list) else list(listed.values)
        gone = table.texts(section)
        for name in gone:
            if name not in known:
                name.place.fail(f"remove：下面的规则包没有“{name}”{near(name, known)}")
        if isinstance(listed, list):
            values[section] = [item for item in listed if _key(item) not in gone]
        else:
            kept = {key: value for key, value in listed.values.items() if key not in gone}
            values[section] = Entry(listed.place, kept, listed.places)
