"""Whatever happens in a person's life, in whatever order, at whatever hour: the promises of the house hold.

What is checked is counted anew from the records, or by the test's own books, never by the code that decides.
`COLLECTOR_LIFE_EXAMPLES` and `COLLECTOR_LIFE_STEPS` make the search longer than the suite can afford;
`COLLECTOR_LIFE_SHORTEN=1` shortens a life that fails.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlmodel import col, select

from collector.audit.actions import seal
from collector.audit.queries import verify as verify_audit
from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.casework.actions import NeedsApproval
from collector.casework.replay import Standing, replay
from collector.dispatch.actions import claim_messages
from collector.dispatch.rules import Progress
from collector.dispatch.tables import Submission
from collector.facts.actions import verify as verify_facts
from collector.foundation.errors import Conflict
from collector.history.rules import (
    ANSWERED,
    CONVERSATION,
    DEAD,
    PROMISE_MOVES,
    REFERRAL_MOVES,
    Channel,
    HoldScope,
    Outcome,
    PromiseState,
    ReferralState,
    RoundEnd,
    StopKind,
)
from collector.history.tables import Attempt, ClosingRefused, Dispute, Hold, Promise, Referral, RoundEnded, Stop
from collector.identity.rules import EVERYTHING
from collector.planning.actions import RunResult
from collector.planning.queries import tasks as visible_tasks
from collector.planning.rules import TASK_MOVES, Purpose, TaskState
from collector.planning.tables import Task

from .life import AMERICA, CHINA, SCHEDULE, Contact, Databases, Life, Money, Place

EXAMPLES = int(os.environ.get("COLLECTOR_LIFE_EXAMPLES", "6"))
STEPS = int(os.environ.get("COLLECTOR_LIFE_STEPS", "16"))
SHORTEN = bool(os.environ.get("COLLECTOR_LIFE_SHORTEN"))
"""Whether a life that fails is shortened before it is told: takes minutes."""
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if SHORTEN else [])]

FULL_STOPS = (
    StopKind.cease,
    StopKind.attorney,
    StopKind.bankruptcy,
    StopKind.deceased,
    StopKind.vulnerable,
    StopKind.breathing_space,
    StopKind.hardship,
)
"""Stops of all contact, or of all that a person did not look at."""
ACCOUNTS = st.sampled_from(sorted(SCHEDULE))
DAYS = st.sampled_from([1, 2, 3, 8, 21])
HOURS = st.sampled_from([1, 2, 4, 5, 9, 14])
OUTCOMES = st.sampled_from([*Outcome, *DEAD, *DEAD, Outcome.right_party])


class PersonsLife(RuleBasedStateMachine):
    """What can happen, and what must hold after each of it."""

    def __init__(self, databases: Databases, kind: str, place: Place) -> None:
        super().__init__()
        self.open = ExitStack()
        folder = Path(self.open.enter_context(TemporaryDirectory()))
        self.life = Life(self.open.enter_context(databases(kind)), folder, place)
        self.office, self.database = self.life.office, self.life.database
        self.calls: list[int] = []
        self.rounds_seen: set[int] = set()

    def teardown(self) -> None:
        try:
            self.seal()
        finally:
            self.open.close()

    # --- What happens ---

    def do(self, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        self.life.wait()
        with self.database.begin() as session:
            return action(session, self.office, *args, at=self.life.now, **more)

    def newest(self, table: Any, *conditions: Any) -> Any:
        with self.database.read() as session:
            return session.exec(select(table).where(*conditions).order_by(col(table.id).desc())).first()

    @rule(days=st.integers(1, 4), outcome=OUTCOMES)
    def working_days(self, days: int, outcome: Outcome) -> None:
        """Days as they usually are: planned, messages sent, a call in every slot, ending mostly alike."""
        for _ in range(days):
            self.life.next_morning(1, 8)
            self.life.sweep()
            self.life.plan()
            for hours in (1, 5, 5):
                self.an_hour_is_tried(hours, outcome)

    @rule(days=st.integers(3, 7), outcome=st.sampled_from(sorted(DEAD)))
    def days_of_silence(self, days: int, outcome: Outcome) -> None:
        self.working_days(days, outcome)

    @rule(days=DAYS, hour=st.sampled_from([6, 8, 9, 14, 18]))
    def a_day_comes(self, days: int, hour: int) -> None:
        self.life.next_morning(days, hour)
        self.life.sweep()
        again = self.life.sweep()
        assert again.promises_broken + again.promises_kept + again.referrals_opened + again.referrals_recalled == 0
        dry, real = self.life.plan(dry_run=True), self.life.plan()
        assert [decided(run) for run in dry] == [decided(run) for run in real]
        self.seal()

    @rule(hours=HOURS, outcome=OUTCOMES)
    def an_hour_is_tried(self, hours: int, outcome: Outcome) -> None:
        self.life.wait(timedelta(hours=hours))
        sent = self.life.send().sent
        assert sent == 0 or self.life.is_lawful_hour
        self.an_agent_calls(outcome, 1)

    @rule()
    def what_was_sent_is_not_sent_again(self) -> None:
        self.life.wait()
        self.life.send()
        assert self.life.send().sent == 0

    @rule(delivered=st.booleans())
    def a_receipt_comes(self, delivered: bool) -> None:
        row = self.newest(Submission, Submission.channel == Channel.sms)
        if row is not None:
            progress = Progress.delivered if delivered else Progress.undelivered
            more = {"progress": progress, "status": progress.value, "error_code": None}
            self.do(casework.message_status, token=row.token, sid=row.sid or f"SM{row.id}", **more)

    @rule(outcome=OUTCOMES, hangs_up=st.integers(0, 9))
    def an_agent_calls(self, outcome: Outcome, hangs_up: int) -> None:
        task = self.take_call()
        if task is not None and hangs_up:
            self.do(casework.record_outcome, task.id, outcome, actor=self.life.agent)
            self.calls.append(task.id or 0)

    def take_call(self) -> Task | None:
        self.life.wait()
        try:
            claimed = self.claim()
        except Conflict:
            return None
        if claimed is not None:
            assert self.life.is_lawful_hour
            self.there_was_room_for(claimed)
        return claimed

    def claim(self) -> Task | None:
        with self.database.begin() as session:
            before = self.life.facts()
            claimed = casework.next_call(session, self.office, self.life.agent, self.life.now)
            if claimed is None:
                return None
            task = Task.model_validate(claimed.task.model_dump())
        phone = next(one for one in before.body.phones if one.id == task.contact_point_id)
        used = [(call.caller, call.slot) for call in phone.round[phone.round[:1] != () and is_proof(phone.round[0]) :]]
        assert (task.caller, task.slot) not in used or len(set(used)) >= 3 * len(self.life.place.callers)
        return task

    @precondition(lambda self: self.calls)
    @rule(outcome=OUTCOMES)
    def an_outcome_is_corrected(self, outcome: Outcome) -> None:
        self.do(casework.record_outcome, self.calls[-1], outcome, actor=self.life.supervisor)

    @rule(account=ACCOUNTS, share=st.sampled_from([0.1, 0.5, 1.0]), hours=st.sampled_from([3, 30, 100, 500]))
    def a_promise_is_made(self, account: str, share: float, hours: int) -> None:
        amount = max(int(self.life.owed(account) * share), 1_00)
        due_at = self.life.now + timedelta(hours=hours)
        more = {"account_id": self.life.ids[account], "amount": amount, "due_at": due_at}
        try:
            self.do(casework.make_promise, actor=self.life.agent, **more)
        except NeedsApproval:
            self.do(casework.make_promise, actor=self.life.supervisor, **more)

    @rule()
    def a_promise_is_withdrawn(self) -> None:
        row = self.newest(Promise, col(Promise.state).in_([PromiseState.open, PromiseState.partial]))
        if row is not None:
            self.do(casework.withdraw_promise, row.id, actor=self.life.agent)

    @rule(
        account=ACCOUNTS,
        how=st.sampled_from(["part", "overdue", "part", "all", "over"]),
        hours_ago=st.sampled_from([0, 2, 30, 100]),
    )
    def money_comes_in(self, account: str, how: str, hours_ago: int) -> None:
        self.life.wait()
        owed = self.life.owed(account)
        amount = {
            "overdue": self.life.overdue(account),
            "part": owed // 3,
            "all": owed,
            "over": owed + 77_00,
        }[how]
        paid_at = self.life.now - timedelta(hours=hours_ago)
        self.life.money.append(Money(f"P{len(self.life.money)}", account, max(amount, 1_00), paid_at))
        self.life.load_payments()

    @precondition(lambda self: self.waiting() is not None)
    @rule(share=st.sampled_from([0.5, 1.0, 1.0]))
    def what_was_promised_comes_in(self, share: float) -> None:
        self.life.wait()
        row = self.waiting()
        account = next(account for account, number in self.life.ids.items() if number == row.account_id)
        amount = max(int((row.amount - row.paid) * share), 1)
        self.life.money.append(Money(f"P{len(self.life.money)}", account, amount, self.life.now))
        self.life.load_payments()

    def waiting(self) -> Any:
        """The newest promise that waits for money."""
        return self.newest(Promise, col(Promise.state).in_([PromiseState.open, PromiseState.partial]))

    @precondition(lambda self: any(not one.reversed for one in self.life.money))
    @rule(data=st.data())
    def a_payment_is_reversed(self, data: st.DataObject) -> None:
        self.life.wait()
        standing = [one for one in self.life.money if not one.reversed]
        data.draw(st.sampled_from(standing)).reversed = True
        self.life.load_payments()

    @rule()
    def the_same_files_are_loaded_again(self) -> None:
        self.life.wait()
        assert [result.accepted for result in self.life.load_again()] == [0, 0, 0]

    @precondition(lambda self: not self.is_quiet)
    @rule(account=ACCOUNTS)
    def says_paid(self, account: str) -> None:
        self.do(casework.says_paid, account_id=self.life.ids[account], actor=self.life.agent)

    @precondition(lambda self: not self.is_quiet)
    @rule(kind=st.sampled_from(FULL_STOPS), days=st.sampled_from([None, 1, 3]))
    def contact_is_stopped(self, kind: StopKind, days: int | None) -> None:
        until = self.life.now + timedelta(days=days) if days else None
        self.do(casework.stop, person_id=self.life.person_id, kind=kind, until=until, actor=self.life.agent)

    @precondition(lambda self: self.is_quiet)
    @rule()
    def contact_may_go_on(self) -> None:
        for row in self.standing(Stop):
            self.do(casework.lift_stop, row.id, actor=self.life.supervisor, reason="asked for")
        for row in self.standing(Hold):
            self.do(casework.lift_hold, row.id, actor=self.life.supervisor)
        for row in self.disputes():
            self.do(casework.answer_dispute, row.id, "it is owed", actor=self.life.supervisor)

    @rule(word=st.sampled_from(["STOP", "TD", "START", "?"]))
    def a_text_comes_in(self, word: str) -> None:
        sid = f"SMin{self.life.now.timestamp():.0f}"
        place = self.life.place
        self.do(casework.inbound_sms, sid=sid, sender=place.phones[0], to=place.callers[0], body=word)

    @precondition(lambda self: not self.is_quiet)
    @rule(account=st.one_of(st.none(), ACCOUNTS), hours=st.sampled_from([None, 12, 36]))
    def contact_is_held(self, account: str | None, hours: int | None) -> None:
        until = self.life.now + timedelta(hours=hours) if hours else None
        what: dict[str, Any] = {"scope": HoldScope.person, "person_id": self.life.person_id}
        if account is not None:
            what = {"scope": HoldScope.account, "account_id": self.life.ids[account]}
        self.do(casework.hold, until=until, actor=self.life.supervisor, **what)

    @precondition(lambda self: not self.is_quiet)
    @rule(account=ACCOUNTS)
    def the_debt_is_disputed(self, account: str) -> None:
        self.do(casework.dispute, account_id=self.life.ids[account], reason="not mine", actor=self.life.agent)

    @rule(account=ACCOUNTS, refuses=st.booleans())
    def a_talk_is_noted(self, account: str, refuses: bool) -> None:
        what = {"account_id": self.life.ids[account], "refuses": refuses}
        self.do(casework.record_disposition, actor=self.life.agent, **what)

    @rule(account=ACCOUNTS, start=st.integers(-20, 10), length=st.integers(0, 15))
    def ageing_is_paused(self, account: str, start: int, length: int) -> None:
        first = self.life.today + timedelta(days=start)
        days = {"first": first, "last": first + timedelta(days=length)}
        self.do(casework.pause, account_id=self.life.ids[account], actor=self.life.supervisor, **days)

    @rule(phone=st.integers(0, 2))
    def the_person_is_found(self, phone: int) -> None:
        number = (*self.life.place.phones, self.life.place.found)[phone]
        self.do(casework.found, person_id=self.life.person_id, phone=number, actor=self.life.agent)

    @rule(state=st.sampled_from([ReferralState.accepted, ReferralState.returned, ReferralState.closed]))
    def a_referral_moves(self, state: ReferralState) -> None:
        row = self.newest(Referral)
        if row is not None and state in REFERRAL_MOVES[row.state]:
            self.do(casework.move_referral, row.id, state, actor=self.life.supervisor, reason="looked at")

    # --- What must hold ---

    def standing(self, table: type[Stop] | type[Hold]) -> list[Any]:
        """Stops or holds in force now."""
        now = self.life.now
        with self.database.read() as session:
            rows = session.exec(select(table).where(col(table.lifted_at).is_(None))).all()
        return [row for row in rows if row.at <= now and (row.until is None or row.until > now)]

    def disputes(self) -> list[Dispute]:
        with self.database.read() as session:
            return list(session.exec(select(Dispute).where(col(Dispute.answered_at).is_(None))))

    @property
    def is_quiet(self) -> bool:
        """Whether something stands in the way of contact that somebody can take away."""
        return bool(self.standing(Stop) or self.standing(Hold) or self.disputes())

    def there_was_room_for(self, task: Task) -> None:
        """Counts the calls on record before this one, as the law of the place does."""
        contacts = self.life.contacts(Channel.call)
        if self.life.place is CHINA:
            today = [one for one in contacts if self.days_ago(one) == 0]
            answered = [one for one in today if one.outcome in ANSWERED]
            silent = [one for one in today if one.outcome not in ANSWERED]
            assert len(answered) < 3
            assert len(silent) < 6
            assert sum(one.attempt.number == task.number for one in silent) < 3
            return
        week = [one for one in contacts if self.days_ago(one) < 7]
        debts = [debt for debt in self.life.ids.values() if str(debt) in task.debts.strip("[]").split(",")]
        assert debts
        for debt in debts:
            about = [one for one in week if debt in one.attempt.debts]
            assert not [one for one in about if one.outcome in CONVERSATION]
            assert sum(one.outcome not in (Outcome.vacant, Outcome.suspended) for one in about) < 7

    def days_ago(self, contact: Contact) -> int:
        """Local calendar days."""
        return (self.life.today - contact.attempt.at.astimezone(self.life.place.zone).date()).days

    @invariant()
    def facts_are_those_of_the_records(self) -> None:
        with self.database.read() as session:
            assert verify_facts(session) == []

    @invariant()
    def money_adds_up(self) -> None:
        for account in SCHEDULE:
            facts = self.life.account(account)
            due = sum(amount for _, amount in SCHEDULE[account])
            overpaid = max(self.life.paid(account) - due, 0)
            assert facts.owed + self.life.paid(account) - overpaid == due
            assert facts.overdue == self.life.overdue(account)
            assert facts.settled == (facts.owed == 0)

    @invariant()
    def nobody_was_contacted_at_night_or_texted_twice_a_day(self) -> None:
        texts = [one for one in self.life.contacts(Channel.sms) if not one.attempt.natural_key.startswith("reply:")]
        zone, place = self.life.place.zone, self.life.place
        for one in [*texts, *self.life.contacts(Channel.call)]:
            assert place.opens <= one.attempt.at.astimezone(zone).hour < place.closes
        days = [one.attempt.at.astimezone(zone).date() for one in texts]
        assert len(days) == len(set(days))
        if place is AMERICA:
            assert all(sum(0 <= (day - first).days < 7 for day in days) <= 3 for first in days)

    @invariant()
    def who_is_stopped_held_or_settled_is_left_alone(self) -> None:
        stopped = [row for row in self.standing(Stop) if row.kind in FULL_STOPS]
        holds = self.standing(Hold)
        settled = all(self.life.owed(account) == 0 for account in SCHEDULE)
        if stopped or settled or any(row.scope is HoldScope.person for row in holds):
            self.nothing_is_claimable()
        with self.database.read() as session:
            planned = visible_tasks(session, EVERYTHING, status=TaskState.planned)
        disputed = {row.account_id for row in self.disputes()}
        ahead = [task for task in planned if task.not_after > self.life.now]
        assert not (ahead and settled)
        assert not [task for task in ahead if task.account_id in disputed]
        for task in ahead:
            assert all(row.until is not None and row.until <= task.not_before for row in stopped)
            for row in holds:
                mine = row.scope is HoldScope.person or row.account_id == task.account_id
                assert not mine or (row.until is not None and row.until <= task.not_before)

    def nothing_is_claimable(self) -> None:
        """Tried for real, and taken back."""
        now = self.life.now
        with self.database.begin() as session:
            try:
                assert casework.next_call(session, self.office, self.life.supervisor, now) is None
                claims = claim_messages(session, self.office.catalogue, self.office.capabilities, now, 10)
                assert not claims.ready
            finally:
                session.rollback()

    @invariant()
    def a_phone_is_given_up_only_as_the_rule_says(self) -> None:
        with self.database.read() as session:
            ended = session.exec(select(RoundEnded).where(RoundEnded.how == RoundEnd.given_up)).all()
            closings = session.exec(select(Attempt).where(Attempt.purpose == Purpose.closing)).all()
            refused = session.exec(select(ClosingRefused)).all()
        for row in ended:
            if row.id in self.rounds_seen:
                continue  # what was true then may be corrected later
            self.rounds_seen.add(row.id or 0)
            self.was_tried_enough(row)
            sent = [one.at for one in closings if one.contact_point_id == row.contact_point_id]
            forbidden = [one for one in refused if one.contact_point_id == row.contact_point_id]
            assert forbidden or max(sent) <= row.at - timedelta(hours=48)

    def was_tried_enough(self, row: RoundEnded) -> None:
        """Three calls on record, each from another number, in another slot, on another day, hours apart."""
        told = {(one["at"], one["caller"], one["slot"]) for one in row.evidence["calls"] if one["counted"]}
        on_record = {
            (int(one.attempt.at.timestamp()), one.attempt.caller, one.attempt.slot)
            for one in self.life.contacts(Channel.call)
            if one.attempt.contact_point_id == row.contact_point_id and one.outcome in DEAD
        }
        assert told <= on_record
        moments = sorted(at for at, _, _ in told)
        assert len(told) >= 3
        assert len({caller for _, caller, _ in told}) >= 3
        assert len({slot for _, _, slot in told}) >= 3
        assert all(later - earlier >= 2 * 3600 for earlier, later in pairwise(moments))

    @invariant()
    def states_move_only_as_they_may(self) -> None:
        for before, after in self.life.moves("promise"):
            assert after in PROMISE_MOVES[PromiseState(before)]
        for before, after in self.life.moves("referral"):
            assert after in REFERRAL_MOVES[ReferralState(before)]
        for before, after in self.life.moves("task"):
            assert TaskState(after) in REACHABLE[TaskState(before)]

    @invariant()
    def a_kept_promise_stays_kept_unless_its_money_is_taken_back(self) -> None:
        with self.database.read() as session:
            entries = session.exec(select(AuditEntry).where(AuditEntry.action == "promise.settled")).all()
        accounts = {self.life.ids[one.account_no] for one in self.life.money if one.reversed}
        for entry in entries:
            if entry.detail["before"] == "kept" and entry.detail["after"] != "kept":
                assert entry.detail["account"] in accounts

    @invariant()
    def a_promise_alone_is_kept_by_its_money(self) -> None:
        """Where an account has one promise only, money dated in time says by itself how it stands."""
        with self.database.read() as session:
            rows = session.exec(select(Promise).where(Promise.state != PromiseState.withdrawn)).all()
        for account, number in self.life.ids.items():
            mine = [row for row in rows if row.account_id == number]
            if len(mine) == 1:
                [promise] = mine
                money = [one for one in self.life.money if one.account_no == account and not one.reversed]
                in_time = [one for one in money if self.life.is_in_time(one, promise.made_at, promise.due_at)]
                is_whole = sum(one.amount for one in in_time) >= promise.amount
                assert (promise.state is PromiseState.kept) == is_whole
                assert promise.state is not PromiseState.broken or promise.due_at < self.life.now

    @invariant()
    def hand_overs_are_few_and_recalled(self) -> None:
        with self.database.read() as session:
            rows = session.exec(
                select(Referral).where(col(Referral.state).in_([ReferralState.proposed, ReferralState.accepted]))
            ).all()
        assert len({(row.kind, row.account_id) for row in rows}) == len(rows)
        settled = {self.life.ids[account] for account in SCHEDULE if self.life.owed(account) == 0}
        assert not [row for row in rows if row.account_id in settled]

    def seal(self) -> None:
        """The audit is whole, and every contact of the past was lawful by what was known when it was made."""
        with self.database.begin() as session:
            seal(session, self.office.keys, self.life.now)
        with self.database.read() as session:
            proof = verify_audit(session, self.office.keys, self.life.now)
            again = replay(session)
        assert (proof.findings, proof.unsealed) == ((), 0)
        assert [one for one in again.told if one.standing is not Standing.known_later] == []


def is_proof(call: Any) -> bool:
    """The call that met a live phone begins a round; it is not one of its tries."""
    return call.outcome not in DEAD


def decided(run: RunResult) -> tuple[Any, ...]:
    """What a run decided, without what it stored."""
    parts = (run.portfolio, run.day, run.strategy, run.people, run.opened, run.tasks)
    return (*parts, run.counts, run.refused, run.passed, run.left_out, run.digest, run.noted)


def _reachable() -> dict[TaskState, set[TaskState]]:
    """By any number of moves: one statement may carry out several."""
    found = {state: set(after) for state, after in TASK_MOVES.items()}
    for _ in TaskState:
        for after in found.values():
            after |= {far for near in tuple(after) for far in found[near]}
    return found


REACHABLE = _reachable()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "place", "share"),
    [
        pytest.param("sqlite", CHINA, 1.0, id="China, sqlite"),
        pytest.param("sqlite", AMERICA, 0.5, id="United States, sqlite"),
        pytest.param("postgresql", CHINA, 0.25, id="China, postgresql"),
    ],
)
def test_whatever_happens_in_a_life(databases: Databases, kind: str, place: Place, share: float) -> None:
    with databases(kind):
        pass  # says why, and skips, where there is no such database
    run_state_machine_as_test(
        lambda: PersonsLife(databases, kind, place),
        settings=settings(
            max_examples=max(int(EXAMPLES * share), 1),
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="CI" in os.environ,  # there, what fails must be what was changed
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
