"""What every event ends in: facts, promises, rounds, hand-overs and the plan of the people it touched (design 2).

The loop of the business closes here and nowhere else: an outcome, a payment or a stop is recorded, the facts are
brought up to date in the same transaction, and the same rules that planned the night decide again for these people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.office import Office
from collector.facts import actions as facts_actions
from collector.facts import queries as facts_queries
from collector.facts.rules import PersonFacts
from collector.foundation.clock import local_day
from collector.history import actions as history
from collector.history.queries import among
from collector.history.rules import ReferralState, RoundEnd
from collector.history.tables import Referral
from collector.identity.rules import WORKER, Actor
from collector.legal import rules as legal
from collector.planning import actions as planning
from collector.planning.rules import RoundNote
from collector.planning.rules.hand_over import Proposal, Recall
from collector.portfolio import actions as portfolio
from collector.portfolio.rules import ContactStatus, PartyRole
from collector.portfolio.tables import Account, ContactPoint, Portfolio
from collector.skiptrace import rules as skiptrace
from collector.strategy.queries import compiled


def people_of_account(session: Session, account_id: int) -> set[int]:
    """Everyone who owes an account: whose facts an event about it changes."""
    return set(facts_queries.people_of_account(session, account_id))


def follow_up(
    session: Session, office: Office, person_ids: Iterable[int], now: datetime, actor: Actor = WORKER
) -> None:
    """Bring everything that follows from an event up to date for these people, in the event's own transaction."""
    people = set(person_ids)
    if not people:
        return
    session.flush()
    history.settle_promises(session, _borrowed(session, people), now, actor)
    facts_actions.refresh(session, people, now)
    notes = [one.note for one in planning.replan(session, people, now, office.capabilities)]
    if notes:
        note_rounds(session, notes, now)
        facts_actions.refresh(session, people, now)
    moved = hand_over(session, people, now)
    if moved:
        facts_actions.refresh(session, people, now)
    if notes or moved:
        planning.replan(session, people, now, office.capabilities)


def _borrowed(session: Session, people: Collection[int]) -> list[int]:
    found = session.exec(select(Account.id).where(among(session, col(Account.person_id), people)))
    return [number for number in found if number is not None]


def note_rounds(session: Session, notes: Sequence[RoundNote], now: datetime) -> None:
    """Put on record that a 3:3:3 round ended, or that its closing SMS may not be sent."""
    for note in notes:
        if note.how is None:
            history.closing_refused(session, note.contact_point_id, note.rules, now, WORKER)
            continue
        history.end_round(session, note.contact_point_id, note.how, note.evidence, now, WORKER)
        if note.how is RoundEnd.given_up:
            point = session.get_one(ContactPoint, note.contact_point_id)
            portfolio.mark_point(session, point, ContactStatus.given_up, actor=WORKER.name, at=now)


def hand_over(session: Session, people: Collection[int], now: datetime) -> int:
    """Propose accounts to skip-tracing and legal, and take back those whose reason is gone. Returns how many."""
    decisions = [
        (facts, decision)
        for facts in facts_queries.read_people(session, people, now).values()
        for decision in _decided(session, facts, now)
    ]
    for facts, decision in decisions:
        if isinstance(decision, Recall):
            _recall(session, decision, now)
        else:
            history.open_referral(
                session,
                kind=decision.kind,
                person_id=facts.person_id,
                account_id=decision.account_id,
                portfolio_id=decision.portfolio_id,
                reasons=decision.reasons,
                evidence=decision.evidence,
                now=now,
                actor=WORKER,
            )
    return len(decisions)


def _decided(session: Session, facts: PersonFacts, now: datetime) -> Iterable[Proposal | Recall]:
    for account in facts.accounts:
        if account.role is not PartyRole.borrower:
            continue
        strategy = compiled(session, account.portfolio_id, now)
        zone = session.get_one(Portfolio, account.portfolio_id).timezone
        today = local_day(now, zone)
        for room in (skiptrace, legal):
            decision = room.decide(facts, account, strategy, today)
            if decision is not None:
                yield decision


def _recall(session: Session, recall: Recall, now: datetime) -> None:
    rows = session.exec(
        select(Referral).where(
            col(Referral.account_id) == recall.account_id,
            col(Referral.kind) == recall.kind,
            col(Referral.state).in_([ReferralState.proposed, ReferralState.accepted]),
        )
    ).all()
    for row in rows:
        history.move_referral(session, row.id or 0, ReferralState.recalled, now, WORKER, recall.reason)


