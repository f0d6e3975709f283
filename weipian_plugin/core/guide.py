"""The guided flow of one patch: 合法 → 设施农用地 → 农村道路 → 其他 → 违法, step by step (dossier 2.2).

Steps, questions and clauses are data of the pack; the state of a step follows the same findings as the advice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Callable, Optional

from . import advice_kinds as kinds
from .advice import advise_case
from .advice_case import Case, Finding, layer_name, show_mu
from .advice_findings import findings_of
from .advice_model import Advice, Facts
from .conditions import holds
from .guide_model import FAILS, FITS, OPEN, SKIPPED, Guide, GuideQuestion, GuideStep
from .pack_flow import FlowStep
from .prefill import prefill
from .rulepack import RulePack

__all__ = ["Guide", "GuideQuestion", "GuideStep", "guide", "guide_case"]

State = tuple[str, str]
#: Layers whose attributes may answer the questions of a step.
_ROLES = {
    "legal": ("approval", "supply", "title"),
    "facility": ("facility_agri",),
    "road": ("approval",),
    "other": ("temp_land", "rural_house"),
    "illegal": ("approval", "temp_land", "facility_agri", "rural_house", "mining_right"),
}
_OF_MINE = frozenset({"licence_no", "licence_until", "mineral", "renewal_accepted", "mining_method"})


def guide(pack: RulePack, facts: Facts) -> Guide:
    """The steps of the pack's flow for this patch, with their states, questions and what is known already."""
    case = Case(pack, facts)
    return guide_case(case, advise_case(case))


def guide_case(case: Case, advice: Advice) -> Guide:
    """As `guide`, for a case whose advice is known."""
    flow = _Flow(case, advice, () if case.total <= 0 else findings_of(case))
    steps: list[GuideStep] = []
    fitting = ""
    for step in case.pack.flow.steps:
        state, text = (SKIPPED, f"前面的“{fitting}”已经符合") if fitting else flow.state(step)
        if state == FITS:
            fitting = step.label
        steps.append(_step(case, step, state, text))
    current = next((s.id for s in steps if s.state in (FITS, OPEN)), "")
    cards = tuple(card for card in case.pack.cards if holds(case, card.when))
    return Guide(tuple(steps), current, cards)


def _step(case: Case, step: FlowStep, state: str, text: str) -> GuideStep:
    asked = () if state == SKIPPED else tuple(q for q in step.questions if holds(case, q.when))
    questions = []
    for question in asked:
        roles = ("mining_right",) if question.field in _OF_MINE else _ROLES[step.id]
        value, source = prefill(case, question.field, roles)
        field = case.pack.ask_fields[question.field]
        questions.append(GuideQuestion(field, value, source, question.why, question.rules))
    return GuideStep(
        step.id, step.label, step.verdict, step.sub_type, state, text, step.clause, step.source, step.why,
        step.rules, tuple(questions),
    )  # fmt: skip


@dataclass(frozen=True)
class _Flow:
    """What is found of a patch, told step by step."""

    case: Case
    advice: Advice
    findings: Sequence[Finding]

    def state(self, step: FlowStep) -> State:
        """The state of a step and why."""
        if not self.findings:
            return OPEN, "图斑没有图形，还不能判断"
        led = self._led(step)
        if led is not None:
            return led
        return _STATES[step.id](self)

    def _led(self, step: FlowStep) -> Optional[State]:
        """The step that the advice leans to."""
        if self.advice.leaning is None or step.id != self._step_of(self.advice.leaning, self.advice.sub_type):
            return None
        text = self._why(self.advice.leaning, self.advice.sub_type)
        if not self.advice.doubt:
            return FITS, text
        doubts = self.advice.headline.partition("存疑：")[2] or "还缺事实"
        return OPEN, f"{text}；{doubts}" if text else doubts

    def _step_of(self, verdict: str, sub_type: str) -> str:
        known = {s.sub_type: s.id for s in self.case.pack.flow.steps if s.sub_type}
        return known.get(sub_type, verdict) if verdict == "other" else verdict

    def _why(self, verdict: str, sub_type: str) -> str:
        texts = [f.reason.text for f in self.findings if f.reason and (f.points, f.sub_type) == (verdict, sub_type)]
        return "；".join(dict.fromkeys(texts))

    def _texts(self, *rules: str) -> str:
        texts = [f.reason.text for f in self.findings if f.reason and f.reason.rule_id in rules]
        return "；".join(dict.fromkeys(texts))

    def _doubted(self, *rules: str) -> bool:
        return any(f.doubts for f in self.findings if f.reason and f.reason.rule_id in rules)

    def _candidate(self, step: str) -> Optional[str]:
        """Why some finding points into a step that the advice does not lean to."""
        texts = [
            f.reason.text for f in self.findings
            if f.points and f.reason and self._step_of(f.points, f.sub_type) == step
        ]  # fmt: skip
        return "；".join(dict.fromkeys(texts)) or None

    # -- one function a step -------------------------------------------------------------------
    def legal(self) -> State:
        """Not what the advice leans to: why not, or why not yet."""
        case = self.case
        if kinds.is_mineral(case):
            text = self._texts("R-21")
            refused = self.advice.leaning == "illegal" and not self.advice.doubt
            return (FAILS if refused else OPEN), text
        candidate = self._candidate("legal")
        if candidate:
            return OPEN, f"{candidate}；但{self.advice.headline}"
        covered, uncovered = case.covered, case.uncovered
        if covered is None or uncovered is None:
            return OPEN, self._texts("R-20", "R-02")
        if uncovered <= case.tolerance:
            text = self._texts("R-03")
            return (OPEN, text) if text else (FAILS, "覆盖这里的不是农转用、供地或不动产登记")
        texts = self._texts("R-02", "R-06") or f"未覆盖 {show_mu(uncovered)} 亩"
        return (OPEN if self._doubted("R-02", "R-06", "R-16") else FAILS), texts

    def facility(self) -> State:
        """Inside what was 上图入库?"""
        case = self.case
        if case.touches("facility_agri"):
            return OPEN, self._texts("R-11")
        if case.given("facility_agri"):
            return FAILS, self._texts("R-11") or "不在设施农用地上图入库范围内"
        if kinds.is_mineral(case) or kinds.is_road(case):
            return SKIPPED, "图斑不是农业设施"
        return OPEN, f"没有提供{layer_name('facility_agri')}，不能判断是否上图入库"

    def road(self) -> State:
        """A road at all, and narrow enough?"""
        case = self.case
        if kinds.is_road(case):
            text = self._texts("R-13") or "是否农村道路还不清楚"
            against = any(f.sub_type == "illegal_local_road" for f in self.findings)
            wide = against or (case.legally_covered and bool(case.facts.answer("road_width")))
            return (FAILS if wide else OPEN), text
        if kinds.unknown_kind(case):
            return OPEN, "图斑类型和地类都不清楚，不知道是不是道路"
        return SKIPPED, "图斑类型、地类和用途都不是农村道路"

    def other(self) -> State:
        """未变化 is always asked; the rest of 其他 only a person can rule out."""
        candidate = self._candidate("other")
        if candidate:
            return OPEN, candidate
        answer = self.case.facts.answer
        if answer("changed") not in ("是", "否"):
            return OPEN, "实地是否变化还没有核实"
        if answer("changed") == "是" and answer("actual_use"):
            return FAILS, f"实地已变化，用途为“{answer('actual_use')}”，没有发现属于其他用地的情形"
        return OPEN, "实地用途还没有核实，不能排除其他用地"

    def illegal(self) -> State:
        """Last: only when nothing before fits."""
        candidate = self._candidate("illegal")
        return OPEN, candidate or "前面各步都不符合时才判为违法"


_STATES: dict[str, Callable[[_Flow], State]] = {
    "legal": _Flow.legal, "facility": _Flow.facility, "road": _Flow.road, "other": _Flow.other,
    "illegal": _Flow.illegal,
}  # fmt: skip
