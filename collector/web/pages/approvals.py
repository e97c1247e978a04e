"""What waits for a second person, and what second persons said (handbook section 1, 经办 / 复核)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from sqlmodel import Session

from collector.casework import approvals
from collector.casework.approvals import campaigns, keeping, matching, promises, resets
from collector.casework.views import within
from collector.casework.views.campaigns import campaign as asked_for
from collector.foundation.clock import parse_moment
from collector.identity.tables import Approval, User
from collector.web.confirming import require_confirmed
from collector.web.pages.shell import Form, frame_of, own_page, read, see
from collector.web.session import Caller, CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Page, Table, Told, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class Shown:
    """What an approval is about, as its second person is shown it. `lines`: what would be done."""

    subject: str
    href: str
    lines: Sequence[str]
    zone: str


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


@dataclass(frozen=True)
class ApprovalsPage(Page):
    template: ClassVar[str] = "approvals.html"
    waiting: Sequence[Waiting]
    decided: Table


def _promise(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    account, book = within.account(session, caller.actor.scope, row.body["account"])
    told = Told(t, book.timezone, book.currency)
    words = f"{told.money(row.body['amount'])} · {told.whose(parse_moment(row.body['due_at']))}"
    return Shown(f"{book.code}/{account.account_no}", f"/accounts/{account.id}", [words], book.timezone)


def _match(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    account, book = within.account(session, caller.actor.scope, row.body["account"])
    told = Told(t, book.timezone, book.currency)
    words = f"{told.money(row.body['amount'])} · {row.body['reference']}"
    return Shown(f"{book.code}/{account.account_no}", f"/accounts/{account.id}", [words], book.timezone)


def _reset(session: Session, row: Approval, _caller: Caller, t: Words) -> Shown:
    user = session.get_one(User, row.body["user"])
    takes_off = row.body["clears_totp"]
    words = t("a new password, and the app for codes is taken off") if takes_off else t("a new password")
    return Shown(user.name, f"/users/{user.id}", [words], "UTC")


def _keep(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    account, book = within.account(session, caller.actor.scope, row.body["account"])
    words = f"{t('until {day}', day=row.body['until'])} · {row.body['reason']}"
    return Shown(f"{book.code}/{account.account_no}", f"/accounts/{account.id}", [words], book.timezone)


def _campaign(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    campaign, book = asked_for(session, caller.actor.scope, row.body["campaign"])
    told, body = Told(t, book.timezone, book.currency), row.body
    size = t("{people} people with {accounts} accounts", people=body["people"], accounts=body["accounts"])
    lines = [size, told.money(body["money"]), t.word(body["channel"]), body["text"] or campaign.note, campaign.reason]
    return Shown(campaign.name, f"/campaigns/{campaign.id}", lines, book.timezone)


SHOWN: Mapping[str, Callable[[Session, Approval, Caller, Words], Shown]] = {
    promises.PROMISE: _promise,
    matching.MATCH: _match,
    resets.KIND.name: _reset,
    keeping.KEEP: _keep,
    campaigns.CAMPAIGN: _campaign,
}
"""How each kind is told; a house test asks for all of `approvals.KINDS`."""


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
