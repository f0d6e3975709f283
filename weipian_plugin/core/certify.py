"""A village's word for the truth of its evidence: what it covers, its digest, and in words what changed since.

The digest is SHA-256 over canonical JSON, so that the same files and facts give the same text on every machine.
It covers the number, village and outline of the patch, the facts filled in for it, every file by its SHA-256 with
its purpose, and of files what people typed: position, azimuth and time of photos marked 手工, number, date, area,
authority and validity of documents. Verdict, sub-type and areas are the office's own and stay out of it. File names
stand in the summary, for the sentences, but not in the digest.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from .journal import canonical
from .model import Patch
from .proof import MANUAL, Certificate, Certified, Evidence

#: `evidence_link.purpose` of the signed list itself; it is no part of what it certifies.
VILLAGE_WORD = "village_word"
#: Names of purposes that no rule pack asks for.
OWN_PURPOSES: Mapping[str, str] = {VILLAGE_WORD: "村级承诺清单"}
SENTENCE = "各村对报送材料的真实性和准确性负责。"
NONE, PRINTED, SIGNED, VOID = "none", "printed", "signed", "void"
STATE_LABELS: Mapping[str, str] = {NONE: "未承诺", PRINTED: "待签字", SIGNED: "已签字", VOID: "已失效"}
STATE_MARKS: Mapping[str, str] = {NONE: "○", PRINTED: "●", SIGNED: "✔", VOID: "✖"}

_PHOTO_FACTS: Mapping[str, str] = {"lon": "经度", "lat": "纬度", "azimuth": "方位角", "taken_at": "拍摄时间"}
_DOCUMENT_FACTS: Mapping[str, str] = {
    "doc_kind": "种类", "doc_no": "文号", "doc_date": "日期", "doc_area_mu": "面积（亩）", "doc_authority": "批准机关",
    "valid_until": "有效期", "outline": "批准范围",
}  # fmt: skip
_FACTS = {**_PHOTO_FACTS, **_DOCUMENT_FACTS, "shift": "位置换算"}
#: No I, O, Q, U, Z: they are read as 1, 0, 0, V, 2. 31 is a prime, so the check character finds every wrong
#: character and every two neighbours that changed places.
_ALPHABET = "0123456789ABCDEFGHJKLMNPRSTVWXY"
_PREFIX = "WP"
_RANDOM = 4
_NUMBER = re.compile(rf"{_PREFIX}\s*-?\s*(\d{{6}})\s*[-_ ]?\s*([0-9A-Z]{{{_RANDOM + 1}}})(?![0-9A-Z])")
_MISREAD = str.maketrans("IOQUZ", "100V2")
SHORT = 8


# -- what is covered ----------------------------------------------------------------------------


def content(patch: Patch, answers: Mapping[str, str], files: Iterable[tuple[Evidence, str]]) -> dict[str, Any]:
    """What a signature for this patch covers, as plain JSON; `files` are (evidence, purpose) in any order."""
    return {
        "patch": {
            "patch_id": patch.patch_id,
            "village": patch.village_name or "",
            "outline": hashlib.sha256(patch.wkb).hexdigest() if patch.wkb else "",
        },
        "facts": {key: str(value).strip() for key, value in answers.items() if str(value).strip()},
        "files": sorted(
            (_file(item, purpose) for item, purpose in files if purpose != VILLAGE_WORD),
            key=lambda entry: (entry["sha256"], entry["purpose"]),
        ),
    }


def _file(item: Evidence, purpose: str) -> dict[str, Any]:
    facts: dict[str, str] = {}
    if item.kind == "photo":
        if item.source == MANUAL:
            facts = {
                "lon": _number(item.lon, 7),
                "lat": _number(item.lat, 7),
                "azimuth": _number(item.azimuth, 1),
                "taken_at": item.taken_at or "",
            }
        facts["shift"] = item.shift
    else:
        facts = {name: str(getattr(item, name) or "") for name in _DOCUMENT_FACTS if name != "outline"}
        facts["outline"] = hashlib.sha256(item.outline).hexdigest() if item.outline else ""
    known = {name: text for name, text in facts.items() if text}
    return {"sha256": item.sha256, "kind": item.kind, "purpose": purpose, "name": item.original_name, "facts": known}


def _number(value: Optional[float], places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"


def digest(covered: Mapping[str, Any]) -> str:
    """SHA-256 of what is covered, file names left out."""
    files = [{key: value for key, value in entry.items() if key != "name"} for entry in covered["files"]]
    return hashlib.sha256(canonical({**covered, "files": files}).encode()).hexdigest()


def summary(covered: Mapping[str, Any]) -> str:
    """The text kept beside the digest; `changes` compares two of them."""
    return canonical(covered)


def short(text: str) -> str:
    """The first characters of a digest, as printed in the list."""
    return text[:SHORT].upper()


# -- what changed -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Names:
    """Chinese names for purposes and facts of the rule pack; an id that is not here is shown as it is."""

    purposes: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    def purpose(self, key: str) -> str:
        """Name of what a file proves."""
        return self.purposes.get(key, key)


def changes(before: str, covered: Mapping[str, Any], names: Optional[Names] = None) -> tuple[str, ...]:
    """In words what differs between the summary that was signed and what there is now; empty when nothing does."""
    names = names or Names()
    try:
        old: Mapping[str, Any] = json.loads(before)
        return (
            *_patch_changes(old["patch"], covered["patch"]),
            *_fact_changes(old["facts"], covered["facts"], names),
            *_file_changes(old["files"], covered["files"], names),
        )
    except (ValueError, KeyError, TypeError, AttributeError):  # written by another version
        return ("签字时的清单读不出来，不能逐项比较",)


def _patch_changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    said = []
    if old["patch_id"] != new["patch_id"]:
        said.append(f"图斑编号由 {old['patch_id']} 改为 {new['patch_id']}")
    if old["village"] != new["village"]:
        said.append(f"村由“{old['village']}”改为“{new['village']}”")
    if old["outline"] != new["outline"]:
        said.append("图斑边界有变化")
    return said


def _fact_changes(old: Mapping[str, str], new: Mapping[str, str], names: Names) -> list[str]:
    said = []
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            said.append(_turned(f"“{names.facts.get(key, key)}”", old.get(key, ""), new.get(key, "")))
    return said


def _turned(what: str, old: str, new: str) -> str:
    if not old:
        return f"{what}补填为“{new}”"
    return f"{what}由“{old}”改为“{new}”" if new else f"{what}（原为“{old}”）被清空"


def _file_changes(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], names: Names) -> list[str]:
    before, after = _by_sha(old), _by_sha(new)
    said = []
    for sha in sorted({*before, *after}, key=lambda s: (_shown((after.get(s) or before[s])[0]), s)):
        was, now = before.get(sha, []), after.get(sha, [])
        what = _shown((now or was)[0])
        if not was:
            said.append(f"增加了{what}")
        elif not now:
            said.append(f"移除了{what}")
        else:
            said += _purpose_changes(what, was, now, names)
            said += _file_fact_changes(what, was[0]["facts"], now[0]["facts"])
    return said


def _by_sha(files: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for entry in files:
        found.setdefault(entry["sha256"], []).append(entry)
    return found


def _shown(entry: Mapping[str, Any]) -> str:
    return f"{'照片' if entry['kind'] == 'photo' else '文件'} {entry['name']}"


def _purpose_changes(
    what: str, was: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]], names: Names
) -> list[str]:
    old, new = ({str(entry["purpose"]) for entry in entries} for entries in (was, now))
    if old == new:
        return []
    texts = ("、".join(names.purpose(key) for key in sorted(keys)) for keys in (old, new))
    return ["{}的用途由“{}”改为“{}”".format(what, *texts)]


def _file_fact_changes(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    if old == new:
        return []
    typed = [name for name in _PHOTO_FACTS if name in old or name in new]
    if typed and not any(name in old for name in _PHOTO_FACTS):
        facts = "，".join(f"{_PHOTO_FACTS[name]} {new[name]}" for name in typed)
        rest = {key for key in (*old, *new) if key not in _PHOTO_FACTS}
        return [f"{what}的拍摄信息改为手工填写（{facts}）", *_each(what, old, new, rest)]
    if typed and not any(name in new for name in _PHOTO_FACTS):
        rest = {key for key in (*old, *new) if key not in _PHOTO_FACTS}
        return [f"{what}的拍摄信息由手工填写改回照片自带", *_each(what, old, new, rest)]
    return _each(what, old, new, {*old, *new})


def _each(what: str, old: Mapping[str, str], new: Mapping[str, str], keys: Iterable[str]) -> list[str]:
    said = []
    for key in sorted(keys, key=lambda k: list(_FACTS).index(k) if k in _FACTS else len(_FACTS)):
        if old.get(key) == new.get(key):
            continue
        if key == "outline":
            said.append(f"{what}的批准范围有变化")
        elif key == "shift":
            said.append(f"{what}的位置" + ("按 GCJ-02 换算过" if new.get(key) else "恢复为换算前"))
        else:
            said.append(_turned(f"{what}的{_FACTS.get(key, key)}", old.get(key, ""), new.get(key, "")))
    return said


# -- where a patch stands -----------------------------------------------------------------------


@dataclass(frozen=True)
class CertState:
    """How a patch stands: `state` none | printed | signed | void, a sentence, the certificate it speaks of."""

    state: str = NONE
    text: str = "还没有村级承诺"
    certificate: Optional[Certificate] = None
    changed: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Two or three words."""
        return STATE_LABELS[self.state]

    @property
    def mark(self) -> str:
        """The sign before the words; never colour alone."""
        return STATE_MARKS[self.state]


def state_of(
    found: Sequence[tuple[Certificate, Certified]], covered: Mapping[str, Any], names: Optional[Names] = None
) -> CertState:
    """What the certificates of one patch say of what there is now; withdrawn ones say nothing.

    A signature over exactly what there is now counts, however many lists were printed since; without one, the last
    signature is told with what changed, or the last list that waits for one.
    """
    now = digest(covered)
    valid = [(paper, item) for paper, item in found if not paper.withdrawn]
    signed = sorted((pair for pair in valid if pair[0].signed_on), key=lambda pair: pair[0].at)
    waiting = sorted((pair for pair in valid if not pair[0].signed_on), key=lambda pair: pair[0].made_at)
    good = [paper for paper, item in signed if item.digest == now]
    if good:
        paper = good[-1]
        return CertState(SIGNED, f"{_signature(paper)}（{paper.number}）", paper)
    if signed:
        paper, item = signed[-1]
        changed = changes(item.summary, covered, names) or ("材料有变化",)
        text = f"承诺已失效（{paper.number}，{_signature(paper)}）：{'；'.join(changed)}"
        return CertState(VOID, text + _reprint(waiting, now), paper, changed)
    if waiting:
        paper, item = waiting[-1]
        text = f"清单 {paper.number} 已于 {paper.made_at[:10]} 打印，待{paper.village or '村'}签字"
        if item.digest == now:
            return CertState(PRINTED, text, paper)
        changed = changes(item.summary, covered, names) or ("材料有变化",)
        return CertState(PRINTED, f"{text}；打印后{'；'.join(changed)}，请重新打印", paper, changed)
    return CertState()


def _signature(paper: Certificate) -> str:
    return f"{paper.village}{paper.signed_by} {paper.signed_on} 签字负责"


def _reprint(waiting: Sequence[tuple[Certificate, Certified]], now: str) -> str:
    fresh = [paper for paper, item in waiting if item.digest == now]
    return f"；新清单 {fresh[-1].number} 待签字" if fresh else "；请重新打印、签字"


# -- the number on the paper --------------------------------------------------------------------


def make_number(day: str, chance: int) -> str:
    """`WP260501-123YJ` of an ISO day and a random number; the last character checks the others."""
    body = ""
    for _ in range(_RANDOM):
        chance, rest = divmod(chance, len(_ALPHABET))
        body += _ALPHABET[rest]
    short_day = day[2:10].replace("-", "")
    return f"{_PREFIX}{short_day}-{body}{_check(short_day + body)}"


def find_number(text: str) -> str:
    """The number in what a scanner typed, a person wrote or a file is called; empty when none is right."""
    plain = unicodedata.normalize("NFKC", text).upper().replace("—", "-").replace("–", "-")
    for found in _NUMBER.finditer(plain):
        day, body = found.group(1), found.group(2).translate(_MISREAD)
        if _check(day + body[:-1]) == body[-1]:
            return f"{_PREFIX}{day}-{body}"
    return ""


def _check(text: str) -> str:
    total = sum(weight * _ALPHABET.index(char) for weight, char in enumerate(text, 1))
    return _ALPHABET[total % len(_ALPHABET)]
