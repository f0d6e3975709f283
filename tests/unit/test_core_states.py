"""Both state machines against the tables of the design, written out here a second time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weipian_plugin.core import states
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import CaseStatus as C
from weipian_plugin.core.model import ReviewStatus as R

REVIEW = {
    ("received", "assessed"), ("received", "void"), ("assessed", "assigned"), ("assessed", "judged"),
    ("assessed", "void"), ("assigned", "surveyed"), ("assigned", "assessed"), ("surveyed", "judged"),
    ("surveyed", "assigned"), ("judged", "submitted"), ("judged", "surveyed"), ("submitted", "returned"),
    ("submitted", "finished"), ("returned", "surveyed"), ("returned", "judged"), ("returned", "submitted"),
    ("finished", "returned"),
}  # fmt: skip


@pytest.mark.parametrize("current", list(R))
@pytest.mark.parametrize("target", list(R))
def test_review_axis(current, target):
    if (current.value, target.value) in REVIEW:
        states.check_review("p", current, target)
        return
    with pytest.raises(WeipianError) as caught:
        states.check_review("p", current, target)
    assert caught.value.code == "E_TRANSITION"


def _allowed(current, target, reason=""):
    try:
        states.check_case("p", current, target, reason)
    except WeipianError:
        return False
    return True


@pytest.mark.parametrize(
    ("current", "target"),
    [(C.NONE, C.STOPPED), (C.STOPPED, C.RECTIFYING), (C.STOPPED, C.FILED), (C.FILED, C.TRANSFERRED),
     (C.RECTIFYING, C.RECTIFIED), (C.RECTIFIED, C.ACCEPTED), (C.ACCEPTED, C.CLOSED)],
)  # fmt: skip
def test_forward_needs_no_reason(current, target):
    assert _allowed(current, target)


@pytest.mark.parametrize(
    ("current", "target"),
    [(C.NONE, C.CLOSED), (C.RECTIFIED, C.CLOSED), (C.RECTIFYING, C.ACCEPTED), (C.STOPPED, C.CLOSED)],
)
def test_acceptance_and_closure_are_never_skipped(current, target):
    assert not _allowed(current, target, "有理由也不行")


def test_reopening_needs_a_reason():
    assert not _allowed(C.CLOSED, C.RECTIFYING)
    assert _allowed(C.CLOSED, C.RECTIFYING, "复查发现复耕不到位")
    assert not _allowed(C.CLOSED, C.STOPPED, "不能退到更早")


@given(st.lists(st.sampled_from(sorted(states.CASE_ACTIONS)), max_size=30))
def test_no_path_reaches_closed_without_acceptance(kinds):
    current, accepted = C.NONE, False
    for kind in kinds:
        target = states.CASE_ACTIONS[kind].leads_to
        if target is None or not _allowed(current, target):
            continue
        if target is C.CLOSED:
            assert accepted
        accepted = target is C.ACCEPTED
        current = target
