"""Hand-overs: accounts proposed to skip-tracing and legal with what speaks for it, and taken back when the reason is
gone (handbook section 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from collector.facts.clocks import read_clocks
from collector.facts.rules import PersonFacts
from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.history import actions as history
from collector.history.rules import ReferralKind, ReferralState, RoundEnd
from collector.history.tables import Promise, Referral, RoundEnded
from collector.identity.rules import WORKER
from collector.legal import rules as legal
from collector.legal.routing import kinds_on_file, routes_of
from collector.planning.rules.hand_over import Proposal, Recall
from collector.portfolio.queries import portfolio_of
from collector.portfolio.rules import PartyRole
from collector.skiptrace import rules as skiptrace
from collector.strategy.queries import compiled
from collector.strategy.rules import Strategy

OPEN = (ReferralState.proposed, ReferralState.accepted)
ENDED = (ReferralState.returned, ReferralState.closed)


class Terms(NamedTuple):
    """By what a portfolio hands over: its strategy, on its day."""

    strategy: Strategy
    today: date


def terms_of(session: Session, portfolio_ids: Collection[int], now: datetime) -> dict[int, Terms]:
    """For these portfolios."""
    return {
        number: Terms(compiled(session, number, now), local_day(now, portfolio_of(session, number).timezone))
        for number in portfolio_ids
    }


def decided(facts: PersonFacts, terms: Mapping[int, Terms]) -> Iterator[Proposal | Recall]:
    """What the two rooms want done about a borrower's accounts. Pure: a sweep asks it of everyone."""
    for account in facts.accounts:
        if account.role is PartyRole.borrower and account.portfolio_id in terms:
            strategy, today = terms[account.portfolio_id]
            for room in (skiptrace, legal):
                decision = room.decide(facts, account, strategy, today)
                if decision is not None:
                    yield decision


def hand_over(session: Session, facts: Mapping[int, PersonFacts], now: datetime, *, propose: bool = True) -> int:
    """Carry out what is decided about these people, by their facts; without `propose` only what is to be taken back.
    Returns how many accounts moved."""
    everyone = facts.values()
    terms = terms_of(session, {account.portfolio_id for one in everyone for account in one.accounts}, now)
    decisions = [(one, decision) for one in everyone for decision in decided(one, terms)]
    recalls = [decision for _, decision in decisions if isinstance(decision, Recall)]
    proposals = [(one, decision) for one, decision in decisions if isinstance(decision, Proposal)]
    return _recall(session, recalls, now) + (_propose(session, proposals, now) if propose and proposals else 0)


def _propose(session: Session, proposals: Sequence[tuple[PersonFacts, Proposal]], now: datetime) -> int:
    people = {facts.person_id for facts, _ in proposals}
    accounts = {proposal.account_id for _, proposal in proposals}
    routes = _routes(session, proposals, now)
    rounds, ended, promises = _rounds(session, people), _ended(session, accounts), _promises(session, accounts)
    opened = 0
    for facts, proposal in proposals:
        last = ended.get((proposal.kind, proposal.account_id))
        mine = rounds.get(facts.person_id, ())
        if last is not None and not _is_new(facts, proposal, last, mine):
            continue
        if proposal.kind is ReferralKind.skiptrace:
            more: dict[str, Any] = {"rounds": [_round(row) for row in mine]}
        else:
            more = {"promises": [_promise(row) for row in promises.get(proposal.account_id, ())]}
            more |= routes.get(proposal.account_id, {})
        history.open_referral(
            session,
            kind=proposal.kind,
            person_id=facts.person_id,
            account_id=proposal.account_id,
            portfolio_id=proposal.portfolio_id,
            reasons=proposal.reasons,
            evidence=proposal.evidence | more,
            now=now,
            actor=WORKER,
        )
        opened += 1
    return opened


def _is_new(facts: PersonFacts, proposal: Proposal, last: Referral, rounds: Sequence[RoundEnded]) -> bool:
    """Whether the team has not looked at this very reason already and given it back or closed it."""
    if proposal.kind is ReferralKind.skiptrace:
        given_up = [row.at for row in rounds if row.how is RoundEnd.given_up]
        return skiptrace.is_new(given_up, last.state_at)
    account = next(one for one in facts.accounts if one.account_id == proposal.account_id)
    looked_at = [str(reason.get("trigger")) for reason in last.reasons]
    return legal.is_new(account, proposal, looked_at, last.state_at.date())


def _routes(
    session: Session, proposals: Sequence[tuple[PersonFacts, Proposal]], now: datetime
) -> dict[int, dict[str, Any]]:
    """By account proposed to legal: the route that is proposed, and which others are open."""
    accounts = [proposal.account_id for _, proposal in proposals if proposal.kind is ReferralKind.legal]
    if not accounts:
        return {}
    people = {facts.person_id: facts for facts, _ in proposals}.values()
    found = routes_of(session, people, read_clocks(session, accounts, now), kinds_on_file(session, accounts), now)
    return {
        number: {"route": legal.best_route(all_), "routes": [one.route.value for one in all_ if one.is_open]}
        for number, all_ in found.items()
    }


def _rounds(session: Session, people: Collection[int]) -> Mapping[int, Sequence[RoundEnded]]:
    found: dict[int, list[RoundEnded]] = defaultdict(list)
    rows = select(RoundEnded).where(among(session, RoundEnded.person_id, people))
    for row in session.exec(rows.order_by(col(RoundEnded.at), col(RoundEnded.id))):
        found[row.person_id].append(row)
    return found


def _ended(session: Session, accounts: Collection[int]) -> Mapping[tuple[ReferralKind, int], Referral]:
    """The last hand-over of each account that a team gave back or closed."""
    rows = select(Referral).where(among(session, Referral.account_id, accounts), col(Referral.state).in_(ENDED))
    return {(row.kind, row.account_id): row for row in session.exec(rows.order_by(col(Referral.state_at)))}


def _promises(session: Session, accounts: Collection[int]) -> Mapping[int, Sequence[Promise]]:
    found: dict[int, list[Promise]] = defaultdict(list)
    rows = select(Promise).where(among(session, Promise.account_id, accounts))
    for row in session.exec(rows.order_by(col(Promise.id))):
        found[row.account_id].append(row)
    return found


def _round(row: RoundEnded) -> dict[str, Any]:
    """A round with its calls, each with time, caller, slot and outcome: what proves that the phone is lost."""
    return {"contact_point": row.contact_point_id, "ended": row.how.value, "at": row.at.isoformat(), **row.evidence}


def _promise(row: Promise) -> dict[str, Any]:
    return {
        "promise": row.id,
        "amount": row.amount,
        "paid": row.paid,
        "due_at": row.due_at.isoformat(),
        "state": row.state.value,
    }


def _recall(session: Session, recalls: Iterable[Recall], now: datetime) -> int:
    moved = 0
    for recall in recalls:
        rows = session.exec(
            select(Referral).where(
                col(Referral.account_id) == recall.account_id,
                col(Referral.kind) == recall.kind,
                col(Referral.state).in_(OPEN),
            )
        ).all()
        for row in rows:
            history.move_referral(session, row.id or 0, ReferralState.recalled, now, WORKER, recall.reason)
        moved += len(rows)
    return moved
