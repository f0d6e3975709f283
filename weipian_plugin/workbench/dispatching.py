"""派单: who goes to which patch and until when, who is late, and the reminder for a village's chat group."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Optional

import shapely

from ..core import dispatch as rules
from ..core.areas import mu
from ..core.errors import WeipianError
from ..core.model import LEVEL_LABELS, Patch, ReviewStatus
from ..core.names import safe_name
from ..core.proof import Dispatch
from ..core.rulepack import RulePack
from ..store import dispatches, proofs, records
from . import plain_table
from .acting import Acting
from .clock import check_date, now, today
from .reminder_map import MapPlan, plan_map
from .views import QueueRow

#: Setting: village -> {person, days} of the last 派单, so that the next delivery is dispatched in one step.
VILLAGES = "dispatch_villages"
#: Setting: the name under papers for villages.
OFFICE = "office_name"
#: What a village is called in tables when the delivery names none.
NO_VILLAGE = "（未注明村）"
_FOLDER = "提醒"
#: Requirements whose minima together are the photos that a village is asked for; the fallback is dossier 4.1.
_ASKED = ("overview_photo", "closeup_photo")
_PHOTOS = 3


@dataclass(frozen=True)
class VillagePlan:
    """One line of the table of a new delivery: a village, its patches, and whom and when to begin with.

    `uids` are those that wait for 派单, `sent` counts those that somebody was sent to already.
    """

    village: str
    uids: tuple[str, ...]
    sent: int
    person: str
    due_on: str


@dataclass(frozen=True)
class DispatchResult:
    """Numbers of the patches dispatched, and (number, why not) of the others."""

    done: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


class Reminder(NamedTuple):
    """A text for a chat group, and where its map is to be saved; `map` is None when no patch has a place."""

    text: str
    image: Path
    uids: tuple[str, ...] = ()
    map: Optional[MapPlan] = None


class Dispatching(Acting):
    """The part of a session that sends people to patches."""

    # -- sending ---------------------------------------------------------------------------------

    def dispatch(self, items: Sequence[Dispatch]) -> DispatchResult:
        """Send people to patches: one action, taken back as one. What was sent before is replaced.

        The person also becomes the patch's assignee; 已套合 becomes 已派单, every other state stays as it is.
        Patches that are void or were split are refused and told; whom each village got, and how many days, is
        remembered for the next delivery.

        Raises:
            WeipianError: E_DISPATCH_PERSON, E_DATE_INVALID, E_PATCH_MISSING, E_ROLE_VIEWER; nothing is written.
        """
        at, day = now(), today()
        known = dispatches.standing(self._ws)
        done: list[Dispatch] = []
        refused: list[tuple[str, str]] = []
        for given in {item.patch_uid: item for item in items}.values():
            person = " ".join(given.person.split())
            if not person:
                raise WeipianError("E_DISPATCH_PERSON")
            patch = known.get(given.patch_uid)
            if patch is None:
                raise WeipianError("E_PATCH_MISSING", patch_id=given.patch_uid)
            why = _refusal(patch)
            if why:
                refused.append((patch.patch_id, why))
                continue
            village = given.village or patch.village
            due = check_date(given.due_on)
            done.append(replace(given, person=person, village=village, due_on=due, by=self.who, at=at))
        if done:
            self._write_dispatch(done, known, day)
        return DispatchResult(tuple(known[item.patch_uid].patch_id for item in done), tuple(refused))

    def _write_dispatch(self, done: Sequence[Dispatch], known: Mapping[str, dispatches.Standing], day: str) -> None:
        villages = {**self._remembered_villages()}
        for item in done:
            days = rules.days_between(day, item.due_on) if item.due_on else rules.DEFAULT_DAYS
            villages[item.village] = {"person": item.person, "days": max(days, 0)}
        rows = [proofs.dispatch_row(item) for item in done]
        with self.acting("dispatch", done[0].patch_uid) as change:
            change.put_columns("dispatch", {name: [row[name] for row in rows] for name in rows[0]})
            change.put_columns(
                "patch",
                {
                    "patch_uid": [item.patch_uid for item in done],
                    "assignee": [item.person for item in done],
                    "review_status": [_status_after(known[item.patch_uid].status).value for item in done],
                },
            )
            text = json.dumps(villages, ensure_ascii=False, sort_keys=True)
            change.put("setting", records.setting_row(VILLAGES, text))

    def _remembered_villages(self) -> dict[str, dict[str, object]]:
        try:
            known = json.loads(records.setting(self._ws, VILLAGES) or "{}")
            return {str(village): dict(entry) for village, entry in known.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    def dispatch_plan(self, rows: Sequence[QueueRow], *, again: bool = False) -> list[VillagePlan]:
        """The table of a delivery: a line a village, prefilled from last time; `rows` are lines of the queue.

        Patches with a verdict wait for nobody; those that somebody was sent to are only counted, or with `again`
        given anew.
        """
        given = dispatches.dispatched(self._ws)
        villages, due = self._remembered_villages(), {batch.batch_id: batch.due_on or "" for batch in self.batches()}
        groups: dict[str, list[QueueRow]] = {}
        for row in rows:
            if row.workable and (not row.finished or (again and row.patch_uid in given)):
                groups.setdefault(row.village, []).append(row)
        plans = []
        for village, found in sorted(groups.items(), key=lambda pair: (not pair[0], pair[0])):
            wanted = [row for row in found if again or row.patch_uid not in given]
            last = villages.get(village, {})
            days = last.get("days", rules.DEFAULT_DAYS)
            ends = [due[row.batch_id] for row in wanted if due.get(row.batch_id)]
            plans.append(
                VillagePlan(
                    village=village,
                    uids=tuple(row.patch_uid for row in wanted),
                    sent=sum(row.patch_uid in given for row in found),
                    person=str(last.get("person", "")),
                    due_on=rules.proposed_due(
                        today(), days if isinstance(days, int) else rules.DEFAULT_DAYS, min(ends, default="")
                    ),
                )
            )
        return plans

    def dispatch_people(self) -> list[str]:
        """Names to offer: whom villages were given to, and who works here."""
        names = [str(entry.get("person", "")) for entry in self._remembered_villages().values()]
        names += [item.person for item in proofs.dispatches(self._ws).values()]
        names += [person.name for person in self.people()]
        return list(dict.fromkeys(name for name in names if name))

    def dispatches(self, patch_uid: str = "") -> dict[str, Dispatch]:
        """派单 by patch, one or all."""
        return proofs.dispatches(self._ws, patch_uid)

    # -- who is late -----------------------------------------------------------------------------

    def sent(self, batch_id: str = "", patch_uid: str = "") -> list[rules.Sent]:
        """Every patch that somebody was sent to, with what came back; of one batch, or one patch."""
        return dispatches.sent(self._ws, batch_id, patch_uid)

    def late(self, batch_id: str = "") -> list[rules.Sent]:
        """Patches past their deadline without photos or survey, by village and person, oldest first."""
        return rules.late(self.sent(batch_id), today())

    def late_table(self, batch_id: str = "") -> list[tuple[str, ...]]:
        """The late list as texts, its header first; to be copied."""
        day = today()
        return [rules.LATE_HEADS, *(rules.late_cells(item, day) for item in self.late(batch_id))]

    def save_late(self, path: Path, batch_id: str = "") -> None:
        """The late list as xlsx or csv, by the ending of the name. Raises E_WRITE."""
        plain_table.write(path, "派单逾期", self.late_table(batch_id))

    # -- reminding -------------------------------------------------------------------------------

    def outstanding(self, patch_uid: str) -> tuple[str, ...]:
        """The patch and all others of its village that wait for somebody's visit; the patch alone otherwise."""
        patch = self._patch(patch_uid)
        village = patch.village_name or ""
        waiting = [item for item in self.sent() if not item.answered and item.village == village and village]
        if not any(item.patch_uid == patch_uid for item in waiting):
            return (patch_uid,)
        return tuple(item.patch_uid for item in sorted(waiting, key=lambda s: (s.due_on or "9999", s.patch_id)))

    def reminder(self, patch_uids: Sequence[str]) -> Reminder:
        """The text about these patches of one village, and where the map beside it belongs.

        Raises:
            WeipianError: E_PATCH_MISSING.
        """
        day = today()
        given = {item.patch_uid: item for item in self.sent()}
        found = [self._patch(uid) for uid in dict.fromkeys(patch_uids)]
        if not found:
            raise WeipianError("E_PATCH_MISSING", patch_id="（未选中）")
        stops = [self._reminder_stop(patch, given.get(patch.patch_uid), day) for patch in found]
        village = found[0].village_name or ""
        pack = self.pack_for(found[0].batch_id)
        text = rules.reminder_text(village, stops, day, _photos_asked(pack), found[0].town_name or "")
        name = safe_name(f"{village or found[0].patch_id}_{now()[:16].replace(':', '').replace('T', '-')}")
        shown = plan_map(f"{village} {len(found)} 个图斑".strip(), found)
        uids = tuple(patch.patch_uid for patch in found)
        return Reminder(text, self._ws.folder / "exports" / _FOLDER / f"{name}.png", uids, shown)

    # -- the card for villages -------------------------------------------------------------------

    def office_name(self) -> str:
        """Who signs papers for villages: as given last, otherwise the town that most patches name."""
        towns = [patch.town_name for patch in self.patches() if patch.town_name]
        return records.setting(self._ws, OFFICE) or (max(set(towns), key=towns.count) if towns else "")

    def photo_card(self, office: str = "", path: Optional[Path] = None) -> Path:
        """怎样发原图 as a page to print; where it lies. The office's name is remembered.

        Raises:
            WeipianError: E_WRITE.
        """
        from ..report.photo_card import draw_photo_card  # needs Qt, which a session can do without

        name = " ".join(office.split()) or self.office_name()
        if name and name != self.office_name() and not self._ws.read_only:
            with self.acting("office", "workspace") as change:
                change.put("setting", records.setting_row(OFFICE, name))
        target = Path(path) if path is not None else self._ws.folder / "exports" / "怎样发原图.pdf"
        draw_photo_card(target, name, _photos_asked(self.pack))
        return target

    def _reminder_stop(self, patch: Patch, given: Optional[rules.Sent], day: str) -> rules.Stop:
        pack = self.pack_for(patch.batch_id)
        kind = pack.monitor_class(patch.monitor_class or "")
        place = _point(patch)
        return rules.Stop(
            patch_id=patch.patch_id,
            level=LEVEL_LABELS.get(patch.monitor_level or 0, ""),
            kind=kind.label if kind else patch.monitor_class or "",
            area_mu=str(mu(patch.area_in_force)) if patch.area_in_force else "",
            lon=place[0] if place else 0.0,
            lat=place[1] if place else 0.0,
            placed=place is not None,
            due_on=given.due_on if given else patch.due_on or "",
            late_days=given.late_days(day) if given else 0,
            person=given.person if given else patch.assignee or "",
        )


def _refusal(patch: dispatches.Standing) -> str:
    if patch.status is ReviewStatus.VOID:
        return "已作废或图形灭失"
    return "已被拆分，请派拆分后的子图斑" if patch.split_state == "parent" else ""


def _status_after(status: ReviewStatus) -> ReviewStatus:
    """The only step of the review axis that 派单 is: what was not overlaid yet becomes 已派单 with its overlay."""
    return ReviewStatus.ASSIGNED if status is ReviewStatus.ASSESSED else status


def _point(patch: Patch) -> Optional[tuple[float, float]]:
    """A point inside the patch, lon/lat degrees; its known centre without boundary."""
    if patch.wkb:
        point = shapely.point_on_surface(shapely.from_wkb(patch.wkb))
        return float(point.x), float(point.y)
    if patch.centre_lon is not None and patch.centre_lat is not None:
        return patch.centre_lon, patch.centre_lat
    return None


def _photos_asked(pack: RulePack) -> int:
    found = [pack.requirements[key].minimum for key in _ASKED if key in pack.requirements]
    return sum(found) or _PHOTOS
