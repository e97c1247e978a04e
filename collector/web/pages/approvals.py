"""What waits for a second person, and what second persons said (handbook section 1, 经办 / 复核)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from sqlmodel import Session

from collector.casework import approvals
from collector.casework.approvals import resets
from collector.identity.tables import Approval
from collector.web.confirming import require_confirmed
from collector.web.pages.approval_kinds import SHOWN
from collector.web.pages.approval_words import Difference, Shown
from collector.web.pages.shell import Form, frame_of, own_page, read, see
from collector.web.session import Caller, CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Page, Table, Told, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class Waiting:
    id: int
    kind: str
    subject: str
    href: str
    lines: Sequence[str]
    maker: str
    made: str
    digest: str
    closed: str
    """Why this reader can not decide it; empty: they can."""
    changes: Sequence[Difference] = ()
    mine: bool = False
    """Asked by this reader, who can withdraw it."""


@dataclass(frozen=True)
class ApprovalsPage(Page):
    template: ClassVar[str] = "approvals.html"
    waiting: Sequence[Waiting]
    decided: Table


def waiting(session: Session, row: Approval, caller: Caller, t: Words) -> Waiting:
    shown = SHOWN[row.kind](session, row, caller, t)
    return Waiting(
        id=row.id or 0,
        kind=t.word(row.kind),
        subject=shown.subject,
        href=shown.href,
        lines=shown.lines,
        maker=row.maker,
        made=Told(t, shown.zone).moment(row.made_at),
        digest=row.digest,
        closed=_closed(row, caller, t),
        changes=shown.changes,
        mine=row.maker == caller.person.name,
    )


def _closed(row: Approval, caller: Caller, t: Words) -> str:
    if row.maker_staff_no == caller.person.staff_no:
        return t("Closed: who proposed something can not approve it.")
    if row.kind == resets.KIND.name:
        return t("Decided under Users, where its code is shown.")
    return "" if approvals.may_decide(row.kind, caller.actor) else t("Closed: your role does not decide this.")


@router.get("/approvals")
def approvals_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """What waits of the kinds that the reader's roles decide, what the reader asked for, and what was decided."""
    frame = frame_of(request, caller)
    with reading(desk) as session:
        open_ = [waiting(session, row, caller, frame.t) for row in approvals.waiting(session, caller.actor)]
        over = [
            (row, SHOWN[row.kind](session, row, caller, frame.t)) for row in approvals.decided(session, caller.actor)
        ]
    return render(ApprovalsPage(frame, open_, _decided(over, frame.t)))


def _decided(rows: Sequence[tuple[Approval, Shown]], t: Words) -> Table:
    return table(
        [t("When"), t("What"), t("About"), t("Details"), t("asked by"), t("decided by"), t("Decision"), t("Reason")],
        [
            [
                Told(t, shown.zone).short(row.decided_at) if row.decided_at else "",
                t.word(row.kind),
                Cell(shown.subject, "code", shown.href),
                " · ".join(shown.lines),
                row.maker,
                row.checker or "",
                t.word(row.state),
                row.reason or "",
            ]
            for row, shown in rows
        ],
        t("Nothing was decided yet."),
    )


class DecisionForm(Form):
    decision: str
    shown: str
    reason: str = ""
    confirm: str = ""
    back: str = "/approvals"
    """The page the question stood on."""


@router.post("/approvals/{approval_id}/decide")
def decide_approval(request: Request, approval_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(DecisionForm, fields)
    require_confirmed(request, desk, caller, form.confirm)
    with writing(desk) as session:
        approvals.decide(
            session,
            desk.office,
            approval_id,
            shown=form.shown,
            yes=form.decision == "approve",
            reason=form.reason,
            actor=caller.actor,
            now=desk.clock(),
        )
    return see(own_page(request, form.back), "decided")


class WithdrawForm(Form):
    back: str = "/approvals"


@router.post("/approvals/{approval_id}/withdraw")
def withdraw_approval(
    request: Request, approval_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam
) -> Any:
    """Who asked asks no more."""
    form = read(WithdrawForm, fields)
    with writing(desk) as session:
        approvals.withdraw(session, approval_id, caller.actor, desk.clock())
    return see(own_page(request, form.back), "asked-no-more")
