"""What every event ends in: facts, promises, rounds, hand-overs and the plan of the people it touched (design 2).

The loop of the business closes here and nowhere else: an outcome, a payment or a stop is recorded, the facts are
brought up to date in the same transaction, and the same rules that planned the night decide again for these people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from collector.casework.actions.handing_over import hand_over
from collector.casework.office import Office
from collector.dispatch.queries import lock_people
from collector.facts import actions as facts_actions
from collector.facts import queries as facts_queries
from collector.facts.rules import PersonFacts, extra_of
from collector.history import actions as history
from collector.history.rules import RoundEnd
from collector.identity.rules import WORKER, Actor
from collector.planning import actions as planning
from collector.planning.rules import RoundNote
from collector.portfolio import actions as portfolio
from collector.portfolio.rules import ContactStatus
from collector.portfolio.tables import ContactPoint
from collector.strategy.queries import compiled
from collector.terms import actions as terms
from collector.terms.queries import lapsed_offers


def people_of_account(session: Session, account_id: int) -> set[int]:
    """Everyone who owes an account, whose facts an event about it changes: held until commit, so that the event and
    what follows from it are one step, and nobody waits for them while holding what they need."""
    people = set(facts_queries.people_of_account(session, account_id))
    lock_people(session, people)
    return people


def follow_up(
    session: Session,
    office: Office,
    person_ids: Iterable[int],
    now: datetime,
    actor: Actor = WORKER,
    *,
    propose: bool = True,
) -> None:
    """Bring everything that follows from an event up to date for these people, in the event's own transaction.

    Whoever owes what they borrowed is one of them: a broken promise or a hand-over is a fact of the guarantor too.
    Without `propose` new hand-overs are left to the next sweep.
    """
    people = set(person_ids)
    if not people:
        return
    session.flush()
    borrowed, circle = facts_queries.circle_of(session, people)
    if circle > people:
        borrowed, _ = facts_queries.circle_of(session, circle)
    lock_people(session, circle)
    history.settle_promises(session, borrowed, now, actor, banking_days(session, now))
    facts = facts_actions.refresh(session, circle, now)
    if _settle_offers(session, facts, now, actor):
        facts = facts_actions.refresh(session, circle, now)
    notes = [one.note for one in planning.replan(session, facts, now, office.capabilities, office.texts(session))]
    if notes:
        note_rounds(session, notes, now)
        facts = facts_actions.refresh(session, circle, now)
    moved = hand_over(session, facts, now, propose=propose)
    if moved:
        facts = facts_actions.refresh(session, circle, now)
    if notes or moved:
        planning.replan(session, facts, now, office.capabilities, office.texts(session))


def _settle_offers(session: Session, facts: Mapping[int, PersonFacts], now: datetime, actor: Actor) -> bool:
    """Fulfil and lapse what was offered, by the facts that tell of it, and revive what lapsed before a payment was
    known; whether anything changed."""
    accounts = [account for one in facts.values() for account in one.accounts]
    told = (account for account in accounts if account.extra is not None)
    offers = {offer.id for account in told for offer in extra_of(account).offers}
    if paid := {account.account_id for account in accounts if account.last_paid_on is not None}:
        offers |= set(lapsed_offers(session, paid))  # nothing but a payment revives
    days = banking_days(session, now)
    moved = [terms.settle(session, offer_id, now, actor, days) for offer_id in sorted(offers)]
    return any(moved)


def banking_days(session: Session, now: datetime) -> Callable[[int], int]:
    """Portfolio → banking days after a promise's deadline that payments must be loaded for, as its strategy asks."""
    return lambda portfolio_id: compiled(session, portfolio_id, now).promise.banking_days


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
