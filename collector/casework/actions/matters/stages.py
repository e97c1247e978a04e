"""A matter reaches a stage: the history, the clocks of the law and the referral in one step (handbook section 8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from collector.casework.actions.clocks import note_clock
from collector.casework.actions.follow_up import follow_up, people_of_account
from collector.casework.office import Office
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, Conflict
from collector.history import actions as history
from collector.history.actions import ClockNote
from collector.history.queries import called_on
from collector.history.rules import ReferralState
from collector.history.tables import ClockEvent
from collector.identity.rules import Actor
from collector.law.rules import Happening
from collector.legal.matters import actions as matters
from collector.legal.matters.queries import Matter, court_dates, matters_of, running_matter
from collector.legal.matters.rules import Lack, MatterStage, Step, happening_of, lacks, why_not_step
from collector.legal.matters.tables import MatterStep
from collector.portfolio.queries import portfolio_of, statement_of
from collector.portfolio.tables import Account

REASONS = {
    Lack.court: "say before which court",
    Lack.case_no: "give the case number that the court gave",
    Lack.claimed: "say how much the suit asks for",
    Lack.awarded: "say how much the judgment awards; 0 where it awards nothing",
    Lack.paper: "file the judgment and name it here, or say that its paper is still to come",
    Lack.deed: "what is enforced without a judgment needs its deed: file it and name it here",
    Lack.outcome: "say what came of it",
    Lack.no_judgment: "there is no judgment in this matter; enter that stage first, or choose another outcome",
    Lack.no_enforcement: "nothing was enforced in this matter; enter that stage first, or choose another outcome",
    Lack.only_closed: "an outcome is said only when the matter is closed",
    Lack.only_judgment: "an award, and whether it binds, is said of a judgment only",
}


def enter_stage(
    session: Session, office: Office, account_id: int, step: Step, *, at: datetime, actor: Actor
) -> MatterStep:
    """The matter of that account reached a stage. What the stage is to the clocks of the law is recorded with it; one
    that is closed closes its referral. Entered again in the very same words it is the same entry."""
    people = people_of_account(session, account_id)
    matter = running_matter(session, account_id)
    step = _filled(session, account_id, step, at)
    if matter.history and matter.history[-1] == step:
        return matter.standing[-1]
    _require(session, matter, step, _today(session, matter, at))
    happened, event = happening_of(step, matter.history), None
    if happened is not None:
        note = ClockNote(happened, step.on, document_id=step.document_id)
        event = note_clock(session, office, account_id, note, now=at, actor=actor).id
        _strike_unproven(session, office, matter, step, event, at, actor)
    row = matters.add_step(session, matter.referral, step, event, at, actor)
    if step.stage is MatterStage.closed and matter.referral.state is ReferralState.accepted:
        history.move_referral(session, row.referral_id, ReferralState.closed, at, actor, str(step.outcome))
        follow_up(session, office, people, at, actor)
    return row


def _strike_unproven(
    session: Session, office: Office, matter: Matter, step: Step, event: int | None, at: datetime, actor: Actor
) -> None:
    """The same stage of the same day, entered again with the paper that came: it is one event of the clocks, the one
    with its proof."""
    last = next(reversed(matter.standing), None)
    if last is not None and last.clock_event_id != event and _takes_place_of(step, last):
        _strike(session, office, matter, last.clock_event_id, at, actor)


def _takes_place_of(step: Step | MatterStep, last: MatterStep) -> bool:
    same = (last.stage, last.on, last.is_final) == (step.stage, step.on, step.is_final)
    return same and last.document_id is None and step.document_id is not None


def _strike(session: Session, office: Office, matter: Matter, event: int | None, at: datetime, actor: Actor) -> None:
    """What the clocks were told counts no more, also where it was told anew since. None: they were told nothing."""
    about = history.standing_event(session, event) if event is not None else None
    if about is not None:
        note = ClockNote(Happening.struck, _today(session, matter, at), about_id=about)
        note_clock(session, office, matter.referral.account_id, note, now=at, actor=actor)


def _filled(session: Session, account_id: int, step: Step, at: datetime) -> Step:
    """A suit asks for what its statement of claim does, unless it is said to ask for something else: what is due on its
    day, of a loan that was called in all of it."""
    if step.stage is not MatterStage.filed or step.claimed is not None:
        return step
    account = session.get_one(Account, account_id)
    called = called_on(session, account_id, step.on, at)
    found = statement_of(session, account, portfolio_of(session, account.portfolio_id), step.on, called_on=called)
    return replace(step, claimed=found.due)


def _require(session: Session, matter: Matter, step: Step, today: date) -> None:
    if reason := why_not_step(step, matter.history, today):
        raise Conflict(reason)
    lacking = [REASONS[lack] for lack in lacks(step, matter.history)]
    if lacking:
        raise BadInput(lacking[0])
    matters.require_paper(session, matter.referral.account_id, step.document_id)
    if step.stage is MatterStage.closed and _has_open_dates(session, matter):
        raise Conflict("days at court are still open; say of each how it ended, then close the matter")


def _has_open_dates(session: Session, matter: Matter) -> bool:
    return any(row.ended is None for row in court_dates(session, matter.referral.id or 0))


def strike_stage(
    session: Session, office: Office, account_id: int, step_id: int, reason: str, *, at: datetime, actor: Actor
) -> MatterStep:
    """The last stage was entered in error: the one before it counts again, also for the clocks of the law."""
    people_of_account(session, account_id)
    matter = matters_of(session, [account_id]).get(account_id)
    if matter is None:
        raise Conflict("there is no matter yet: legal accepts the referral of the account first")
    row = matters.strike_step(session, matter, step_id, reason, at, actor)
    struck = next(one for one in matter.standing if one.id == step_id)
    left = [one for one in matter.standing if one.id != step_id]
    if struck.clock_event_id not in [one.clock_event_id for one in left]:
        _strike(session, office, matter, struck.clock_event_id, at, actor)
    if left and _takes_place_of(struck, left[-1]):
        _tell_again(session, office, left[-1], at, actor)
    return row


def _tell_again(session: Session, office: Office, step: MatterStep, at: datetime, actor: Actor) -> None:
    """What was only told was struck when its proof came; without the proof it counts again as it was told."""
    if step.clock_event_id is not None:
        told = session.get_one(ClockEvent, step.clock_event_id)
        note_clock(session, office, step.account_id, ClockNote(told.kind, told.day), now=at, actor=actor)


def _today(session: Session, matter: Matter, at: datetime) -> date:
    return local_day(at, portfolio_of(session, matter.referral.portfolio_id).timezone)
