"""Approval registers kept as tables (宅基地审批, 农转用 …): how an entry is compared with a patch.

Pure text and numbers: files are read and places are measured in `workbench.registers`. Areas are m².
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Optional

from .model import RegisterEntry

#: Why an entry lies on a patch, the surest first; `suggested` waits for a person, `removed` was taken off by one.
CONFIRMED, DOC_NO, LOCATION, HOLDER, SUGGESTED, REMOVED = (
    "confirmed", "doc_no", "location", "holder", "suggested", "removed",
)  # fmt: skip
HOW_LABELS: Mapping[str, str] = {
    CONFIRMED: "人工确认",
    DOC_NO: "文号一致",
    LOCATION: "位置相符",
    HOLDER: "村名和姓名一致",
    SUGGESTED: "可能是，待确认",
    REMOVED: "人工移除",
}
_ORDER = (CONFIRMED, DOC_NO, LOCATION, HOLDER, SUGGESTED, REMOVED)
#: From this likeness on a name is suggested; one character of three differs at most.
_LIKE = 0.66
#: A document that more entries share than this suggests none of them.
_MOST_SHARING = 8
_BRACKETS = str.maketrans("〔[【{（［〕]】}）］", "(((((())))))")
_DROP = re.compile(r"[\s,，、.。:：;；·]+")
_GROUP = re.compile(r"(第?[0-9一二三四五六七八九十百]+\s*(?:村民)?小?(?:组|社(?!区)|队|号|户)(?!.*(?:村|社区)$).*)$")
_TOWN = re.compile(r"^.{1,8}?(?:街道办事处|街道|镇|乡)(?=.)")
#: Columns with data of persons that no check of an approval needs: never read.
_PERSONAL = re.compile(
    r"身份证|证件号|证件类型|公民身份|联系电话|联系方式|电话|手机|固话|银行|账号|卡号|家庭住址|户籍地址|户籍所在|出生|民族|性别"
    r"|^(?:sfzh?|sfzhm|zjhm|zjh|zrrzjhm|lxdh|dh|tel|phone|mobile|idcard|jzdz)$"
)
#: The same data inside other text: an id card of 15 or 18 digits with its birthday, a mobile number.
_PERSONAL_TEXT = re.compile(
    r"(?<![0-9])(?:[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx]|1[3-9]\d{9})(?![0-9])"
)
_VILLAGE_TAIL = re.compile(r"(?:村民委员会|居民委员会|村委会|居委会|社区|村|居)$")


@dataclass(frozen=True)
class RegisterMatch:
    """An entry that lies on a patch. `how` is one of the words above, `detail` tells it in Chinese.

    `twins`: other entries of the same holder in the same village; `elsewhere`: numbers of other patches
    that belong to the same holder.
    """

    entry: RegisterEntry
    how: str
    detail: str = ""
    twins: tuple[RegisterEntry, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        """True unless a person still has to say so."""
        return self.how not in (SUGGESTED, REMOVED)

    @property
    def label(self) -> str:
        """Why, in Chinese."""
        words = HOW_LABELS.get(self.how, self.how)
        return f"{words}，{self.detail}" if self.detail else words


@dataclass(frozen=True)
class Claim:
    """What a patch says of itself: names of holders, numbers of documents, its village."""

    village: str = ""
    names: tuple[str, ...] = ()
    doc_nos: tuple[str, ...] = ()


def is_personal(header: str) -> bool:
    """True for a column of id cards, telephone numbers and the like."""
    return _PERSONAL.search(fold(header)) is not None


def without_personal(text: str) -> str:
    """Text with id card and mobile numbers replaced by ＊＊＊, as a remark may hold them."""
    return _PERSONAL_TEXT.sub("＊＊＊", text)


def fold(text: Optional[str]) -> str:
    """Full width made half width, case folded, brackets unified, blanks and stops out."""
    return _DROP.sub("", unicodedata.normalize("NFKC", text or "").casefold().translate(_BRACKETS))


def fold_doc_no(text: Optional[str]) -> str:
    """A document number for comparison: 渝北府地〔2023〕012号 and 渝北府地[2023]第12号 are the same."""
    plain = re.sub(r"第(?=\d)|号$", "", fold(text))
    return re.sub(r"(?<!\d)0+(?=\d)", "", plain)


def fold_village(text: Optional[str]) -> str:
    """A village for comparison: without 镇 in front, 村/社区 and 组 behind; "" when nothing is left."""
    plain = _GROUP.sub("", fold(text))
    plain = _TOWN.sub("", plain)
    for _ in range(2):  # 古路村村民委员会
        plain = _VILLAGE_TAIL.sub("", plain) or plain
    return plain


def household(entry: RegisterEntry) -> tuple[str, str]:
    """(village, holder) that one household is told by; an empty half when the register does not say."""
    return fold_village(entry.village), fold(entry.holder)


class RegisterIndex:
    """Entries by document number, by household and by village, for many patches."""

    def __init__(self, entries: Iterable[RegisterEntry]) -> None:
        self.entries: dict[str, RegisterEntry] = {entry.entry_id: entry for entry in entries}
        self._registers = tuple(dict.fromkeys(entry.register for entry in self.entries.values()))
        self._by_name: dict[str, list[RegisterEntry]] = {}
        self._by_doc: dict[str, list[RegisterEntry]] = {}
        self._by_house: dict[tuple[str, str], list[RegisterEntry]] = {}
        self._by_village: dict[str, list[tuple[RegisterEntry, str]]] = {}
        for entry in self.entries.values():
            doc = fold_doc_no(entry.doc_no)
            if doc:
                self._by_doc.setdefault(doc, []).append(entry)
            village, holder = household(entry)
            if holder:
                self._by_house.setdefault((village, holder), []).append(entry)
                self._by_name.setdefault(holder, []).append(entry)
                self._by_village.setdefault(village, []).append((entry, holder))

    def __len__(self) -> int:
        return len(self.entries)

    def registers(self) -> tuple[str, ...]:
        """The roles that a register was read for."""
        return self._registers

    def by_doc_no(self, claim: Claim) -> list[tuple[RegisterEntry, str]]:
        """Entries whose number the patch names. A number that many entries share tells no house apart."""
        found = []
        names = {fold(name) for name in claim.names if fold(name)}
        for text in claim.doc_nos:
            hits = self._by_doc.get(fold_doc_no(text), []) if fold_doc_no(text) else []
            if len(hits) > 1:
                hits = [entry for entry in hits if fold(entry.holder) in names]
            found += [(entry, text.strip()) for entry in hits]
        return found

    def by_holder(self, claim: Claim) -> list[tuple[RegisterEntry, str]]:
        """Entries of the same village and the very same name."""
        village = fold_village(claim.village)
        if not village:
            return []
        names = {fold(name): name.strip() for name in claim.names if fold(name)}
        return [
            (e, f"{e.village} {shown}")
            for name, shown in names.items()
            for e in self._by_house.get((village, name), [])
        ]

    def suggestions(self, claim: Claim) -> list[tuple[RegisterEntry, str]]:
        """Entries of the same village with a similar name, or the same name where a village is missing."""
        village = fold_village(claim.village)
        found: list[tuple[RegisterEntry, str]] = []
        for text in claim.doc_nos:
            hits = self._by_doc.get(fold_doc_no(text), []) if fold_doc_no(text) else []
            if 1 < len(hits) <= _MOST_SHARING:
                found += [(e, f"文号一致，该文号下有 {len(hits)} 户") for e in hits]
        for name in claim.names:
            key = fold(name)
            if not key:
                continue
            near = self._by_village.get(village, []) if village else []
            letters = set(key)
            for entry, other in near:
                if other != key and _alike(key, letters, other):
                    found.append((entry, f"姓名相近：{entry.holder}"))
            found += [(e, "姓名一致，登记表没有写村名") for e in self._by_house.get(("", key), []) if village]
            if not village:
                found += [(e, "姓名一致，图斑没有村名") for e in self._by_name.get(key, [])]
        return found

    def twins(self, entry: RegisterEntry) -> tuple[RegisterEntry, ...]:
        """Other entries of the same register, holder and village, each another approval.

        The same approval listed twice (same number, or same date and area where there is no number) is one.
        """
        village, holder = household(entry)
        if not village or not holder:
            return ()
        seen = {_approval(entry)}
        found = []
        for other in self._by_house.get((village, holder), []):
            if other.register == entry.register and _approval(other) not in seen:
                seen.add(_approval(other))
                found.append(other)
        return tuple(found)

    def family(self, entry: RegisterEntry) -> frozenset[str]:
        """Ids of all entries of the same register, holder and village, the entry's own among them."""
        village, holder = household(entry)
        if not village or not holder:
            return frozenset((entry.entry_id,))
        hits = self._by_house.get((village, holder), [])
        return frozenset(e.entry_id for e in hits if e.register == entry.register)


def _approval(entry: RegisterEntry) -> tuple[str, ...]:
    number = fold_doc_no(entry.doc_no)
    return (number,) if number else ("", entry.doc_date, str(entry.approved_m2))


def _alike(one: str, letters: set[str], other: str) -> bool:
    """One letter more, less or another; the cheap questions first, a village has thousands of names."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 2 or letters.isdisjoint(other):
        return False
    if sum(letter in letters for letter in other) < len(other) - 1:
        return False
    return difflib.SequenceMatcher(None, one, other).ratio() >= _LIKE


def ordered(matches: Iterable[RegisterMatch]) -> tuple[RegisterMatch, ...]:
    """One match an entry, the surest reason first."""
    best: dict[str, RegisterMatch] = {}
    for match in matches:
        former = best.get(match.entry.entry_id)
        if former is None or _ORDER.index(match.how) < _ORDER.index(former.how):
            best[match.entry.entry_id] = match
    return tuple(sorted(best.values(), key=lambda m: (_ORDER.index(m.how), m.entry.register, m.entry.row_no)))
