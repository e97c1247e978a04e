"""Reading what a plan knows besides the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import or_
from sqlmodel import Session, col, select

from collector.compliance.packs import load_pack
from collector.compliance.rules import Capabilities, Policy, compile_policy
from collector.facts.queries import collectors
from collector.foundation.clock import local_day
from collector.foundation.known import once
from collector.history.rules import HoldScope
from collector.history.tables import Hold
from collector.planning.queries.wording import SenderWords, refused_words
from collector.planning.rules import Context, Line, shifted
from collector.portfolio.queries import callers, portfolio_of
from collector.portfolio.rules import CollectorType, DebtType
from collector.portfolio.tables import Portfolio
from collector.strategy.queries import compiled
from collector.texts.catalogue import Catalogue
from collector.texts.queries import registered
from collector.texts.rules import head_signature

CarriedIn = Callable[[str], Capabilities | None]
"""Jurisdiction → what the carrier can lawfully carry there; None: the carrier is not asked."""


def nothing_known(jurisdiction: str) -> Capabilities | None:
    """No carrier to ask: its rules are left out."""
    return None


def read_context(
    session: Session,
    portfolio_id: int,
    now: datetime,
    carried_in: CarriedIn = nothing_known,
    catalogue: Catalogue | None = None,
) -> Context:
    """The portfolio's day that holds `now`. With the texts, what the gate says of their words too. An unknown portfolio
    is a `NotFound`."""
    key = ("context", portfolio_id, now, carried_in is nothing_known, catalogue is None)
    asked = partial(_read, session, portfolio_id, now, carried_in, catalogue)
    return once(session, key, asked)


def _read(
    session: Session, portfolio_id: int, now: datetime, carried_in: CarriedIn, catalogue: Catalogue | None
) -> Context:
    portfolio = portfolio_of(session, portfolio_id)
    gate = gate_of(session, portfolio_id, now, carried_in)
    today = local_day(now, portfolio.timezone)
    reminds, until = shifted(today, gate.policy.setting.country)
    return Context(
        portfolio_id=portfolio_id,
        strategy=compiled(session, portfolio_id, now),
        policy=gate.policy,
        lines=_lines(session, portfolio_id),
        zone=portfolio.timezone,
        today=today,
        is_held=gate.is_held,
        held_segments=gate.held_segments,
        collector=gate.collector,
        reminds=reminds,
        reminders_until=until,
        words=None if catalogue is None else refused_words(gate.policy, catalogue, sender_words(portfolio)),
    )


class Gate(NamedTuple):
    """What a contact of a portfolio is judged with, besides the person."""

    policy: Policy
    collector: int
    is_held: bool
    """The portfolio, or everything."""
    held_segments: frozenset[str]


def gate_of(session: Session, portfolio_id: int, now: datetime, carried_in: CarriedIn = nothing_known) -> Gate:
    """The gate of a portfolio at that moment, or a `NotFound`."""
    holds = [row for row in wide_holds(session, now) if row.portfolio_id in (None, portfolio_id)]
    return Gate(
        policy_in_force(session, portfolio_of(session, portfolio_id), carried_in, now),
        collectors(session)[portfolio_id],
        any(row.scope is not HoldScope.segment for row in holds),
        frozenset(row.segment for row in holds if row.scope is HoldScope.segment and row.segment),
    )


def sender_words(portfolio: Portfolio) -> SenderWords:
    """What its texts say of who sends them."""
    is_own = portfolio.collector_type is CollectorType.creditor
    name, signature = portfolio.sender_name, portfolio.signature
    return name, signature, portfolio.creditor, is_own, portfolio.pay_instructions


def policy_in_force(session: Session, portfolio: Portfolio, carried_in: CarriedIn, now: datetime) -> Policy:
    """The gate of a portfolio as it judges at that moment: where the carrier takes registered texts only, those that
    are registered for this portfolio then."""
    carrier = carried_in(portfolio.jurisdiction)
    if carrier is not None and carrier.templates is not None:
        day = local_day(now, portfolio.timezone)
        ours = registered(session, portfolio.id or 0, carrier.carrier, day)
        carrier = replace(carrier, templates=carrier.templates | ours)
    return policy_of(portfolio, lambda _: carrier)


def policy_of(portfolio: Portfolio, carried_in: CarriedIn = nothing_known) -> Policy:
    """The gate of a portfolio: its pack, as it binds this collector and debt, tightened."""
    tightening = msgspec.json.encode(_terms(portfolio), order="sorted")
    carrier = carried_in(portfolio.jurisdiction)
    return _compiled(portfolio.jurisdiction, portfolio.collector_type, portfolio.debt_type, tightening, carrier)


def _terms(portfolio: Portfolio) -> dict[str, Any]:
    """How the portfolio tightens its pack: its texts are signed with its own name and say who writes."""
    signed = head_signature(portfolio.signature or portfolio.sender_name).strip("【】")
    names = sorted({name.strip() for name in (portfolio.sender_name, portfolio.creditor, signed) if name.strip()})
    own = {"signature": {"name": signed}, "identity": {"names": names}}
    terms: dict[str, Any] = {
        rule.id: own[rule.asks] for rule in load_pack(portfolio.jurisdiction).rules if rule.asks in own and names
    }
    return terms | {rule: terms.get(rule, {}) | change for rule, change in portfolio.tightening.items()}


@lru_cache(maxsize=256)
def _compiled(
    jurisdiction: str,
    collector_type: CollectorType,
    debt_type: DebtType,
    tightening: bytes,
    carrier: Capabilities | None,
) -> Policy:
    """The same gate for the same terms: making it costs more than asking it, and every event asks."""
    return compile_policy(load_pack(jurisdiction), collector_type, debt_type, msgspec.json.decode(tightening), carrier)


def _lines(session: Session, portfolio_id: int) -> tuple[Line, ...]:
    return tuple(
        Line(
            row.number,
            frozenset(word.strip() for word in row.channels.split(",")),
            int(row.resting_until.timestamp()) if row.resting_until else None,
        )
        for row in once(session, ("callers", portfolio_id), lambda: callers(session, portfolio_id))
    )


def wide_holds(session: Session, at: datetime) -> Sequence[Hold]:
    """The holds in force that are wider than a person: on a segment, a portfolio, or everything."""
    wanted = select(Hold).where(
        col(Hold.scope).in_([HoldScope.segment, HoldScope.portfolio, HoldScope.everything]),
        col(Hold.at) <= at,
        or_(col(Hold.until).is_(None), col(Hold.until) > at),
        or_(col(Hold.lifted_at).is_(None), col(Hold.lifted_at) > at),
    )
    return once(session, ("wide holds", at), lambda: session.exec(wanted).all())
