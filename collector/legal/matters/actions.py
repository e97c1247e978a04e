"""Writing down what happens to a matter. None of them commits; what follows for clocks and ledger is casework's."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from collector.foundation.errors import BadInput, Conflict
from collector.history.actions.keep import add, change
from collector.history.tables import Document, Referral
from collector.identity.rules import Actor
from collector.legal.matters.queries import Matter
from collector.legal.matters.rules import DateEnd, Step
from collector.legal.matters.tables import CounselPackage, CounselReceipt, CourtDate, MatterCost, MatterStep

LONGEST = 500
MOST_NAME = 120


def require_paper(session: Session, account_id: int, document_id: int | None) -> None:
    """Evidence is of the account itself, else a `BadInput`."""
    if document_id is not None:
        paper = session.get(Document, document_id)
        if paper is None or paper.account_id != account_id:
            raise BadInput("this paper is not of the account; file it with the account first")


def require_reason(reason: str) -> str:
    """Said, and not endless."""
    text = reason.strip()
    if not 0 < len(text) <= LONGEST:
        raise BadInput(f"say why in 1 to {LONGEST} characters")
    return text


def add_step(
    session: Session, referral: Referral, step: Step, clock_event_id: int | None, at: datetime, actor: Actor
) -> MatterStep:
    """The stage is reached. What may not be entered was refused before."""
    for text in (step.court, step.case_no, step.counsel):
        if len(text) > MOST_NAME:
            raise BadInput(f"court, case number and counsel have {MOST_NAME} characters at most")
    given = asdict(step) | {"clock_event_id": clock_event_id}
    row = MatterStep(**_owner(referral), **given, at=at, actor=actor.name)
    detail = {"account": row.account_id, "stage": row.stage.value, "on": row.on.isoformat()}
    numbers = {"document_id": row.document_id, "claimed": row.claimed, "awarded": row.awarded}
    detail |= {name: value for name, value in numbers.items() if value is not None}
    detail |= {"outcome": row.outcome.value} if row.outcome else {}
    add(session, row, actor.name, "matter.stage", detail, at)
    return row


def strike_step(session: Session, matter: Matter, step_id: int, reason: str, at: datetime, actor: Actor) -> MatterStep:
    """The last entry was an error: it counts no more, and stays to be read with the reason."""
    text, last = require_reason(reason), next(reversed(matter.standing), None)
    if last is None or last.id != step_id:
        raise Conflict("only the last entry of a matter can be struck; strike those after it first")
    row = MatterStep(
        **_owner(matter.referral),
        stage=last.stage,
        on=last.on,
        strikes_id=last.id,
        reason=text,
        at=at,
        actor=actor.name,
    )
    detail = {"account": row.account_id, "stage": row.stage.value, "strikes": last.id}
    add(session, row, actor.name, "matter.struck", detail, at)
    return row


def add_court_date(session: Session, row: CourtDate, actor: Actor) -> CourtDate:
    """A day at court, or something to be done by one."""
    if not 0 < len(row.what) <= LONGEST:
        raise BadInput(f"say what is to be done in 1 to {LONGEST} characters")
    if max(len(row.place), len(row.who)) > MOST_NAME:
        raise BadInput(f"place and person have {MOST_NAME} characters at most")
    detail = {"account": row.account_id, "kind": row.kind.value, "at": row.at.isoformat()}
    add(session, row, actor.name, "court_date.noted", detail, row.noted_at)
    return row


def end_court_date(session: Session, row: CourtDate, how: DateEnd, note: str, at: datetime, actor: Actor) -> CourtDate:
    """How it ended. Once: a second time is a `Conflict`."""
    if row.ended is not None:
        raise Conflict("somebody noted already how this day ended; open the page again")
    if len(note) > LONGEST:
        raise BadInput(f"say it in {LONGEST} characters at most")
    row.ended, row.ended_note, row.ended_at, row.ended_by = how, note, at, actor.name
    detail = {"account": row.account_id, "how": how.value}
    change(session, row, actor.name, "court_date.ended", detail, at)
    return row


def add_cost(session: Session, row: MatterCost, actor: Actor) -> MatterCost:
    """Money spent. Its receipt is of the account."""
    if row.amount <= 0:
        raise BadInput("a cost is above 0")
    if len(row.note) > LONGEST:
        raise BadInput(f"say it in {LONGEST} characters at most")
    require_paper(session, row.account_id, row.document_id)
    detail = {"account": row.account_id, "kind": row.kind.value, "amount": row.amount, "currency": row.currency}
    add(session, row, actor.name, "matter.cost", detail, row.at)
    return row


def strike_cost(session: Session, cost: MatterCost, reason: str, at: datetime, actor: Actor) -> MatterCost:
    """The line was an error: it counts no more."""
    same = cost.model_dump(exclude={"id", "note", "strikes_id", "at", "actor"})
    row = MatterCost(**same, note=require_reason(reason), strikes_id=cost.id, at=at, actor=actor.name)
    detail = {"account": row.account_id, "amount": row.amount, "strikes": cost.id}
    add(session, row, actor.name, "matter.cost-struck", detail, at)
    return row


def add_package(
    session: Session, referral: Referral, case_file_id: int, counsel: str, contact: str, at: datetime, actor: Actor
) -> CounselPackage:
    """What counsel is given is on record before they have it."""
    row = CounselPackage(
        **_owner(referral), case_file_id=case_file_id, counsel=counsel, contact=contact, made_at=at, actor=actor.name
    )
    detail = {"account": row.account_id, "case_file": case_file_id, "left": "to counsel"}
    add(session, row, actor.name, "counsel.handed-over", detail, at)
    return row


def add_receipt(
    session: Session,
    package: CounselPackage,
    on: date,
    by: str,
    document_id: int | None,
    at: datetime,
    actor: Actor,
) -> CounselReceipt:
    """Counsel confirmed that it arrived."""
    if not 0 < len(by.strip()) <= MOST_NAME:
        raise BadInput(f"say who received it in 1 to {MOST_NAME} characters")
    require_paper(session, package.account_id, document_id)
    row = CounselReceipt(
        package_id=package.id or 0,
        received_on=on,
        received_by=by.strip(),
        document_id=document_id,
        at=at,
        actor=actor.name,
    )
    detail = {"account": package.account_id, "package": package.id, "on": on.isoformat()}
    add(session, row, actor.name, "counsel.received", detail, at)
    return row


def _owner(referral: Referral) -> dict[str, Any]:
    return {
        "portfolio_id": referral.portfolio_id,
        "account_id": referral.account_id,
        "referral_id": referral.id or 0,
    }
