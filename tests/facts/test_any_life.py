"""Whatever happens to people: the kept facts are those of the records, and the past stays what it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from floor import AMOUNT, DUE, LI, Floor, noon
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from collector.facts import actions as facts
from collector.facts.queries import read_people
from collector.facts.rules import PersonFacts
from collector.foundation.database import Database
from collector.history import actions as history
from collector.history.rules import (
    Cause,
    HoldReason,
    HoldScope,
    Outcome,
    ReferralKind,
    ReferralState,
    RoundEnd,
    Route,
    Standing,
    StopKind,
)
from collector.history.tables import CallbackRow, Dispute, Hold, Referral, Stop
from collector.identity.rules import Level

Happening = Callable[[Floor, datetime], object]


def newest_id(floor: Floor, table: type[Stop] | type[Hold] | type[Dispute] | type[Referral] | type[CallbackRow]) -> int:
    return max((row.id or 0 for row in floor.session.exec(select(table)).all()), default=0)


def answer(floor: Floor, at: datetime) -> None:
    number = newest_id(floor, Dispute)
    if number and floor.session.get_one(Dispute, number).answered_at is None:
        history.answer_dispute(floor.session, number, "checked", at, LI)


def lift_stop(floor: Floor, at: datetime) -> None:
    if number := newest_id(floor, Stop):
        history.lift_stop(floor.session, number, at, LI)


def lift_hold(floor: Floor, at: datetime) -> None:
    if number := newest_id(floor, Hold):
        history.lift_hold(floor.session, number, at, LI)


def finish_callback(floor: Floor, at: datetime) -> None:
    if number := newest_id(floor, CallbackRow):
        history.finish_callback(floor.session, number, at, LI)


def accept(floor: Floor, at: datetime) -> None:
    number = newest_id(floor, Referral)
    if number and floor.session.get_one(Referral, number).state is ReferralState.proposed:
        history.move_referral(floor.session, number, ReferralState.accepted, at, LI, route=Route.suit)


def recall(floor: Floor, at: datetime) -> None:
    number = newest_id(floor, Referral)
    if number and floor.session.get_one(Referral, number).state in (ReferralState.proposed, ReferralState.accepted):
        history.move_referral(floor.session, number, ReferralState.recalled, at, LI)


def close_and_deliver(floor: Floor, at: datetime) -> None:
    sent = floor.text(at)
    history.record_delivery(floor.session, sent.id or 0, "delivered", at, at, LI)


LIFE: dict[str, Happening] = {
    **{outcome.value: lambda floor, at, outcome=outcome: floor.contact(at, outcome) for outcome in Outcome},
    "a step of the cadence": lambda floor, at: floor.contact(at, step="firm/5"),
    "a senior calls": lambda floor, at: floor.contact(at, level="senior"),
    "a supervisor lowers the level": lambda floor, at: history.lower_level(
        floor.session, account_id=floor.loan, level=Level.middle, reason="calm", at=at, actor=LI
    ),
    "guarantor is called": lambda floor, at: floor.contact(
        at, Outcome.right_party, person_id=floor.qian, contact_point_id=floor.his
    ),
    "relative is asked where he is": lambda floor, at: floor.contact(
        at, Outcome.third_party, person_id=floor.stranger, contact_point_id=floor.his, purpose="location"
    ),
    "closing SMS": lambda floor, at: floor.text(at),
    "closing SMS arrives": close_and_deliver,
    "closing refused": lambda floor, at: history.closing_refused(floor.session, floor.mobile, ["CN-TIME"], at, LI),
    "given up": lambda floor, at: history.end_round(floor.session, floor.mobile, RoundEnd.given_up, {}, at, LI),
    "pays a little": lambda floor, at: floor.pay(300_00, at),
    "pays one instalment": lambda floor, at: floor.pay(AMOUNT, at),
    "pays it all": lambda floor, at: floor.pay(3 * AMOUNT, at),
    "pays the card": lambda floor, at: floor.pay(AMOUNT, at, floor.card),
    "pause": lambda floor, at: floor.pause(at.date() - timedelta(days=3), at.date()),
    "promise": lambda floor, at: history.make_promise(
        floor.session,
        account_id=floor.loan,
        person_id=floor.wang,
        amount=500_00,
        due_at=at + timedelta(days=2),
        made_at=at,
        now=at,
        actor=LI,
    ),
    "opt-out of the number": lambda floor, at: history.stop(
        floor.session, kind=StopKind.opt_out, at=at, actor=LI, number="+8613812340001"
    ),
    "breathing space": lambda floor, at: history.stop(
        floor.session,
        kind=StopKind.breathing_space,
        at=at,
        actor=LI,
        person_id=floor.wang,
        until=at + timedelta(days=4),
    ),
    "stop lifted": lift_stop,
    "consent": lambda floor, at: history.standing(
        floor.session, person_id=floor.wang, kind=Standing.consent, at=at, now=at, actor=LI, portfolio_id=floor.us
    ),
    "hold": lambda floor, at: history.hold(
        floor.session,
        scope=HoldScope.person,
        person_id=floor.wang,
        reason=HoldReason.supervisor,
        at=at,
        until=at + timedelta(days=2),
        actor=LI,
    ),
    "says paid": lambda floor, at: history.says_paid(
        floor.session, account_id=floor.loan, person_id=floor.wang, now=at, actor=LI
    ),
    "hold lifted": lift_hold,
    "dispute": lambda floor, at: history.open_dispute(
        floor.session,
        account_id=floor.loan,
        person_id=floor.wang,
        reason="not mine",
        at=at,
        today=at.date(),
        now=at,
        actor=LI,
    ),
    "dispute answered": answer,
    "refuses": lambda floor, at: history.record_disposition(
        floor.session,
        person_id=floor.wang,
        account_id=floor.loan,
        occurred_at=at,
        now=at,
        actor=LI,
        cause=Cause.refuses,
        refuses=True,
    ),
    "call-back agreed": lambda floor, at: history.agree_callback(
        floor.session,
        person_id=floor.wang,
        account_id=floor.loan,
        due_at=at + timedelta(hours=5),
        now=at,
        actor=LI,
    ),
    "called back": finish_callback,
    "to legal": lambda floor, at: history.open_referral(
        floor.session,
        kind=ReferralKind.legal,
        person_id=floor.wang,
        account_id=floor.loan,
        portfolio_id=floor.cn,
        reasons=[],
        evidence={},
        now=at,
        actor=LI,
    ),
    "recalled": recall,
    "the team takes it": accept,
}

lives = st.lists(st.tuples(st.sampled_from(sorted(LIFE)), st.integers(1, 80)), min_size=1, max_size=8)
"""What happens, and how many hours after what came before."""


def everyone(floor: Floor) -> list[int]:
    return [floor.wang, floor.zhao, floor.qian, floor.stranger]


def live(floor: Floor, life: list[tuple[str, int]]) -> dict[datetime, dict[int, PersonFacts]]:
    """Let it happen, refreshing after each event; what was read after each."""
    now = noon(DUE - timedelta(days=3))
    seen: dict[datetime, dict[int, PersonFacts]] = {}
    for what, hours in life:
        now += timedelta(hours=hours)
        LIFE[what](floor, now)
        facts.refresh(floor.session, everyone(floor), now)
        seen[now] = read_people(floor.session, everyone(floor), now)
    return seen


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives)
def test_any_life(database: Database, life: list[tuple[str, int]]) -> None:
    with Session(database.engine, expire_on_commit=False) as session:
        floor = Floor(session)
        seen = live(floor, life)
        assert facts.verify(session) == []
        backdated = any(what == "pause" for what, _ in life)  # it counts by its days, not by when it was entered
        for at, people in seen.items():
            assert backdated or read_people(session, everyone(floor), at) == people
        later = max(seen) + timedelta(days=3)
        ahead = read_people(session, everyone(floor), later)
        facts.refresh(session, everyone(floor), later)
        refreshed = read_people(session, everyone(floor), later)
        assert {key: value.accounts for key, value in ahead.items()} == {
            key: value.accounts for key, value in refreshed.items()
        }
        session.rollback()


def test_each_happening_leaves_kept_facts_true(database: Database) -> None:
    now = noon(DUE + timedelta(days=2))
    for what, happen in LIFE.items():
        with Session(database.engine, expire_on_commit=False) as session:
            floor = Floor(session)
            happen(floor, now)
            facts.refresh(session, everyone(floor), now)
            assert facts.verify(session) == [], what
            session.rollback()
