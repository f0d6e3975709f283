"""村级承诺: a village signs for the truth of what it handed in; what is changed afterwards voids its word."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from ..core import certify
from ..core.areas import mu
from ..core.certify import CertState
from ..core.errors import WeipianError
from ..core.model import LEVEL_LABELS, Judgement, Patch, ReviewStatus
from ..core.names import safe_name
from ..core.proof import Certificate, Certified, Evidence
from ..store import dispatches, proofs, records
from . import evidence_in
from .acting import Acting
from .clock import check_date, now, today

if TYPE_CHECKING:  # drawn with Qt, which a session can do without
    from ..report.certificate_sheet import CertificateList, CertificateRow

_FOLDER = "村级承诺"
#: Up to so many patches are read one by one; more by whole tables.
_FEW = 400
#: Chance numbers are drawn from so many values; the number on the paper takes what it needs.
_CHANCE = 1 << 40


@dataclass(frozen=True)
class PrintedList:
    """A list that was printed: its certificate, where the PDF lies, how many pages and patches it has."""

    certificate: Certificate
    path: Path
    pages: int
    patches: int


@dataclass(frozen=True)
class CertifiedPatch:
    """One patch of a list: how it stood when it was printed, and what changed since (empty: nothing)."""

    patch_uid: str
    patch_id: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class CertificateView:
    """A list with its patches, as it is shown before it is signed."""

    certificate: Certificate
    patches: tuple[CertifiedPatch, ...]

    @property
    def changed(self) -> tuple[CertifiedPatch, ...]:
        """Those whose material is not what was printed."""
        return tuple(item for item in self.patches if item.changed)


@dataclass(frozen=True)
class VillageState:
    """How the patches of a village stand: uids by state (none, printed, signed, void); `bare` have no evidence yet."""

    village: str
    by_state: Mapping[str, tuple[str, ...]]
    bare: tuple[str, ...] = ()

    def count(self, state: str) -> int:
        """How many patches stand so."""
        return len(self.by_state.get(state, ()))

    @property
    def uids(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(uid for uids in self.by_state.values() for uid in uids)


@dataclass(frozen=True)
class _Known:
    """What the digests are made of, of the patches asked for."""

    patches: Mapping[str, Patch]
    judgements: Mapping[str, Judgement]
    files: Mapping[str, Sequence[tuple[Evidence, str]]]

    def content(self, uid: str) -> dict[str, Any]:
        """What a signature for this patch covers now."""
        judgement = self.judgements.get(uid)
        return certify.content(self.patches[uid], judgement.answers if judgement else {}, self.files.get(uid, ()))


class Certifying(Acting):
    """The part of a session that has villages answer for their evidence."""

    # -- how a patch stands ----------------------------------------------------------------------

    def certification(self, patch_uid: str) -> CertState:
        """How one patch stands: none, printed, signed or void, with a sentence.

        Raises:
            WeipianError: E_PATCH_MISSING.
        """
        return self.certifications([patch_uid])[patch_uid]

    def certifications(self, patch_uids: Iterable[str] = ()) -> dict[str, CertState]:
        """The same of several patches, of all without any given."""
        wanted = list(dict.fromkeys(patch_uids))
        one = wanted[0] if len(wanted) == 1 else ""
        papers = proofs.certificates(self._ws)
        found: dict[str, list[tuple[Certificate, Certified]]] = {}
        for item in proofs.certified(self._ws, patch_uid=one) if papers else ():
            found.setdefault(item.patch_uid, []).append((papers[item.certificate_id], item))
        uids = wanted or list(self.patch_uids())
        known = self._covered([uid for uid in uids if uid in found])
        plain = CertState()
        return {
            uid: certify.state_of(found[uid], known.content(uid), self._pack_names(known.patches[uid]))
            if uid in found
            else plain
            for uid in uids
        }

    def _covered(self, uids: Sequence[str]) -> _Known:
        """Read what the digests need: patch by patch for a few, table by table for many."""
        if len(uids) <= _FEW:
            patches = {uid: self._patch(uid) for uid in uids}
            judgements = {k: v for uid in uids for k, v in records.judgements(self._ws, uid).items()}
            links = [link for uid in uids for link in records.links(self._ws, uid)]
            ids = {evidence_id for _, evidence_id, _ in links}
            items = {k: v for evidence_id in ids for k, v in records.evidence(self._ws, evidence_id).items()}
        else:
            wanted = set(uids)
            patches = {p.patch_uid: p for p in self.patches() if p.patch_uid in wanted}
            judgements = {k: v for k, v in records.judgements(self._ws).items() if k in wanted}
            links = [link for link in records.links(self._ws) if link[0] in wanted]
            items = records.evidence(self._ws)
        files: dict[str, list[tuple[Evidence, str]]] = {}
        for uid, evidence_id, purpose in links:
            if evidence_id in items:
                files.setdefault(uid, []).append((items[evidence_id], purpose))
        return _Known(patches, judgements, files)

    def _pack_names(self, patch: Patch) -> certify.Names:
        pack = self.pack_for(patch.batch_id)
        purposes = {key: item.label for key, item in pack.requirements.items()}
        return certify.Names(purposes, {key: item.label for key, item in pack.ask_fields.items()})

    def certificate_villages(self, patch_uids: Iterable[str]) -> list[VillageState]:
        """A line a village of these patches: how they stand. Split and void ones are left out."""
        states = self.certifications(patch_uids)
        standing, evidenced = dispatches.standing(self._ws), dispatches.evidenced(self._ws)
        groups: dict[str, dict[str, list[str]]] = {}
        bare: dict[str, list[str]] = {}
        for uid, state in states.items():
            patch = standing.get(uid)
            if patch is None or patch.split_state == "parent" or patch.status is ReviewStatus.VOID:
                continue
            groups.setdefault(patch.village, {}).setdefault(state.state, []).append(uid)
            if uid not in evidenced:
                bare.setdefault(patch.village, []).append(uid)
        return [
            VillageState(village, {state: tuple(uids) for state, uids in found.items()}, tuple(bare.get(village, ())))
            for village, found in sorted(groups.items(), key=lambda pair: (not pair[0], pair[0]))
        ]

    # -- printing --------------------------------------------------------------------------------

    def print_certificate(self, patch_uids: Sequence[str], folder: Optional[Path] = None) -> PrintedList:
        """Print the list of patches of one village that have evidence, and keep what each digest was.

        The PDF comes first, so that no certificate stands here that nobody can sign. Printing cannot be undone –
        the paper is out – but `withdraw_certificate` makes it void.

        Args:
            patch_uids: of one village; patches without evidence are left out.
            folder: where the PDF goes; `exports/村级承诺` of the workspace when not given.

        Raises:
            WeipianError: E_CERT_NOTHING when none has evidence or they belong to several villages, E_LIBRARY,
                E_WRITE, E_PATCH_MISSING, E_ROLE_VIEWER, E_WS_READONLY.
        """
        self._ws.check_writer(self.who)
        known = self._covered(list(dict.fromkeys(patch_uids)))
        missing = next((uid for uid in patch_uids if uid not in known.patches), "")
        if missing:
            raise WeipianError("E_PATCH_MISSING", patch_id=missing)
        chosen = [p for p in known.patches.values() if _certifiable(known.files.get(p.patch_uid, ()))]
        chosen = [p for p in chosen if p.split_state != "parent" and p.review_status is not ReviewStatus.VOID]
        if not chosen:
            raise WeipianError("E_CERT_NOTHING", reason="这些图斑还没有举证材料")
        villages = {p.village_name or "" for p in chosen}
        if len(villages) > 1:
            raise WeipianError("E_CERT_NOTHING", reason=f"分属 {len(villages)} 个村，每个村要单独打印")
        paper = self._new_certificate(chosen)
        items = [self._certified(paper, known, patch) for patch in chosen]
        path = (Path(folder) if folder is not None else self._paper_folder()) / _file_name(paper)
        from ..report.certificate_sheet import draw_certificate

        pages = draw_certificate(self._paper_list(paper, chosen, known, items), path)
        with self.acting("cert_print", chosen[0].patch_uid) as change:
            change.put("certificate", proofs.certificate_row(paper))
            for item in items:
                change.put("certified", proofs.certified_row(item))
        return PrintedList(paper, path, pages, len(chosen))

    def _paper_folder(self) -> Path:
        return self._ws.folder / "exports" / _FOLDER

    def certificate_pdf(self, number: str) -> Optional[Path]:
        """The PDF of a list where it was printed to the usual folder and still lies there."""
        paper = next((p for p in proofs.certificates(self._ws).values() if p.number == number), None)
        path = self._paper_folder() / _file_name(paper) if paper is not None else None
        return path if path is not None and path.is_file() else None

    def _new_certificate(self, chosen: Sequence[Patch]) -> Certificate:
        taken = {paper.number for paper in proofs.certificates(self._ws).values()}
        number = ""
        while not number or number in taken:
            number = certify.make_number(today(), secrets.randbelow(_CHANCE))
        batches = {patch.batch_id for patch in chosen}
        return Certificate(
            certificate_id=str(uuid.uuid4()),
            number=number,
            village=chosen[0].village_name or "",
            batch_id=batches.pop() if len(batches) == 1 else "",
            made_at=now(),
            made_by=self.who,
            by=self.who,
            at=now(),
        )

    def _certified(self, paper: Certificate, known: _Known, patch: Patch) -> Certified:
        covered = known.content(patch.patch_uid)
        return Certified(paper.certificate_id, patch.patch_uid, certify.digest(covered), certify.summary(covered))

    def _paper_list(
        self, paper: Certificate, chosen: Sequence[Patch], known: _Known, items: Sequence[Certified]
    ) -> CertificateList:
        from ..report.certificate_sheet import CertificateList

        names = {batch.batch_id: batch.name for batch in self.batches()}
        batches = "、".join(dict.fromkeys(names.get(patch.batch_id, "") for patch in chosen))
        rows = [
            self._list_row(patch, known.judgements.get(patch.patch_uid), known.files[patch.patch_uid], item)
            for patch, item in zip(chosen, items)
        ]
        return CertificateList(
            number=paper.number,
            village=paper.village,
            town=chosen[0].town_name or "",
            title=f"{self._ws.name}　批次：{batches}",
            sentence=certify.SENTENCE,
            rows=rows,
            printed_by=self.who,
            printed_at=paper.made_at,
        )

    def _list_row(
        self, patch: Patch, judgement: Optional[Judgement], files: Sequence[tuple[Evidence, str]], item: Certified
    ) -> CertificateRow:
        from ..report.certificate_sheet import CertificateRow

        counted = {e.evidence_id: e.kind for e, purpose in files if purpose != certify.VILLAGE_WORD}
        return CertificateRow(
            patch_id=patch.patch_id,
            level=LEVEL_LABELS.get(patch.monitor_level or 0, "—"),
            area_mu=str(mu(patch.area_in_force)),
            finding=self._found_so_far(patch, judgement),
            photos=sum(kind == "photo" for kind in counted.values()),
            documents=sum(kind != "photo" for kind in counted.values()),
            code=certify.short(item.digest),
        )

    def _found_so_far(self, patch: Patch, judgement: Optional[Judgement]) -> str:
        """What was found, as it stood when the list was printed."""
        if judgement is None or judgement.verdict is None:
            return "存疑，待核实" if judgement is not None else "待判定"
        found = self.pack_for(patch.batch_id).sub_type(judgement.verdict.value, judgement.sub_type)
        return judgement.verdict.label + (f" · {found.label}" if found else "")

    # -- signing ---------------------------------------------------------------------------------

    def certificates(self) -> list[Certificate]:
        """All lists, the last printed first."""
        return sorted(proofs.certificates(self._ws).values(), key=lambda paper: paper.made_at, reverse=True)

    def find_certificate(self, text: str) -> CertificateView:
        """The list whose number stands in what was scanned, typed or in a file's name, with what changed since.

        Raises:
            WeipianError: E_CERT_NUMBER, E_CERT_UNKNOWN.
        """
        number = certify.find_number(text)
        if not number:
            raise WeipianError("E_CERT_NUMBER", value=text.strip() or "（空）")
        paper = next((p for p in proofs.certificates(self._ws).values() if p.number == number), None)
        if paper is None:
            raise WeipianError("E_CERT_UNKNOWN", number=number)
        items = proofs.certified(self._ws, certificate_id=paper.certificate_id)
        known = self._covered([item.patch_uid for item in items])
        patches = []
        for item in items:
            patch = known.patches[item.patch_uid]
            covered = known.content(item.patch_uid)
            same = certify.digest(covered) == item.digest
            said = () if same else certify.changes(item.summary, covered, self._pack_names(patch)) or ("材料有变化",)
            patches.append(CertifiedPatch(patch.patch_uid, patch.patch_id, said))
        return CertificateView(paper, tuple(patches))

    def sign_certificate(
        self, number: str, signed_by: str, signed_on: str, scan: Optional[Path] = None
    ) -> CertificateView:
        """The signed list came back: who signed, on which day, and its scan as a document of each patch on it.

        It holds for every patch whose material is still what was printed; the view names the others.

        Raises:
            WeipianError: E_CERT_NUMBER, E_CERT_UNKNOWN, E_CERT_WITHDRAWN, E_CERT_SIGNED_BY, E_DATE_INVALID,
                E_CERT_FUTURE, and those of `evidence_in.prepare` for the scan; nothing is written then.
        """
        view = self.find_certificate(number)
        paper = view.certificate
        if paper.withdrawn:
            raise WeipianError("E_CERT_WITHDRAWN", number=paper.number)
        person = " ".join(signed_by.split())
        if not person:
            raise WeipianError("E_CERT_SIGNED_BY")
        day = check_date(signed_on) or today()
        if day > today():
            raise WeipianError("E_CERT_FUTURE", date=day, reason="在今天之后")
        if day < paper.made_at[:10]:
            raise WeipianError("E_CERT_FUTURE", date=day, reason=f"早于清单打印的日期 {paper.made_at[:10]}")
        prepared = self._signed_scan(Path(scan), paper) if scan is not None else None
        changed = replace(paper, signed_by=person, signed_on=day, by=self.who, at=now())
        with self.acting("cert_sign", view.patches[0].patch_uid) as change:
            if prepared is not None:
                changed = replace(changed, evidence_id=evidence_in.keep(change, prepared))
                for item in view.patches:
                    more = {"reason": f"{paper.number} 签字扫描件", "by": self.who, "at": now()}
                    evidence_in.link(change, prepared, item.patch_uid, certify.VILLAGE_WORD, **more)
            change.put("certificate", proofs.certificate_row(changed))
        return replace(view, certificate=changed)

    def _signed_scan(self, path: Path, paper: Certificate) -> evidence_in.Prepared:
        """The signed paper as a document, also when it is a photo of it: where it was taken proves nothing."""
        item = evidence_in.prepare(self._ws, path, self.who, now())
        if item.known:  # its record stays as it is
            return item
        plain = Evidence(
            evidence_id=item.evidence.evidence_id,
            kind="document",
            sha256=item.evidence.sha256,
            original_name=item.evidence.original_name,
            source="manual",
            added_at=item.evidence.added_at,
            added_by=item.evidence.added_by,
            doc_kind=certify.VILLAGE_WORD,
            doc_date=today(),
        )
        return replace(item, evidence=replace(plain, doc_no=paper.number))

    def withdraw_certificate(self, number: str) -> Certificate:
        """作废: the list says nothing any more, signed or not; can be undone.

        Raises:
            WeipianError: E_CERT_NUMBER, E_CERT_UNKNOWN, E_CERT_WITHDRAWN.
        """
        view = self.find_certificate(number)
        if view.certificate.withdrawn:
            raise WeipianError("E_CERT_WITHDRAWN", number=view.certificate.number)
        changed = replace(view.certificate, withdrawn=1, by=self.who, at=now())
        with self.acting("cert_withdraw", view.patches[0].patch_uid) as change:
            change.put("certificate", proofs.certificate_row(changed))
        return changed


def _file_name(paper: Certificate) -> str:
    return f"{safe_name(f'村级承诺_{paper.village}_{paper.number}')}.pdf"


def _certifiable(files: Sequence[tuple[Evidence, str]]) -> bool:
    """Whether there is anything to sign for."""
    return any(purpose != certify.VILLAGE_WORD for _, purpose in files)
