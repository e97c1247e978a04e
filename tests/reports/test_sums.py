"""The figures, against sums worked out by hand; and every figure against the list behind it."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from floor import LI, noon, portfolio
from reports.conftest import FIRST, MAY, NOW, TODAY, Book, day
from sqlmodel import Session, select

from collector.foundation.errors import NotFound
from collector.history import actions as history
from collector.history.rules import Outcome, PromiseState
from collector.identity.rules import EVERYTHING, Scope
from collector.portfolio.booking import Sums, book, take_entry_back
from collector.portfolio.rules import EntryKind, Instalment, Paid, age, days_past_due
from collector.portfolio.tables import Account, PauseRow, PaymentRow
from collector.reports.queries import (
    Chosen,
    choose,
    collected,
    count_rows,
    funnel,
    hours,
    listed,
    offered,
    promises_due,
    rolls,
)
from collector.reports.queries.rolls import moves
from collector.reports.rules import NOT_YET, SETTLED, OfDays, OfHour, OfPromises, OfRoll, OfStage, Stage, Wanted
from collector.strategy.queries import compiled


def names(book: Book, wanted: Wanted, chosen: Chosen | None = None) -> list[str]:
    """The account numbers of a list, in order."""
    rows = listed(book.session, chosen or book.chosen(), wanted, NOW).rows
    return sorted(row.account.split("/")[1] for row in rows)


def test_the_funnel_is_what_was_worked_out_by_hand(month: Book) -> None:
    found = {step.stage: (step.accounts, step.money) for step in funnel(month.session, month.chosen(), NOW)}
    assert found == {
        Stage.book: (9, 3_000_00 + 3 * 2_000_00 + 5 * 1_000_00),  # L-1; B, C, D; E, F, G, I, K; not H
        Stage.overdue: (6, 6 * 1_000_00),  # overdue now of L-1, B, C, D; paid since by E and I
        Stage.attempted: (4, 4 * 1_000_00),
        Stage.reached: (3, 3 * 1_000_00),
        Stage.promised: (2, 2 * 500_00),
        Stage.paid: (1, 1_000_00),
    }


@pytest.mark.parametrize(
    ("stage", "accounts"),
    [
        (Stage.book, ["B", "C", "D", "E", "F", "G", "I", "K", "L-1"]),
        (Stage.overdue, ["B", "C", "D", "E", "I", "L-1"]),
        (Stage.attempted, ["B", "C", "D", "E"]),
        (Stage.reached, ["C", "D", "E"]),
        (Stage.promised, ["D", "E"]),
        (Stage.paid, ["E"]),
    ],
)
def test_a_stage_opens_its_accounts(month: Book, stage: Stage, accounts: list[str]) -> None:
    assert names(month, OfStage(stage)) == accounts
    assert count_rows(month.session, month.chosen(), OfStage(stage), NOW) == len(accounts)


def test_a_contact_about_several_debts_counts_for_each_of_them(month: Book) -> None:
    second = month.open("B2", MAY, person_id=month.people["B"])
    month.open("B3", MAY, person_id=month.people["B"])
    month.call("B", noon(day(5, 14)), Outcome.right_party, debts=[month.ids["B"], second])
    month.ready()
    assert names(month, OfStage(Stage.reached)) == ["B", "B2", "C", "D", "E"]


@pytest.mark.parametrize(
    ("on", "outcome", "counts"),
    [
        pytest.param(day(4, 20), Outcome.right_party, False, id="before the 30 days"),
        pytest.param(FIRST, Outcome.right_party, True, id="on their first"),
        pytest.param(day(5, 14), Outcome.failed, False, id="our own failure"),
        pytest.param(day(5, 14), Outcome.third_party, True, id="somebody else"),
    ],
)
def test_what_counts_as_attempted(month: Book, on: date, outcome: Outcome, counts: bool) -> None:
    month.call("L-1", noon(on), outcome)
    assert ("L-1" in names(month, OfStage(Stage.attempted))) is counts


def test_a_talk_that_was_corrected_is_none(month: Book) -> None:
    attempt = month.contact(noon(day(5, 14)), Outcome.right_party)
    assert "L-1" in names(month, OfStage(Stage.reached))
    history.record_outcome(month.session, attempt.id or 0, Outcome.third_party, noon(day(5, 14)), NOW, actor=LI)
    assert "L-1" not in names(month, OfStage(Stage.reached))


def test_a_withdrawn_promise_and_a_reversed_payment_count_for_nothing(month: Book) -> None:
    month.promise("C", 500_00, noon(day(5, 18)), noon(day(5, 12), 15), PromiseState.withdrawn)
    payment = month.session.exec(select(PaymentRow.id).where(PaymentRow.account_id == month.ids["E"])).one()
    month.reverse(payment or 0)
    month.ready()
    found = {step.stage: step.accounts for step in funnel(month.session, month.chosen(), NOW)}
    assert (found[Stage.promised], found[Stage.paid]) == (2, 0)


def test_collected_against_due(month: Book) -> None:
    found = {
        one.day: (one.paid, one.payers, one.due, one.debtors) for one in collected(month.session, month.chosen(), NOW)
    }
    assert len(found) == 30
    assert (min(found), max(found)) == (FIRST, TODAY)
    assert found.pop(MAY) == (1_000_00, 1, 6_000_00, 6)
    assert found.pop(day(5, 15)) == (1_000_00, 1, 0, 0)
    assert found.pop(day(4, 25)) == (1_000_00, 1, 0, 0)
    assert set(found.values()) == {(0, 0, 0, 0)}
    assert names(month, OfDays(MAY, MAY)) == ["B", "C", "D", "E", "G", "L-1"]
    assert names(month, OfDays(MAY, MAY, paid=True)) == ["G"]
    assert names(month, OfDays(FIRST, TODAY, paid=True)) == ["E", "G", "I"]


def test_promises_by_week(month: Book) -> None:
    """18 May is a Monday; midnight of a week is Shanghai's."""
    month.promise("B", 200_00, noon(day(5, 17), 23), noon(day(5, 12)), PromiseState.kept)
    month.promise("C", 300_00, noon(day(5, 11), 0), noon(day(5, 1)), PromiseState.broken)
    month.promise("F", 100_00, noon(day(5, 10), 23), noon(day(5, 1)), PromiseState.partial)
    weeks = promises_due(month.session, month.chosen(), NOW)
    assert [week.monday for week in weeks][-3:] == [day(5, 4), day(5, 11), day(5, 18)]
    assert len(weeks) == 8
    assert [dict(week.counts) for week in weeks[-3:]] == [{"partial": 1}, {"kept": 1, "broken": 1}, {"open": 2}]
    assert [dict(week.money) for week in weeks[-3:]] == [
        {"partial": 100_00},
        {"kept": 200_00, "broken": 300_00},
        {"open": 1_000_00},
    ]
    assert [week.kept_rate for week in weeks[-3:]] == [0.0, 0.5, None]
    assert names(month, OfPromises(day(5, 11), PromiseState.broken)) == ["C"]
    assert names(month, OfPromises(day(5, 11))) == ["B", "C"]
    assert names(month, OfPromises(day(5, 18), PromiseState.open)) == ["D", "E"]


def test_hours_are_those_of_the_portfolio(month: Book) -> None:
    """12 May is a Tuesday: B was called at nine, the others at three in the afternoon."""
    month.call("C", noon(day(5, 12), 9), Outcome.failed)
    month.call("F", noon(day(5, 18), 23))
    found = hours(month.session, month.chosen(), NOW)
    assert dict(found.dials) == {(1, 9): 1, (1, 15): 3, (0, 23): 1}
    assert {slot: talks for slot, talks in found.reached.items() if talks} == {(1, 15): 3}
    assert found.best is None
    assert names(month, OfHour(1, 9)) == ["B"]
    assert names(month, OfHour(1, 15, reached=True)) == ["C", "D", "E"]
    assert names(month, OfHour(0, 23)) == ["F"]
    assert names(month, OfHour(0, 23, reached=True)) == []
    assert names(month, OfHour(None, None)) == ["B", "C", "D", "E", "F"]


def test_the_best_hour_needs_enough_calls(month: Book) -> None:
    for minute in range(20):
        month.call(
            "F", noon(day(5, 13), 11) + timedelta(minutes=minute), Outcome.right_party if minute < 5 else Outcome.busy
        )
    found = hours(month.session, month.chosen(), NOW)
    assert (found.best, found.rate((2, 11))) == ((2, 11), 0.25)


def test_where_accounts_stood_is_decided_from_what_happened_by_then(month: Book) -> None:
    """I was a month late until 25 April; E paid on 15 May; the pause of L-1 makes it less late, not less overdue."""
    month.pause(day(5, 11), day(5, 20))
    month.open("N", day(5, 12))
    month.session.get_one(Account, month.ids["N"]).opened_on = day(5, 5)
    month.ready()
    chosen = month.chosen()
    found = rolls(month.session, chosen, day(4, 22), day(5, 12), NOW)
    assert dict(found.counts) == {
        ("current", "M1"): 4,  # B, C, D, E
        ("current", "current"): 4,  # F, G, K, and L-1, whose days were taken out
        ("M1", "current"): 1,  # I
        (SETTLED, SETTLED): 1,  # H
        (NOT_YET, "current"): 1,  # N, due on that very day
    }
    assert found.came == ["current", "M1", SETTLED, NOT_YET]
    assert found.went == ["current", "M1", SETTLED]
    assert found.sum_of("M1") == (1, 2_000_00)
    assert found.money["M1", "current"] == 2_000_00
    assert found.money[NOT_YET, "current"] == 1_000_00
    assert names(month, OfRoll(day(4, 22), day(5, 12), "M1", "current")) == ["I"]
    assert names(month, OfRoll(day(4, 22), day(5, 12), None, "M1")) == ["B", "C", "D", "E"]
    later = rolls(month.session, chosen, day(5, 12), TODAY, NOW)
    assert later.counts["M1", "current"] == 1  # E
    assert later.counts["M1", "M1"] == 3


def test_a_payment_that_was_loaded_late_counts_from_its_own_day(month: Book) -> None:
    before = rolls(month.session, month.chosen(), day(5, 11), day(5, 14), NOW)
    month.pay(1_000_00, noon(day(5, 13)), month.ids["B"])
    after = rolls(month.session, month.chosen(), day(5, 11), day(5, 14), NOW)
    assert before.counts["M1", "M1"] - 1 == after.counts["M1", "M1"]
    assert after.counts["M1", "current"] == 1


def test_pages_of_a_list_follow_each_other_without_a_gap(month: Book) -> None:
    chosen = month.chosen()
    for wanted in (OfStage(Stage.book), OfRoll(day(4, 22), TODAY)):
        whole = [row.id for row in listed(month.session, chosen, wanted, NOW).rows]
        found: list[int] = []
        after = 0
        while True:
            page = listed(month.session, chosen, wanted, NOW, after, limit=4)
            found += [row.id for row in page.rows]
            if page.after is None:
                break
            after = int(page.after)
        assert found == whole == sorted(whole)
        assert len(whole) >= 9


def test_what_can_be_chosen_is_the_scopes_own(month: Book) -> None:
    session, ours, theirs = month.session, Scope(frozenset({month.cn})), Scope(frozenset({month.us}))
    assert offered(session, EVERYTHING) == [(str(month.cn), "CN"), (str(month.us), "US")]
    assert offered(session, theirs) == [(str(month.us), "US")]
    assert choose(session, Scope(frozenset()), None) is None
    for key in (str(month.cn), "CNY", "99999", "EUR"):
        with pytest.raises(NotFound):
            choose(session, theirs, key)
    chosen = choose(session, ours, "CNY")
    assert chosen is not None
    assert list(chosen.ids) == [month.cn]
    us = month.chosen("US")
    assert [row.account for row in listed(session, us, OfStage(Stage.book), NOW).rows] == ["US/C-1"]


def test_portfolios_of_one_currency_add_up(month: Book) -> None:
    second = month.add(portfolio("CN2", "Bank A", "CNY", "Asia/Shanghai", "cn", "zh"))
    month.open("Z", MAY, portfolio_id=second)
    month.ready()
    assert offered(month.session, EVERYTHING)[0] == ("CNY", "CNY")
    both = choose(month.session, EVERYTHING, "CNY")
    assert both is not None
    found = {step.stage: step.accounts for step in funnel(month.session, both, NOW)}
    assert (found[Stage.book], found[Stage.overdue]) == (10, 7)
    assert names(month, OfStage(Stage.overdue), both) == ["B", "C", "D", "E", "I", "L-1", "Z"]
    assert sum(rolls(month.session, both, day(4, 22), TODAY, NOW).counts.values()) == 11


@pytest.fixture
def by_chance(book: Book) -> dict[int, tuple[list[Instalment], list[Paid]]]:
    """A hundred and twenty accounts whose schedules, payments and pauses were drawn (the same each time)."""
    draw = random.Random(20260520)
    made = {}
    for number in range(120):
        start = day(2, 1) + timedelta(days=draw.randrange(90))
        dues = [start + timedelta(days=30 * step) for step in range(draw.randrange(1, 5))]
        account = book.open(f"R{number}", *dues)
        paid = [
            Paid(day(2, 1) + timedelta(days=draw.randrange(108)), draw.choice([200_00, 500_00, 1_000_00, 2_000_00]))
            for _ in range(draw.randrange(5))
        ]
        for on, amount in paid:
            book.pay(amount, noon(on), account)
        made[account] = ([Instalment(due_on, 1_000_00) for due_on in dues], paid)
    book.ready()
    return made


def test_overdue_in_these_days_is_what_ageing_says_day_by_day(
    book: Book, by_chance: dict[int, tuple[list[Instalment], list[Paid]]]
) -> None:
    days = [FIRST - timedelta(days=1) + timedelta(days=later) for later in range(30)]

    def was_late(lines: list[Instalment], paid: list[Paid]) -> bool:
        states = [age(lines, paid, 0, one) for one in days]
        return any(state.overdue or state.due_today for state in states)

    expected = {account for account, (lines, paid) in by_chance.items() if was_late(lines, paid)}
    found = {row.id for row in listed(book.session, book.chosen(), OfStage(Stage.overdue), NOW, limit=500).rows}
    assert 20 < len(expected) < 110
    assert found - {book.loan} == expected


def test_what_was_waived_before_these_days_is_not_overdue_in_them_unless_it_was_taken_back(month: Book) -> None:
    waived, revived = (month.open(name, MAY - timedelta(days=60)) for name in ("V", "W"))
    before = FIRST - timedelta(days=10)
    for number in (waived, revived):
        month.pay(600_00, noon(before), number)
        account = month.session.get_one(Account, number)
        sums, said = Sums(principal=400_00), {"actor": "cli", "at": noon(before)}
        line = book(month.session, account, EntryKind.waiver, sums, before, f"terms:{number}", **said)
        if number == revived:
            take_entry_back(month.session, line, before + timedelta(days=2), **said)
    month.ready()
    found = names(month, OfStage(Stage.overdue))
    assert ("V" in found, "W" in found) == (False, True)


def test_the_matrix_is_what_ageing_says_and_counts_everybody_once(
    book: Book, by_chance: dict[int, tuple[list[Instalment], list[Paid]]], session: Session
) -> None:
    first, scales = day(4, 1), compiled(session, book.cn, NOW)
    pause = PauseRow(account_id=min(by_chance), first=day(3, 1), last=day(3, 20), made_at=NOW)
    session.add(pause)
    session.flush()

    def stood(account: int, on: date) -> str:
        state = age(*by_chance[account], 0, on)
        if state.settled_on:
            return SETTLED
        pauses = [(pause.first, pause.last)] if account == pause.account_id else []
        return scales.bucket(days_past_due(state.oldest_unpaid_due, pauses, on))  # type: ignore[arg-type]

    found = {move.account_id: (move.came, move.went) for move in moves(session, book.chosen(), first, TODAY, NOW)}
    assert {account: found[account] for account in by_chance} == {
        account: (stood(account, first), stood(account, TODAY)) for account in by_chance
    }
    matrix = rolls(session, book.chosen(), first, TODAY, NOW)
    assert sum(matrix.counts.values()) == len(by_chance) + 1
    for (came, went), count in matrix.counts.items():
        assert count_rows(session, book.chosen(), OfRoll(first, TODAY, came, went), NOW) == count
    assert {name for pair in matrix.counts for name in pair} == {*matrix.came, *matrix.went}


def test_the_funnel_only_narrows(book: Book, by_chance: dict[int, tuple[list[Instalment], list[Paid]]]) -> None:
    draw = random.Random(7)
    for account in by_chance:
        name = next(word for word, number in book.ids.items() if number == account)
        if draw.random() < 0.6:
            book.call(name, noon(day(5, draw.randrange(1, 20))), draw.choice([Outcome.no_answer, Outcome.right_party]))
        if draw.random() < 0.3:
            book.promise(name, 500_00, noon(day(5, 19)), noon(day(5, draw.randrange(1, 19))))
    steps = [step.accounts for step in funnel(book.session, book.chosen(), NOW)]
    assert steps == sorted(steps, reverse=True)
    assert len(set(steps)) == len(Stage)
    assert steps == [count_rows(book.session, book.chosen(), OfStage(stage), NOW) for stage in Stage]
