"""What time alone brings: promises past their deadline, rounds past their wait, holds that ended, referrals, stale
facts, the turn of campaigns, and expired tasks: what was not done in its window is planned into a later one of the day.
Run twice, the second finds nothing; a missed night is caught up (design section 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.actions.alarms import raise_alarms
from collector.casework.actions.campaigns import run_campaigns
from collector.casework.actions.follow_up import banking_days, follow_up, note_rounds
from collector.casework.actions.handing_over import decided, terms_of
from collector.casework.actions.matters.days import raise_court_alarms
from collector.casework.actions.ways import ways_take_effect
from collector.casework.office import Office
from collector.dispatch.queries import lock_people
from collector.facts import actions as facts_actions
from collector.facts.queries import read_people, stream
from collector.facts.rules import AccountFacts, Attention, PersonFacts, body_decoder
from collector.facts.tables import PersonState
from collector.foundation.database import among
from collector.history.actions.promises import deadline_covered
from collector.history.rules import PromiseState, ReferralState
from collector.history.tables import Offer, Promise, Referral
from collector.identity.rules import WORKER, Actor
from collector.planning import actions as planning
from collector.planning.queries import read_context
from collector.planning.rules import Context, RoundNote, plan_person
from collector.portfolio.tables import Account, Portfolio
from collector.terms.actions import lapse_overdue

CHUNK = 500
"""People brought up to date in one transaction."""
EVERYONE = 2**62

Progressed = Callable[[int, int], None]


def unseen(_done: int, _total: int) -> None:
    """No progress shown."""


@dataclass(slots=True)
class SweepResult:
    """What a sweep came to."""

    refreshed: int = 0
    people: int = 0
    promises_broken: int = 0
    promises_kept: int = 0
    referrals_opened: int = 0
    referrals_recalled: int = 0
    tasks_expired: int = 0
    calls_released: int = 0
    ways_in_force: int = 0
    """Changes to ways to pay whose day had come."""
    terms_lapsed: int = 0
    """Terms that were agreed to, and neither told nor signed by their last day."""
    offers_settled: int = 0
    """Offers that were fulfilled, or lapsed."""
    alarms_raised: int = 0
    """Of clocks and days at court that came near."""


def sweep(office: Office, at: datetime, actor: str = WORKER.name, *, progress: Progressed = unseen) -> SweepResult:
    """It finds candidates by their dates and by the decisions themselves, which are pure and cheap; only they are
    locked, and each chunk is decided again in a transaction of its own."""
    result = SweepResult(ways_in_force=ways_take_effect(office, at, Actor(actor)))
    with office.database.begin() as session:
        ended = planning.expire(session, at)
        result.tasks_expired, result.calls_released = ended.expired, ended.released
        turned = session.exec(select(PersonState.person_id).where(col(PersonState.fresh_until) <= at)).all()
        result.terms_lapsed = len(lapse_overdue(session, at, Actor(actor)))
    result.refreshed = facts_actions.refresh_stale(office.database.begin, at)
    with office.database.read() as session:
        looked_at = _looked_at(session, office, at)
        people = sorted(
            {
                *turned,
                *ended.people,
                *_due_promises(session, at),
                *_due_offers(session, at),
                *_undecided(session, office, at),
            }
        )
    who = Actor(actor)
    for start in range(0, len(people), CHUNK):
        chunk = people[start : start + CHUNK]
        with office.database.begin() as session:
            lock_people(session, chunk)
            before = _standing(session, chunk)
            note_rounds(session, _ended_rounds(session, office, chunk, at), at)
            follow_up(session, office, chunk, at, who)
            _count(result, before, _standing(session, chunk))
        result.people += len(chunk)
        progress(result.people, len(people))
    office.looked_at.update(looked_at)
    result.alarms_raised = raise_alarms(office, at, who) + raise_court_alarms(office, at, who)
    run_campaigns(office, at)
    return result


def _looked_at(session: Session, office: Office, at: datetime) -> dict[int, object]:
    """By portfolio, what the decisions about everyone depend on besides their facts: the day and the strategy."""
    contexts = _contexts(session, office, at)
    return {number: (ctx.today, ctx.strategy.name, ctx.strategy.version) for number, ctx in contexts.items()}


def _contexts(session: Session, office: Office, at: datetime) -> dict[int, Context]:
    ids = [number for number in session.exec(select(Portfolio.id).order_by(col(Portfolio.id))) if number is not None]
    means = office.capabilities, office.texts(session)
    return {number: read_context(session, number, at, *means) for number in ids}


def _due_promises(session: Session, at: datetime) -> set[int]:
    """Who promised for a moment that loaded payments cover by now: kept or broken is to be decided."""
    rows = session.exec(
        select(Account.person_id, Promise.due_at, Portfolio)
        .join(Account, col(Account.id) == col(Promise.account_id))
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .where(
            col(Promise.state).in_([PromiseState.open, PromiseState.partial]),
            col(Promise.due_at) <= at,
            col(Promise.due_at) < col(Portfolio.payments_as_of),
        )
    )
    days_of = banking_days(session, at)
    return {
        person_id
        for person_id, due_at, book in rows.all()
        if book.payments_as_of is not None
        and deadline_covered(due_at, book.timezone, book.currency, days_of(book.id or 0)) <= book.payments_as_of
    }


def _due_offers(session: Session, at: datetime) -> set[int]:
    """Who was offered terms for a day that loaded payments may cover by now."""
    rows = session.exec(
        select(Account.person_id)
        .join(Offer, col(Offer.account_id) == col(Account.id))
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .where(
            col(Offer.ended_at).is_(None),
            col(Offer.kept_at).is_(None),
            col(Offer.due_at) <= at,
            col(Offer.due_at) < col(Portfolio.payments_as_of),
        )
    )
    return set(rows.all())


def _undecided(session: Session, office: Office, at: datetime) -> set[int]:
    """People about whom something would be decided now that is not on record: the end of a round, a hand-over.

    Events decide at once for whom they touch. So everyone is asked only once for a day and strategy, and in between
    only those with a round, whose wait may be over.
    """
    contexts, looked_at = _contexts(session, office, at), _looked_at(session, office, at)
    terms = terms_of(session, contexts.keys(), at)
    found: set[int] = set()
    fresh = {number: ctx for number, ctx in contexts.items() if office.looked_at.get(number) != looked_at[number]}
    for number, ctx in fresh.items():
        for accounts, attention, body in stream(session, number, ctx.today, 0, EVERYONE):
            if attention & Attention.ROUND or any(map(_may_be_handed_over, accounts)):
                facts = PersonFacts(accounts[0].person_id, body_decoder.decode(body), tuple(accounts))
                if any(decided(facts, terms)) or _notes(facts, {number: ctx}, at):
                    found.add(facts.person_id)
    if len(fresh) < len(contexts):
        found |= _waited_out(session, contexts, at)
    return found


def _waited_out(session: Session, contexts: dict[int, Context], at: datetime) -> set[int]:
    waiting = session.exec(
        select(PersonState.person_id).where(col(PersonState.attention).bitwise_and(int(Attention.ROUND)) != 0)
    ).all()
    return {
        number
        for start in range(0, len(waiting), CHUNK)
        for number, facts in read_people(session, waiting[start : start + CHUNK], at).items()
        if _notes(facts, contexts, at)
    }


def _may_be_handed_over(account: AccountFacts) -> bool:
    """Late, or with something standing: of all others nothing is decided."""
    return account.oldest_unpaid_due is not None or account.reported_min is not None or account.extra is not None


def _notes(facts: PersonFacts, contexts: dict[int, Context], at: datetime) -> list[RoundNote]:
    notes: list[RoundNote] = []
    for number in sorted({account.portfolio_id for account in facts.accounts} & contexts.keys()):
        notes += plan_person(facts, contexts[number], at).rounds
    return notes


def _ended_rounds(session: Session, office: Office, people: Sequence[int], at: datetime) -> list[RoundNote]:
    """Rounds that came to their end by now, whether or not a plan of today is published."""
    candidates = session.exec(
        select(PersonState.person_id).where(
            among(session, PersonState.person_id, people),
            col(PersonState.attention).bitwise_and(int(Attention.ROUND)) != 0,
        )
    ).all()
    if not candidates:
        return []
    contexts = _contexts(session, office, at)
    notes: dict[int, RoundNote] = {}
    for facts in read_people(session, candidates, at).values():
        for note in _notes(facts, contexts, at):
            notes.setdefault(note.contact_point_id, note)
    return list(notes.values())


_Standing = tuple[dict[int, PromiseState], dict[int, ReferralState], frozenset[int]]
"""Promises, referrals, and offers that are open."""


def _standing(session: Session, people: Sequence[int]) -> _Standing:
    promises = session.exec(
        select(Promise.id, Promise.state)
        .join(Account, col(Account.id) == col(Promise.account_id))
        .where(among(session, Account.person_id, people))
    )
    referrals = session.exec(select(Referral.id, Referral.state).where(among(session, Referral.person_id, people)))
    offers = session.exec(
        select(Offer.id)
        .join(Account, col(Account.id) == col(Offer.account_id))
        .where(among(session, Account.person_id, people), col(Offer.ended_at).is_(None), col(Offer.kept_at).is_(None))
    )
    return (
        {number or 0: PromiseState(state) for number, state in promises},
        {number or 0: ReferralState(state) for number, state in referrals},
        frozenset(number or 0 for number in offers),
    )


def _count(result: SweepResult, before: _Standing, after: _Standing) -> None:
    for number, state in after[0].items():
        if before[0].get(number) is not state:
            result.promises_broken += state is PromiseState.broken
            result.promises_kept += state is PromiseState.kept
    result.offers_settled += len(before[2] - after[2])
    for number, referral in after[1].items():
        if before[1].get(number) is not referral:
            result.referrals_opened += referral is ReferralState.proposed
            result.referrals_recalled += referral is ReferralState.recalled
