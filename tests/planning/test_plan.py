"""The night plan in the database: published whole or not at all, the same as its dry run, and tended afterwards."""

from __future__ import annotations

import pytest
from planning_book import NIGHT, Book, at
from planning_people import STRATEGY
from sqlmodel import col, select

from collector.audit.tables import AuditEntry
from collector.facts.actions import refresh
from collector.facts.queries import read_people
from collector.foundation.database import Database
from collector.foundation.errors import NotFound
from collector.history import actions as history
from collector.history.rules import Channel, HoldReason, HoldScope, StopKind
from collector.history.tables import Hold
from collector.identity.absences import note_absence
from collector.identity.rules import COMMAND_LINE, EVERYTHING, Level, Scope
from collector.planning import actions, queries
from collector.planning.rules import RunState, TaskState
from collector.planning.tables import PlanRun, Refusal, Task
from collector.portfolio.tables import Account


@pytest.fixture
def book(database: Database) -> Book:
    return Book(database)


def plan(book: Book, *, dry_run: bool = False, moment: str = "01:00", **changes: object) -> actions.RunResult:
    return actions.plan(
        book.database.begin,
        [book.portfolio],
        at(moment),
        dry_run=dry_run,
        **changes,  # type: ignore[arg-type]
    )[0]


def tasks(book: Book, **filters: object) -> list[Task]:
    with book.database.begin() as session:
        return list(queries.tasks(session, EVERYTHING, **filters))  # type: ignore[arg-type]


def runs(book: Book) -> list[RunState]:
    with book.database.read() as session:
        return list(session.exec(select(PlanRun.state).order_by(col(PlanRun.id))))


def test_a_plan_is_published_with_counts_and_one_audit_entry(book: Book) -> None:
    book.borrower(1), book.borrower(3), book.borrower(-9)
    result = plan(book)
    assert result.counts == {"first|call": 1, "first|sms": 1}
    assert (result.people, result.opened, result.tasks) == (3, 2, 2)
    assert {task.channel for task in tasks(book)} == {Channel.sms, Channel.call}
    assert runs(book) == [RunState.current]
    with book.database.begin() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "plan.published")).one()
    assert entry.detail["digest"] == result.digest


def test_a_dry_run_decides_the_same_and_stores_nothing(book: Book) -> None:
    for days in (1, 3, 10, 12, 25, -3):
        book.borrower(days)
    dry = plan(book, dry_run=True)
    assert tasks(book) == []
    assert runs(book) == []
    real = plan(book)
    assert dry.tasks > 0
    assert (dry.digest, dry.counts, dry.refused) == (real.digest, real.counts, real.refused)


def test_planning_twice_gives_an_equal_plan_in_place_of_the_first(book: Book) -> None:
    book.borrower(1), book.borrower(3)
    first, second = plan(book), plan(book)
    assert first.digest == second.digest
    assert runs(book) == [RunState.superseded, RunState.current]
    assert {task.run_id for task in tasks(book)} == {second.run_id}


class Interrupted(Exception):
    """Somebody pulled the plug."""


def test_an_interrupted_plan_is_abandoned_and_the_one_before_stays(book: Book) -> None:
    book.borrower(3)
    kept = plan(book)

    def interrupt(done: int, total: int) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        plan(book, progress=interrupt)
    assert runs(book) == [RunState.current, RunState.abandoned]
    assert {task.run_id for task in tasks(book)} == {kept.run_id}
    with book.database.read() as session:
        assert len(session.exec(select(Task)).all()) == 1


def test_an_unknown_portfolio_is_not_found(book: Book) -> None:
    with pytest.raises(NotFound):
        actions.plan(book.database.begin, [999], NIGHT)


def test_what_does_not_fit_into_the_agents_day_is_left_out_by_rank(database: Database) -> None:
    book = Book(database, STRATEGY + "capacity: {accounts_per_agent: 2}\n")
    book.agent("li")
    for days in (3, 3, 3, 20):
        book.borrower(days)
    dry, real = plan(book, dry_run=True), plan(book)
    assert real.left_out == dry.left_out == {"first": 2}
    assert real.counts == dry.counts
    with book.database.read() as session:
        omitted = queries.left_out(session, EVERYTHING)
        best = tasks(book, channel=Channel.call, status=TaskState.planned)
        assert [task.state for task in omitted] == [TaskState.cancelled] * 2
        worst_kept = max((task.rank, task.person_id) for task in best)
        assert worst_kept < min((task.rank, task.person_id) for task in omitted)


def test_without_agents_nothing_is_left_out(database: Database) -> None:
    book = Book(database, STRATEGY + "capacity: {accounts_per_agent: 1}\n")
    book.borrower(3), book.borrower(3)
    assert plan(book).left_out == {}


def test_one_budget_over_two_portfolios(book: Book) -> None:
    person, _ = book.borrower(3)
    with book.database.begin() as session:
        other = book.add_portfolio(session, "CN2", ["+861055500009"])
    book.borrower(3, portfolio=other, person=person)
    both = [book.portfolio, other]
    dry = actions.plan(book.database.begin, both, NIGHT, dry_run=True)
    real = actions.plan(book.database.begin, both, NIGHT)
    assert [result.tasks for result in real] == [result.tasks for result in dry] == [1, 0]
    assert [result.digest for result in real] == [result.digest for result in dry]


@pytest.mark.parametrize("first", [-7, 7])
def test_over_two_portfolios_the_most_urgent_message_goes(book: Book, first: int) -> None:
    """A week before one due date, a week after another: the overdue one, in whatever order they are planned."""
    person, account = book.borrower(first)
    with book.database.begin() as session:
        other = book.add_portfolio(session, "CN2", ["+861055500009"])
    _, account_2 = book.borrower(-first, portfolio=other, person=person)
    urgent = account if first > 0 else account_2
    both = [book.portfolio, other]
    dry = actions.plan(book.database.begin, both, NIGHT, dry_run=True)
    real = actions.plan(book.database.begin, both, NIGHT)
    assert [result.digest for result in real] == [result.digest for result in dry]
    displaced = [person for result in real for person in result.noted]
    assert displaced == ([] if first > 0 else [person])
    with book.database.begin() as session:
        actions.replan(session, read_people(session, displaced, NIGHT), NIGHT)
    planned = [task.account_id for task in tasks(book) if task.state is TaskState.planned]
    assert planned == [urgent]
    with book.database.read() as session:
        told = {one: queries.explain(session, one, NIGHT)["next"] for one in (account, account_2)}
    assert [one for one, upcoming in told.items() if upcoming] == [urgent]
    actions.plan(book.database.begin, both, NIGHT)
    assert [task.account_id for task in tasks(book) if task.state is TaskState.planned] == [urgent], "twice"


def test_holds_in_force_are_read(book: Book) -> None:
    book.borrower(3)
    with book.database.begin() as session:
        session.add(
            Hold(
                scope=HoldScope.portfolio,
                portfolio_id=book.portfolio,
                reason=HoldReason.supervisor,
                at=NIGHT,
                actor="test",
                recorded_at=NIGHT,
            )
        )
    result = plan(book)
    assert (result.tasks, result.passed) == (0, {"held": 1})


def test_a_refusal_is_stored_with_its_rules(book: Book) -> None:
    person, account = book.borrower(3)
    with book.database.begin() as session:
        history.stop(session, kind=StopKind.cease, person_id=person, at=NIGHT, actor=COMMAND_LINE)
    result = plan(book)
    assert result.tasks == 0
    assert sum(result.refused.values()) == 1
    with book.database.read() as session:
        (refusal,) = queries.refusals(session, EVERYTHING, account_id=account)
        assert "CEASE" in refusal.rules
        assert queries.refusals(session, Scope(frozenset({999}))) == []


# The queue


def test_the_queue_gives_the_best_call_an_agent_may_take_now(book: Book) -> None:
    me, other = book.agent("li"), book.agent("wang")
    _, mine = book.borrower(21)
    _, theirs = book.borrower(22)
    _, senior = book.borrower(45)
    with book.database.begin() as session:
        for number, owner, standby in ((mine, me, None), (theirs, other, None)):
            row = session.get_one(Account, number)
            row.owner_id, row.standby_id = owner, standby
    plan(book)

    def take(level: Level, user: int, moment: str = "09:00", scope: Scope = EVERYTHING) -> list[int]:
        with book.database.begin() as session:
            return [task.account_id for task in queries.open_calls(session, scope, level, user, at(moment), 5)]

    assert take(Level.primary, me) == [mine]
    assert senior in take(Level.middle, me)
    assert take(Level.primary, me, "07:00") == []
    assert take(Level.primary, me, scope=Scope(frozenset({999}))) == []
    with book.database.begin() as session:
        session.get_one(Account, theirs).standby_id = me
    assert take(Level.primary, me) == [mine], "the owner is here"
    with book.database.begin() as session:
        note_absence(session, other, at("08:00"), at("23:00"), note="", at=at("07:00"), actor="cli")
    assert set(take(Level.primary, me)) == {mine, theirs}
    with book.database.begin() as session:
        session.get_one(Account, theirs).standby_id = other
    assert set(take(Level.primary, me)) == {mine, theirs}, "the stand-in is away as well: anybody's"


def test_two_desks_never_get_the_same_call(database: Database) -> None:
    if not database.is_postgresql:
        pytest.skip("SQLite has one writer at a time")
    book = Book(database)
    user = book.agent("li")
    book.borrower(3), book.borrower(3)
    plan(book)
    with database.begin() as first, database.begin() as second:
        one = queries.open_calls(first, EVERYTHING, Level.primary, user, at("09:00"))
        two = queries.open_calls(second, EVERYTHING, Level.primary, user, at("09:00"))
        assert len({task.id for task in (*one, *two)}) == 2


def test_a_mark_steps_over_the_head_and_is_dropped_after_a_second() -> None:
    mark, now = queries.Mark(), at("09:00")
    assert mark.floor(1, now) is None
    for rank in range(100, 164):
        mark.claimed(1, rank)
    assert mark.floor(1, now) == 100
    mark.claimed(1, 164)
    assert mark.floor(1, now) == 101
    assert mark.floor(2, now) is None
    assert mark.floor(1, at("09:00:01")) is None


def test_with_a_mark_the_queue_still_finds_what_lies_before_it(book: Book) -> None:
    user = book.agent("li")
    book.borrower(3)
    plan(book)
    mark = queries.Mark()
    with book.database.begin() as session:
        run = queries.current_runs(session, EVERYTHING)[0]
        mark.floor(run.id or 0, at("09:00"))
        for _ in range(64):
            mark.claimed(run.id or 0, 2**62)
        assert len(queries.open_calls(session, EVERYTHING, Level.primary, user, at("09:00"), 1, mark)) == 1


# Replanning and tending


def replan(book: Book, person: int, moment: str) -> None:
    with book.database.begin() as session:
        actions.replan(session, read_people(session, [person], at(moment)), at(moment))


def states(book: Book) -> list[TaskState]:
    with book.database.read() as session:
        return list(session.exec(select(Task.state).order_by(col(Task.id))))


def test_replanning_keeps_what_is_still_right(book: Book) -> None:
    person, _ = book.borrower(3)
    plan(book)
    replan(book, person, "10:00")
    assert states(book) == [TaskState.planned]


def test_replanning_after_a_stop_cancels_and_records_the_refusal(book: Book) -> None:
    person, _ = book.borrower(3)
    plan(book)
    with book.database.begin() as session:
        history.stop(session, kind=StopKind.cease, person_id=person, at=at("09:00"), actor=COMMAND_LINE)
        session.flush()
        actions.replan(session, read_people(session, [person], at("10:00")), at("10:00"))
    assert states(book) == [TaskState.planned]  # facts were not refreshed: nothing is known of the stop
    from_facts(book, person, "10:00")
    replan(book, person, "10:01")
    assert states(book) == [TaskState.cancelled]
    replan(book, person, "10:02")
    with book.database.read() as session:
        assert len(session.exec(select(Refusal)).all()) == 1, "told once, however many events there are"


def from_facts(book: Book, person: int, moment: str) -> None:
    with book.database.begin() as session:
        refresh(session, [person], at(moment))


def test_without_a_current_plan_nothing_is_planned(book: Book) -> None:
    person, _ = book.borrower(3)
    from_facts(book, person, "10:00")
    replan(book, person, "10:00")
    assert states(book) == []


def test_yesterdays_plan_is_not_filled_up_today(book: Book) -> None:
    person, _ = book.borrower(3)
    plan(book)
    with book.database.begin() as session:
        moment = at("10:00").replace(day=13)
        from_moment = actions.replan(session, read_people(session, [person], moment), moment)
    assert from_moment == []
    assert TaskState.planned not in states(book) or len(states(book)) == 1


def test_what_is_begun_is_not_planned_again(book: Book) -> None:
    person, _ = book.borrower(3)
    plan(book)
    with book.database.begin() as session:
        task = session.exec(select(Task)).one()
        task.state, task.claimed_at, task.lease_until = TaskState.claimed, at("09:00"), at("09:30")
    again = plan(book, moment="09:10")
    assert (again.tasks, again.passed) == (0, {"in_flight": 1})
    replan(book, person, "09:10")
    assert states(book) == [TaskState.claimed]
    assert len(tasks(book)) == 1


def test_expiry_ends_what_is_over_and_returns_what_was_left_lying(book: Book) -> None:
    (waiting, _), _ = book.borrower(3), book.borrower(10)
    plan(book)
    with book.database.begin() as session:
        for task in session.exec(select(Task)):
            if task.slot == "afternoon":
                task.state, task.claimed_by = TaskState.claimed, "user:li"
                task.claimed_at, task.lease_until = at("13:35"), at("13:50")
    with book.database.begin() as session:
        assert actions.expire(session, at("14:00")) == (1, 1, {waiting})
    found = {task.slot: (task.state, task.claimed_by) for task in tasks(book)}
    assert found == {"morning": (TaskState.expired, None), "afternoon": (TaskState.planned, None)}


def test_explain_tells_what_the_plan_does(book: Book) -> None:
    _, account = book.borrower(12)
    plan(book)
    with book.database.read() as session:
        told = queries.explain(session, account, NIGHT)
    (task,) = tasks(book, account_id=account)
    assert (told["segment"], told["stage"], told["facts"]["days_past_due"]) == ("first", "growth", 12)
    assert told["rules"][-1] == {"id": "first", "matched": True, "reason": "matched"}
    assert [(one["channel"], one["step"], one["slot"]) for one in told["next"]] == [
        (task.channel, task.step, task.slot)
    ]
    assert told["refused"] == []


def test_two_processes_decide_as_one(database: Database) -> None:
    if not database.is_postgresql:
        pytest.skip("SQLite has one writer at a time")
    book = Book(database)
    for days in (1, 3, 10, 3, 1):
        book.borrower(days)
    assert plan(book, processes=3, size=1).digest == plan(book, size=1).digest
