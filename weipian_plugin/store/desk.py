"""What the start screen counts, read by columns: no patch is built for it."""

from __future__ import annotations

from collections.abc import Iterable

from .workspace import Workspace


def assigned(ws: Workspace) -> set[str]:
    """patch_uid of every patch that somebody was given."""
    sql = "SELECT patch_uid FROM patch WHERE coalesce(assignee, '') <> '' OR review_status IN ('assigned', 'surveyed')"
    return {row[0] for row in ws.connection.execute(sql)}


def transfers(ws: Workspace) -> dict[str, str]:
    """patch_uid -> day (ISO) of the last 移交 that no 移交反馈 followed."""
    sql = (
        "SELECT patch_uid, kind, date FROM case_action"
        " WHERE withdrawn = 0 AND kind IN ('transfer', 'feedback') ORDER BY fid"
    )
    open_since: dict[str, str] = {}
    for uid, kind, day in ws.connection.execute(sql):
        if kind == "transfer":
            open_since[uid] = day or ""
        else:
            open_since.pop(uid, None)
    return open_since


def last_checks(ws: Workspace) -> dict[str, str]:
    """patch_uid -> result of the last 内审 of the judgement in force; patches without one are absent."""
    sql = (
        "SELECT c.patch_uid, c.result FROM internal_check c WHERE c.judgement_id ="
        " (SELECT j.judgement_id FROM judgement j WHERE j.patch_uid = c.patch_uid AND j.withdrawn = 0"
        " ORDER BY j.fid DESC LIMIT 1) ORDER BY c.fid"
    )
    return dict(map(tuple, ws.connection.execute(sql)))


def notes(ws: Workspace, names: Iterable[str]) -> dict[str, str]:
    """Conveniences of the panel (`meta`): name -> value, empty where never noted."""
    return {name: ws.meta(name) or "" for name in names}
