"""One place for what is asked: what was answered now, what was answered before, and what stays open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Optional

from ..core.errors import WeipianError
from ..core.fields import CANONICAL
from ..core.findings import Finding
from .model import ANSWER_KEYS, ImportOptions, Question, Recalled, Remembered

#: Keys of `Remembered.answers` that hold a column: "field:" + canonical name.
FIELD_PREFIX = "field:"
_TITLES: Mapping[str, str] = {
    "crs": "坐标系", "unit": "面积单位", "axis": "坐标顺序", "repair": "图形修复", "encoding": "编码", "datum": "基准",
    "gcj02": "坐标偏移", "rows": "表格的行",
}  # fmt: skip


@dataclass
class Notes:
    """What comes up while looking at a delivery: questions, findings, and the answers in force."""

    options: ImportOptions
    memory: Remembered = field(default_factory=Remembered)
    questions: list[Question] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    recalled: list[Recalled] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)

    def told(self, key: str) -> str:
        """What was said this time, "" when nothing was."""
        told = self.options.answer(key)
        if told:
            return told
        folded = {name.casefold(): value for name, value in self.options.answers.items()}
        return str(folded.get(key.casefold(), "") or "").strip()

    def before(self, key: str) -> str:
        """What was answered for this layout before, "" when nothing was."""
        return str(self.memory.answers.get(key, ""))

    def settle(
        self, key: str, value: str, label: str = "", recalled: bool = False, question: Optional[Question] = None
    ) -> None:
        """Keep an answer; a recalled one is shown with the batch it comes from and can be answered anew."""
        self.settled[key] = value
        if recalled:
            self.recalled.append(Recalled(key, value, label or value, self.memory.batch, question))

    def choose(self, question: Question, doubt: str = "", accept: Mapping[str, str] | None = None) -> str:
        """The answer in force among the choices of a question; asked ("") when there is none.

        `doubt` says why an answer of an earlier batch does not hold this time; `accept` maps other
        spellings to values.

        Raises:
            WeipianError: E_ANSWER for a value that is not among the choices.
        """
        labels = dict(question.choices)
        spellings = {label: value for value, label in question.choices}
        spellings.update(accept or {})
        told = self.told(question.key)
        if told:
            value = told if told in labels else spellings.get(told, spellings.get(told.lower(), ""))
            if value not in labels:
                raise WeipianError("E_ANSWER", key=question.key, value=told, choices="、".join(labels))
            self.settle(question.key, value)
            return value
        past = self.before(question.key)
        if past in labels and not doubt:
            name = _TITLES.get(question.key, question.key)
            self.settle(question.key, past, f"{name} {labels[past]}", recalled=True, question=question)
            return past
        if past and doubt:
            label = labels.get(past, past)
            text = f"{question.text}（“{self.memory.batch}”回答的是“{label}”，但{doubt}，请重新确认）"
            question = Question(question.key, text, question.choices)
        self.questions.append(question)
        return ""

    def warn(self, code: str, message: str, subject: str = "") -> None:
        """A finding."""
        self.findings.append(Finding(code, message, subject))


def check_keys(options: ImportOptions, aliases: Mapping[str, Sequence[str]]) -> None:
    """ANSWERS and FIELD_MAP hold nothing that nobody reads.

    Raises:
        WeipianError: E_ANSWER_KEY, E_FIELD_NAME.
    """
    canonical = {*CANONICAL, *aliases}
    known = {key.casefold() for key in (*ANSWER_KEYS, *canonical)}
    for key, value in options.answers.items():
        if key.casefold() not in known:
            raise WeipianError("E_ANSWER_KEY", key=key, choices="、".join(sorted(ANSWER_KEYS)))
        if isinstance(value, (dict, list)):
            raise WeipianError("E_ANSWER", key=key, value=value, choices="一段文字")
    for name in options.field_map:
        if name not in canonical:
            raise WeipianError("E_FIELD_NAME", name=name, choices="、".join(sorted(canonical)))
