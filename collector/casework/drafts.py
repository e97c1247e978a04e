"""Drafting a strategy: every change is kept, a submitted draft that is changed is submitted no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from collector.casework.approvals import strategies as proposals
from collector.casework.office import Office
from collector.foundation.clock import Clock
from collector.foundation.errors import BadInput, CollectorError
from collector.identity import actions as identity
from collector.identity.rules import Actor, ApprovalState
from collector.identity.tables import Approval
from collector.planning.actions import Compared, Rehearsal, rehearse
from collector.portfolio.tables import Portfolio
from collector.strategy import drafting, queries
from collector.strategy.tables import StrategyDraft

BROKEN = "something went wrong on our side; try again"


def begin(session: Session, book: Portfolio, body: str, actor: Actor, now: datetime) -> StrategyDraft:
    """A draft of the actor's, from that text."""
    return drafting.begin_draft(session, book.id or 0, body, actor, now)


def change(
    session: Session, book: Portfolio, actor: Actor, revision: int, edit: Callable[[str], str], now: datetime
) -> bool:
    """The draft as `edit` makes it. Whether it was submitted, and is so no more: what waits is what was shown."""
    row = drafting.held_draft(session, book.id or 0, actor, revision)
    body = drafting.fitting(edit(row.body))
    if body == row.body:
        return False
    voided = _take_back(session, row, actor, now)
    drafting.change_draft(session, row, body, actor, now)
    return voided


def drop(session: Session, book: Portfolio, actor: Actor, now: datetime) -> None:
    """The draft is wanted no more, nor what was submitted of it."""
    row = drafting.held_draft(session, book.id or 0, actor)
    _take_back(session, row, actor, now)
    drafting.drop_draft(session, row, actor, now)


def submit(
    session: Session,
    office: Office,
    book: Portfolio,
    actor: Actor,
    revision: int,
    reason: str,
    starts_at: datetime,
    now: datetime,
) -> Approval:
    """Propose the draft as it stands. One that waits already is withdrawn first: there is one proposal a draft."""
    row = drafting.held_draft(session, book.id or 0, actor, revision)
    _take_back(session, row, actor, now)
    approval = proposals.propose(session, office, book, row.body, reason, starts_at, actor, now)
    drafting.submit_draft(session, row, approval.id, actor, now)
    return approval


def withdraw(session: Session, approval: Approval, actor: Actor, now: datetime) -> None:
    """The maker takes a proposal back; the draft stays."""
    identity.withdraw(session, approval, actor, now)
    if approval.portfolio_id is None:
        return
    row = queries.draft_of(session, approval.portfolio_id, actor)
    if row is not None and row.approval_id == approval.id:
        drafting.submit_draft(session, row, None, actor, now)


def _take_back(session: Session, row: StrategyDraft, actor: Actor, now: datetime) -> bool:
    if row.approval_id is None:
        return False
    approval = session.get_one(Approval, row.approval_id)
    is_open = approval.state is ApprovalState.open
    if is_open:
        identity.withdraw(session, approval, actor, now)
    drafting.submit_draft(session, row, None, actor, now)
    return is_open


def begin_trial(session: Session, book: Portfolio, actor: Actor, now: datetime) -> StrategyDraft:
    """What the draft would change is to be worked out; only a draft without problems can be tried."""
    row = drafting.held_draft(session, book.id or 0, actor)
    queries.compiled_text(row.body, book.currency, 0)
    drafting.begin_trial(session, row, now)
    return row


def try_out(office: Office, clock: Clock, draft: StrategyDraft, book: Portfolio, begun_at: datetime) -> None:
    """Work it out, telling how far it is. Whatever ends it is kept with the trial."""
    begin_, draft_id, portfolio_id = office.database.begin, draft.id or 0, book.id or 0

    def progress(done: int, total: int) -> None:
        with begin_() as session:
            drafting.tell_trial(session, draft_id, begun_at, clock(), done=done, total=total)

    error: str = BROKEN
    found = None
    try:
        with office.database.read() as session:
            before = queries.compiled(session, portfolio_id, begun_at)
            catalogue = office.texts(session)
        after = queries.compiled_text(draft.body, book.currency, before.version + 1)
        compared = rehearse(
            begin_,
            office.database.read,
            portfolio_id,
            before,
            after,
            begun_at,
            progress=progress,
            carried_in=office.capabilities,
            catalogue=catalogue,
        )
        found = told(compared)
    except CollectorError as refused:
        error = refused.message
    finally:
        with begin_() as session:
            drafting.end_trial(session, draft_id, begun_at, clock(), found, "" if found is not None else error)


def told(compared: Compared) -> dict[str, object]:
    """A comparison as it is kept with the trial: numbers, and the first accounts behind each."""
    flows = [
        {"from": flow.source, "to": flow.target, "accounts": flow.accounts, "overdue": flow.overdue, "owed": flow.owed}
        for flow in compared.flows
    ]
    behind = {f"flow {flow.source}|{flow.target}": list(flow.behind) for flow in compared.flows if flow.behind}
    for name, rehearsal in (("before", compared.before), ("after", compared.after)):
        behind |= {f"{name} {key}": accounts for key, accounts in rehearsal.behind.items()}
    sides = {"before": _side(compared.before), "after": _side(compared.after)}
    return {"flows": flows, **sides, "behind": behind}


def _side(rehearsal: Rehearsal) -> dict[str, object]:
    names = ("slots", "hours", "refused", "levels", "places", "left_out")
    return {name: dict(getattr(rehearsal, name)) for name in names}


def uploaded(content: bytes) -> str:
    """The text of a file that somebody brought."""
    if len(content) > drafting.LARGEST:
        raise BadInput("this is larger than any strategy; the limit is 256 KB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("the file is not UTF-8 text; save it as UTF-8") from error
