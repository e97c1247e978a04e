"""The creditor's ledger against ours, and failed debits: rules as tables, and what holds for all of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.portfolio.rules import (
    DebitFailure,
    DifferenceKind,
    Instalment,
    LedgerState,
    Moved,
    Ours,
    Paid,
    PaymentKind,
    PaymentState,
    Reported,
    Theirs,
    compare,
    debit_story,
    is_whole,
    missing_there,
    ours_at,
    read_failure,
)

AGREES, DIFFERS, SILENT = LedgerState.agrees, LedgerState.differs, LedgerState.silent
LATE = Ours(1_000, 400, (300, 50, 70))


@pytest.mark.parametrize(
    ("theirs", "ours", "tolerance", "state", "kind", "size"),
    [
        pytest.param(Theirs(balance=1_000, overdue=400), LATE, 0, AGREES, None, 0, id="both the same"),
        pytest.param(Theirs(principal=900, interest=80, fees=20), LATE, 0, AGREES, None, 0, id="parts that add up"),
        pytest.param(Theirs(overdue=400), LATE, 0, AGREES, None, 0, id="only overdue is said"),
        pytest.param(Theirs(balance=1_005), LATE, 5, AGREES, None, 0, id="within the tolerance"),
        pytest.param(Theirs(balance=800), LATE, 0, DIFFERS, DifferenceKind.we_lack_payment, -200, id="they say less"),
        pytest.param(
            Theirs(balance=1_300, penalty=0), LATE, 0, DIFFERS, DifferenceKind.they_lack_payment, 300, id="one of ours"
        ),
        pytest.param(Theirs(balance=1_120), LATE, 0, DIFFERS, DifferenceKind.they_lack_payment, 120, id="our last two"),
        pytest.param(
            Theirs(balance=1_033, penalty=30, fees=3),
            LATE,
            0,
            DIFFERS,
            DifferenceKind.fees_unknown,
            33,
            id="their fees",
        ),
        pytest.param(
            Theirs(balance=1_033), LATE, 0, DIFFERS, DifferenceKind.fees_unknown, 33, id="late, parts not said"
        ),
        pytest.param(
            Theirs(balance=1_033, fees=0), LATE, 0, DIFFERS, DifferenceKind.schedule_differs, 33, id="no fees, they say"
        ),
        pytest.param(
            Theirs(balance=1_900),
            Ours(1_000, 0),
            0,
            DIFFERS,
            DifferenceKind.schedule_differs,
            900,
            id="nothing is late",
        ),
        pytest.param(
            Theirs(balance=1_000, overdue=0),
            LATE,
            0,
            DIFFERS,
            DifferenceKind.schedule_differs,
            -400,
            id="other due days",
        ),
        pytest.param(Theirs(overdue=100), LATE, 0, DIFFERS, DifferenceKind.we_lack_payment, -300, id="overdue is less"),
        pytest.param(Theirs(balance=5), None, 0, DIFFERS, DifferenceKind.account_unknown, 5, id="not here"),
        pytest.param(Theirs(balance=0), None, 0, SILENT, None, 0, id="not here, and nothing owed"),
        pytest.param(Theirs(principal=900), LATE, 0, SILENT, None, 0, id="principal alone is no balance"),
    ],
)
def test_comparing(
    theirs: Theirs, ours: Ours | None, tolerance: int, state: LedgerState, kind: DifferenceKind | None, size: int
) -> None:
    found = compare(theirs, ours, tolerance)
    assert (found.state, found.kind, found.size) == (state, kind, size)


money = st.integers(0, 10**12)
maybe = st.none() | money
every_theirs = st.builds(Theirs, maybe, maybe, maybe, maybe, maybe, maybe)
every_ours = st.builds(Ours, money, money, st.lists(money, max_size=4).map(tuple))


@given(every_theirs, every_ours)
def test_a_difference_is_zero_exactly_when_both_sides_agree(theirs: Theirs, ours: Ours) -> None:
    found = compare(theirs, ours, 0)
    said = [(theirs.total, ours.owed), (theirs.overdue, ours.overdue)]
    same = [one == other for one, other in said if one is not None]
    assert (found.size == 0) == all(same)
    assert (found.state is DIFFERS) == (found.size != 0) == (found.kind is not None)


@given(st.lists(st.tuples(every_theirs.filter(lambda one: one.total is not None), every_ours), max_size=8))
def test_the_gaps_add_up_to_their_sum_less_ours(lines: list[tuple[Theirs, Ours]]) -> None:
    gaps = [compare(theirs, ours, 0).gap or 0 for theirs, ours in lines]
    assert sum(gaps) == sum(theirs.total or 0 for theirs, _ in lines) - sum(ours.owed for _, ours in lines)


@given(every_ours)
def test_what_they_lack_is_all_that_we_say(ours: Ours) -> None:
    assert missing_there(ours).size == compare(Theirs(balance=0, overdue=0), ours, 0)[3] == -ours.owed


DUE = [Instalment(date(2026, 4, 10), 500), Instalment(date(2026, 5, 10), 500)]
PAID = [Paid(date(2026, 4, 10), 300), Paid(date(2026, 5, 2), 100), Paid(date(2026, 5, 9), 50)]
DAY = date(2026, 5, 5)


@pytest.mark.parametrize(
    ("instalments", "reported", "agreed_on", "ours"),
    [
        pytest.param(DUE, None, None, Ours(600, 100, (300, 100)), id="by the schedule, as of that day"),
        pytest.param(DUE, None, date(2026, 4, 30), Ours(600, 100, (100,)), id="payments since both agreed"),
        pytest.param(
            [], Reported(date(2026, 4, 30), 5, 5, 200, 900), None, Ours(800, 100, (300, 100)), id="by what was reported"
        ),
        pytest.param([], Reported(date(2026, 5, 6), 5, 5, 200, 900), None, None, id="reported later"),
        pytest.param([], None, None, Ours(0, 0, (300, 100)), id="no schedule and no report"),
    ],
)
def test_our_side_of_a_day(
    instalments: list[Instalment], reported: Reported | None, agreed_on: date | None, ours: Ours | None
) -> None:
    assert ours_at(instalments, PAID, reported, DAY, agreed_on) == ours


def test_a_statement_of_a_part_lacks_nothing() -> None:
    assert [is_whole(*counts) for counts in ((5, 5), (5, 6), (0, 0))] == [True, False, True]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        pytest.param(words, why, id=words or "nothing said")
        for why, said in {
            DebitFailure.insufficient_funds: ("余额不足", "Insufficient Funds", "no funds", "R01", "AM04 closed"),
            DebitFailure.account_closed: ("账户已销户", "account closed", "R02 - Account Closed", "账户冻结"),
            DebitFailure.mandate_revoked: ("协议已解除", "mandate closed", "R07", "未签约", "MD01"),
            DebitFailure.wrong_account: ("账号不存在", "户名不符", "no such account", "AC01"),
            DebitFailure.limit: ("超过单笔限额", "exceeds maximum", "over limit, insufficient allowance"),
            DebitFailure.technical: ("系统超时", "Timed out", "bank system unavailable"),
            DebitFailure.unknown: ("", None, "其他", "R99", "see letter"),
        }.items()
        for words in said
    ],
)
def test_what_the_bank_wrote(words: str | None, why: DebitFailure) -> None:
    assert read_failure(words) is why


def line(day: int, what: str) -> Moved:
    kind = PaymentKind.failed_debit if what == "f" else PaymentKind.payment
    state = {"f": PaymentState.noted, "p": PaymentState.applied, "r": PaymentState.reversed}[what]
    return Moved(datetime(2026, 5, day, tzinfo=UTC), kind, state, 100)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        pytest.param("f", [(1, 0, 0)], id="one"),
        pytest.param("fff", [(1, 0, 2), (2, 0, 1), (3, 0, 0)], id="three in a row"),
        pytest.param("fpf", [(1, 100, 0), (1, 0, 0)], id="money in between"),
        pytest.param("frf", [(1, 0, 1), (2, 0, 0)], id="money that was taken back"),
        pytest.param("ffpp", [(1, 200, 1), (2, 200, 0)], id="paid at last"),
    ],
)
def test_the_story_of_a_failed_debit(lines: str, told: list[tuple[int, int, int]]) -> None:
    rows = [line(day, what) for day, what in enumerate(lines, 1)]
    failed = [row for row in rows if row.kind is PaymentKind.failed_debit]
    assert [tuple(debit_story(row.at, reversed(rows))) for row in failed] == told
