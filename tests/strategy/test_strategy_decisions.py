"""Segments, cadences, reminders and hand-offs that follow from the facts of an account."""

from __future__ import annotations

import pickle
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategy_books import ACCOUNTS, TODAY, account, conditions, row, table

from collector.facts.rules import AccountFacts, Extra, PersonBody, PersonFacts, Phone
from collector.foundation.errors import BadInput
from collector.history.rules import Cause
from collector.identity.rules import Level
from collector.portfolio.rules import ContactOwner, ContactStatus, PartyRole
from collector.strategy.compiling import compile_document, default_text
from collector.strategy.conditions import read_condition, scale_by
from collector.strategy.reading import parse
from collector.strategy.rules import (
    Condition,
    Handoff,
    Legal,
    PromisePolicy,
    Row,
    Segment,
    Stage,
    Strategy,
    Trigger,
    diff,
    unreachable,
)

SHIPPED = compile_document(parse(default_text("cn")), "CNY")
BUCKETS = ("current", "M1", "M2", "M3", "late")
BASE = compile_document(parse(table(row("rest"))), "CNY")


def strategy(*rows: str) -> Strategy:
    return compile_document(parse(table(*rows, row("rest"))), "CNY")


def of_tables(tables: list[dict[str, Any]]) -> Strategy:
    """A strategy of rows that need not make sense; a default is added."""
    read = [
        tuple(read_condition(name, written, BUCKETS, scale_by(2)) for name, written in when.items())
        for when in [*tables, {}]
    ]
    rows = tuple(
        Row(Segment(f"row {at}", Stage.growth, Level.primary, BASE.cadences["firm"]), own)
        for at, own in enumerate(read)
    )
    return Strategy(**{**_parts(BASE), "rows": rows})


def _parts(given: Strategy) -> dict[str, Any]:
    return {each.name: getattr(given, each.name) for each in fields(given) if each.init}


@pytest.mark.parametrize(
    ("facts", "segment"),
    [
        pytest.param(account(0), "not-late", id="not late"),
        pytest.param(account(2, grace_days=3), "not-late", id="in grace"),
        pytest.param(account(1, borrower_type="worker"), "first-worker", id="first day"),
        pytest.param(account(3, borrower_type="worker", value_tier="premium"), "first-premium", id="premium"),
        pytest.param(account(11, borrower_type="small_business_owner"), "m1-owner", id="rest of M1"),
        pytest.param(account(30), "m1-firm", id="last day of M1"),
        pytest.param(account(31), "m2-firm", id="first day of M2"),
        pytest.param(account(61, security="mortgaged"), "m3-secured", id="M3"),
        pytest.param(account(91, owed=199_999), "late-small", id="small"),
        pytest.param(account(91, owed=200_000, security="pledged"), "late-secured", id="amount is minor units"),
        pytest.param(account(400), "late", id="rest"),
        pytest.param(account(5, Extra(refused_at=1)), "refused", id="refused"),
        pytest.param(account(5, Extra(cause="over_indebted")), "over-indebted", id="cause"),
    ],
)
def test_the_shipped_table(facts: AccountFacts, segment: str) -> None:
    assert SHIPPED.segment(facts, TODAY).name == segment


def test_the_first_match_wins() -> None:
    both = strategy(row("big", "{overdue: {gte: 500}}"), row("m1", "{bucket: [M1]}"))
    turned = strategy(row("m1", "{bucket: [M1]}"), row("big", "{overdue: {gte: 500}}"))
    assert [each.segment(account(3), TODAY).name for each in (both, turned)] == ["big", "m1"]


def test_the_trail_says_by_which_condition_a_row_failed() -> None:
    tried = strategy(row("m2", "{bucket: [M2]}"), row("big", "{bucket: [M1], overdue: {gt: 1000.00}}")).trail(
        account(3), TODAY
    )
    assert [(each.row, each.failed and tuple(each.failed)) for each in tried] == [
        ("m2", ("bucket", "M2", "M1")),
        ("big", ("overdue", "> 1000.0", 100_000)),
        ("rest", None),
    ]


@pytest.mark.parametrize(
    ("written", "admits", "refuses"),
    [
        pytest.param({"gte": 500.00}, [50_000, 50_001], [49_999], id="gte"),
        pytest.param({"gt": 500.00}, [50_001], [50_000], id="gt"),
        pytest.param({"lt": 500.00}, [49_999, 0], [50_000], id="lt"),
        pytest.param({"lte": 500.1}, [50_010], [50_011], id="lte"),
        pytest.param({"between": [1, 2.5]}, [100, 250], [99, 251], id="both ends inside"),
        pytest.param({"gte": 1, "lt": 2}, [100, 199], [99, 200], id="together"),
        pytest.param([1, 3], [100, 300], [200], id="list"),
        pytest.param({"eq": 0.1}, [10], [9, 11], id="exact"),
    ],
)
def test_money_in_conditions_is_major_units(written: Any, admits: list[int], refuses: list[int]) -> None:
    domain = read_condition("overdue", written, BUCKETS, scale_by(2)).domain
    assert [amount for amount in admits if amount not in domain] == []
    assert [amount for amount in refuses if amount in domain] == []


@given(st.lists(conditions(), max_size=8), st.lists(ACCOUNTS, min_size=1, max_size=12))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_compiled_table_is_the_table_as_written(tables: list[dict[str, Any]], accounts: list[AccountFacts]) -> None:
    """Every account lands in exactly one segment, the one the rows give when they are read one by one."""
    made = of_tables(tables)
    for each in accounts:
        trail = made.trail(each, TODAY)
        assert made.segment(each, TODAY).name == trail[-1].row
        assert [tried.failed is None for tried in trail] == [False] * (len(trail) - 1) + [True]


@given(st.lists(conditions(), max_size=8), st.lists(ACCOUNTS, min_size=1, max_size=12))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_lands_in_a_row_reported_unreachable(
    tables: list[dict[str, Any]], accounts: list[AccountFacts]
) -> None:
    made = of_tables(tables)
    shadowed = {f"row {shadow.row}" for shadow in unreachable([each.conditions for each in made.rows], made.scales)}
    assert not shadowed & {made.segment(each, TODAY).name for each in accounts}


@given(st.lists(ACCOUNTS, max_size=40))
@settings(max_examples=40, deadline=None)
def test_segments_partition_the_book(accounts: list[AccountFacts]) -> None:
    flows = diff(SHIPPED, SHIPPED, accounts, TODAY)
    own = [each for each in accounts if each.role is PartyRole.borrower]
    assert not any(flow.moves for flow in flows)
    assert sum(flow.accounts for flow in flows) == len(own)
    assert sum(flow.owed for flow in flows) == sum(each.owed for each in own)


def test_words_of_a_document_never_become_source() -> None:
    odd = "x' or True #"
    made = strategy(f'  - {{name: "{odd}", stage: growth, level: primary, when: {{product: ["{odd}"]}}}}\n')
    assert made.segment(account(1, product="cash"), TODAY).name == "rest"
    assert made.segment(account(1, product=odd), TODAY).name == odd


def test_a_table_without_default_is_refused() -> None:
    with pytest.raises(BadInput, match="default"):
        Strategy(**{**_parts(BASE), "rows": (Row(BASE.rows[0].segment, (_condition(),)),)})


def _condition() -> Condition:
    return read_condition("bucket", ["M1"], BUCKETS, scale_by(2))


def test_a_strategy_travels_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(SHIPPED)).segment(account(31), TODAY).name == "m2-firm"


@pytest.mark.parametrize(
    ("days", "bucket", "bank", "card"),
    [
        pytest.param(0, "current", "normal", "normal", id="0"),
        pytest.param(1, "M1", "special_mention", "special_mention", id="1"),
        pytest.param(90, "M3", "special_mention", "special_mention", id="90"),
        pytest.param(91, "M4", "substandard", "substandard", id="91"),
        pytest.param(121, "M5", "substandard", "doubtful", id="121"),
        pytest.param(180, "M6", "substandard", "doubtful", id="180"),
        pytest.param(181, "M6+", "substandard", "loss", id="181"),
        pytest.param(271, "M6+", "doubtful", "loss", id="271"),
        pytest.param(361, "M6+", "loss", "loss", id="361"),
    ],
)
def test_buckets_and_classes(days: int, bucket: str, bank: str, card: str) -> None:
    assert (SHIPPED.bucket(days), SHIPPED.asset_class("cash", days), SHIPPED.asset_class("card", days)) == (
        bucket,
        bank,
        card,
    )


@pytest.mark.parametrize(
    ("days", "done", "step", "skipped"),
    [
        pytest.param(0, None, None, [], id="nothing before the first day"),
        pytest.param(1, None, 1, [], id="on its day"),
        pytest.param(1, "first/1", None, [], id="done"),
        pytest.param(3, "first/1", 2, [], id="late by a day"),
        pytest.param(8, "first/1", 7, [2, 4], id="jumps"),
        pytest.param(400, None, 9, [1, 2, 4, 7], id="jumps to the last"),
        pytest.param(4, "other/3", 4, [], id="another cadence counts by its day"),
        pytest.param(9, "first/9", None, [], id="spent"),
    ],
)
def test_the_step_that_is_due(days: int, done: str | None, step: int | None, skipped: list[int]) -> None:
    due = SHIPPED.cadences["first"].due_step(days, done)
    assert (due.step and due.step.offset, [each.offset for each in due.skipped]) == (step, skipped)


def test_steps_of_other_obligors_are_their_own() -> None:
    wide = SHIPPED.cadences["wide"]
    due = wide.due_step(68, "wide/61", PartyRole.guarantor)
    assert due.step is not None
    assert (due.step.key, due.step.to) == ("wide/68", PartyRole.guarantor)
    assert wide.due_step(68, None, PartyRole.spouse).step is None


def test_a_letter_goes_out_every_quarter_for_years() -> None:
    letters = SHIPPED.cadences["letters"]
    days = [day for day in range(1, 1_000) if (step := letters.next_step(day - 1)) and step.offset == day]
    assert [day for day in days if (day - 91) % 90 == 0] == list(range(91, 1_000, 90))
    due = letters.due_step(275, "letters/225")
    assert due.step is not None
    assert (due.step.key, due.step.template, due.step.channel) == ("letters/271", "demand", "letter")


@given(st.integers(0, 500), st.integers(0, 500))
def test_steps_are_taken_or_skipped_never_lost(done: int, days: int) -> None:
    formal = SHIPPED.cadences["formal"]
    due = formal.due_step(days, f"formal/{done}")
    expected, day = [], done
    while (step := formal.next_step(day)) is not None and step.offset <= days:
        expected.append(step)
        day = step.offset
    assert [*due.skipped, *([due.step] if due.step else [])] == expected


@pytest.mark.parametrize(
    ("facts", "days_ahead", "key"),
    [
        pytest.param(account(missed_cumulative=1), 7, "reminder-default/-7", id="a week before"),
        pytest.param(account(missed_cumulative=1), 5, None, id="no day of reminding"),
        pytest.param(account(missed_cumulative=1), 1, "reminder-default/-1", id="the day before"),
        pytest.param(account(), 7, "reminder-default/-7", id="has not paid yet: has shown nothing"),
        pytest.param(account(last_paid_on=TODAY), 7, None, id="reliable: not a week before"),
        pytest.param(account(last_paid_on=TODAY), 1, "reminder-reliable/-1", id="reliable"),
        pytest.param(account(missed_cumulative=4, value_tier="premium"), 1, "reminder-reliable/-1", id="premium"),
        pytest.param(account(autopay=True), 3, "reminder-autopay/-3", id="autopay"),
        pytest.param(account(settled=True), 1, None, id="settled"),
    ],
)
def test_reminders_by_group(facts: AccountFacts, days_ahead: int, key: str | None) -> None:
    due = msgspec.structs.replace(facts, next_due_on=TODAY + timedelta(days=days_ahead), next_due_amount=1)
    step = SHIPPED.reminders.due_step(due, TODAY)
    assert (step and step.key) == key


def test_a_reminder_on_the_day_itself_and_none_when_paid() -> None:
    unpaid = account(missed_cumulative=1, due_today=500, oldest_unpaid_due=TODAY)
    step = SHIPPED.reminders.due_step(unpaid, TODAY)
    assert step is not None
    assert step.offset == 0
    assert SHIPPED.reminders.due_step(account(missed_cumulative=1), TODAY) is None


def test_reminders_of_a_holiday_are_sent_before_it() -> None:
    due = account(missed_cumulative=1, next_due_on=date(2026, 10, 5))
    step = SHIPPED.reminders.due_step(due, date(2026, 9, 30), until=date(2026, 10, 4))
    assert step is not None
    assert step.offset == -1


LEGAL = Legal(late_and_large=(3, 5_000_000))


@pytest.mark.parametrize(
    ("facts", "flags", "triggers"),
    [
        pytest.param(account(20), (), [], id="none"),
        pytest.param(account(70, missed_consecutive=3), (), [Trigger.consecutive], id="three in a row"),
        pytest.param(account(20, missed_cumulative=6), (), [Trigger.cumulative], id="six in all"),
        pytest.param(account(0, missed_cumulative=6), (), [], id="cured"),
        pytest.param(account(20, Extra(refused_at=1)), (), [Trigger.refusal], id="refusal"),
        pytest.param(account(20, Extra(cause=Cause.over_indebted)), (), [Trigger.over_indebted], id="over-indebted"),
        pytest.param(account(20, Extra(cause=Cause.disappeared)), (), [Trigger.disappeared], id="disappeared"),
        pytest.param(account(20), ("deceased",), [Trigger.death], id="death"),
        pytest.param(account(20, Extra(cause=Cause.suspected_fraud)), (), [Trigger.fraud], id="fraud"),
        pytest.param(account(91, overdue=5_000_000), (), [Trigger.late_and_large], id="late and large"),
        pytest.param(account(90, overdue=5_000_000), (), [], id="three months not yet over"),
        pytest.param(account(91, overdue=4_999_999), (), [], id="late and small"),
        pytest.param(account(20, lapses_on=TODAY + timedelta(days=31)), (), [], id="a clock that runs longer"),
        pytest.param(account(20, lapses_on=TODAY + timedelta(days=30)), (), [Trigger.clock], id="a clock"),
        pytest.param(account(20, lapses_on=TODAY - timedelta(days=1)), (), [Trigger.clock], id="legal date left"),
        pytest.param(account(20, Extra(lapsed=True), lapses_on=TODAY - timedelta(days=1)), (), [], id="lapsed"),
    ],
)
def test_what_proposes_a_legal_referral(facts: AccountFacts, flags: tuple[str, ...], triggers: list[Trigger]) -> None:
    days = 0 if facts.oldest_unpaid_due is None else (TODAY - facts.oldest_unpaid_due).days
    assert list(Handoff(legal=LEGAL).legal_triggers(facts, days, TODAY, frozenset(flags))) == triggers


def test_triggers_that_are_off_stay_silent() -> None:
    off = Legal(None, None, False, False, False, False, None, None, fraud=False)
    facts = account(
        200,
        Extra(refused_at=1, cause=Cause.suspected_fraud),
        lapses_on=TODAY,
        missed_consecutive=9,
        missed_cumulative=9,
    )
    assert Handoff(legal=off).legal_triggers(facts, 200, TODAY, frozenset({"deceased"})) == ()


@pytest.mark.parametrize(
    ("states", "proposed"),
    [
        pytest.param([("own", "given_up"), ("own", "wrong")], True, id="all given up"),
        pytest.param([("own", "given_up"), ("own", "active")], False, id="one left"),
        pytest.param([("own", "given_up"), ("stranger", "active")], True, id="a stranger's does not count"),
        pytest.param([], True, id="no phone known"),
    ],
)
def test_what_proposes_skip_tracing(states: list[tuple[str, str]], proposed: bool) -> None:
    phones = tuple(
        Phone(at, f"+86138000000{at:02}", ContactOwner(owner), ContactStatus(status))
        for at, (owner, status) in enumerate(states)
    )
    person = PersonFacts(1, PersonBody(phones=phones), (account(20),))
    assert bool(Handoff().skiptrace_triggers(person)) is proposed


def test_which_promises_silence_dunning_and_which_need_a_supervisor() -> None:
    policy = PromisePolicy(silence_share=Decimal("0.5"))
    assert policy.is_silencing(50_000, 100_000, 7)
    assert not policy.is_silencing(49_999, 100_000, 7)
    assert not policy.is_silencing(100_000, 100_000, 8)
    assert [policy.needs_supervisor(*each) for each in ((14, 1), (15, 0), (1, 2))] == [False, True, True]


def test_a_change_is_said_in_accounts_and_money() -> None:
    old = strategy(row("m1", "{bucket: [M1]}"))
    new = strategy(row("big", "{overdue: {gte: 1000}}"), row("m1", "{bucket: [M1]}"))
    book = [account(3), account(4, overdue=100), account(50), account(3, role=PartyRole.guarantor)]
    assert [(flow.source, flow.target, flow.accounts, flow.overdue) for flow in diff(old, new, book, TODAY)] == [
        ("m1", "big", 1, 100_000),
        ("m1", "m1", 1, 100),
        ("rest", "big", 1, 100_000),
    ]


def test_the_day_is_an_argument() -> None:
    late = account(30)
    assert [SHIPPED.segment(late, TODAY + timedelta(days=more)).name for more in (0, 1)] == ["m1-firm", "m2-firm"]
