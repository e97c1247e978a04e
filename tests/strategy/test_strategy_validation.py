"""What a supervisor is told about a document that is wrong: the row's name, the line, the reason."""

from __future__ import annotations

import pytest
from strategy_books import row, table

from collector.foundation.errors import BadInput
from collector.strategy.compiling import compile_document, default_text
from collector.strategy.reading import overlap_warnings, parse

DEFAULT = row("rest")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param(table(row("a", "{colour: [red]}"), DEFAULT), 8, ("'a'", "unknown field 'colour'"), id="field"),
        pytest.param(table(row("a", "{bucket: [M9]}"), DEFAULT), 8, ("'a'", "unknown bucket 'M9'"), id="bucket"),
        pytest.param(
            table(row("a", "{borrower_type: [white_colar]}"), DEFAULT), 8, ("'a'", "'white_colar'"), id="word"
        ),
        pytest.param(table(row("a", "{overdue: {over: 5}}"), DEFAULT), 8, ("'a'", "operator 'over'"), id="operator"),
        pytest.param(table(row("a", '{overdue: ">= 500"}'), DEFAULT), 8, ("'a'", "not a number"), id="free text"),
        pytest.param(table(row("a", "{overdue: {gte: -1}}"), DEFAULT), 8, ("'a'", "from 0 on"), id="negative"),
        pytest.param(table(row("a", "{days_past_due: {gte: 1.5}}"), DEFAULT), 8, ("'a'", "whole"), id="fraction"),
        pytest.param(table(row("a", "{autopay: 1}"), DEFAULT), 8, ("'a'", "true nor false"), id="flag"),
        pytest.param(table(row("a", "{bucket: {gte: M1}}"), DEFAULT), 8, ("'a'", "compares numbers"), id="order"),
        pytest.param(table(row("a", "{owed: {is_null: true}}"), DEFAULT), 8, ("'a'", "never absent"), id="null"),
        pytest.param(table(row("a", "{owed: {}}"), DEFAULT), 8, ("'a'", "empty condition"), id="empty"),
        pytest.param(table(row("a", "{bucket: []}"), DEFAULT), 8, ("'a'", "empty list"), id="empty list"),
        pytest.param(
            table(row("a"), row("b", "{bucket: [M1]}"), DEFAULT), 9, ("'b'", "unreachable", "'a' (line 8)"), id="shadow"
        ),
        pytest.param(
            table(row("a", "{bucket: [M1, M2]}"), row("b", "{days_past_due: {between: [5, 45]}}"), DEFAULT),
            9,
            ("'b'", "unreachable", "'a'"),
            id="bucket against days",
        ),
        pytest.param(
            table(
                row("low", "{overdue: {lt: 500.00}}"),
                row("high", "{overdue: {gte: 500.00}}"),
                row("both", "{role: [borrower]}"),
                DEFAULT,
            ),
            10,
            ("'both'", "unreachable", "'low'", "'high'"),
            id="shadowed by two together",
        ),
        pytest.param(
            table(row("a", "{bucket: [M1], days_past_due: {gt: 30}}"), DEFAULT), 8, ("'a'", "contradict"), id="never"
        ),
        pytest.param(table(row("a", "{bucket: [M1]}")), 8, ("no default", "'a'"), id="no default"),
        pytest.param(table(DEFAULT, DEFAULT), 9, ("'rest'", "second one"), id="same name"),
        pytest.param(
            table(DEFAULT.replace("cadence: firm", "cadence: mild")),
            8,
            ("'rest'", "unknown cadence 'mild'"),
            id="cadence",
        ),
        pytest.param(
            table(DEFAULT).replace("slot: morning", "slot: night"), 5, ("'firm'", "step 1", "slot 'night'"), id="slot"
        ),
        pytest.param(
            table(DEFAULT).replace(", template: overdue-first", ""),
            5,
            ("'firm'", "step 1", "template"),
            id="no template",
        ),
        pytest.param(
            table(DEFAULT).replace("day: 5", "to: relative, day: 5"),
            6,
            ("'firm'", "step 2", "relative", "co_borrower"),
            id="to somebody who does not owe",
        ),
        pytest.param(table(DEFAULT).replace("day: 5", "day: 1"), 6, ("'firm'", "step 2", "day 1"), id="same day"),
        pytest.param(
            table(DEFAULT).replace("channel: call", "channel: fax"), 6, ("'firm'", "step 2", "channel"), id="channel"
        ),
        pytest.param(table(DEFAULT).replace("M2: [31", "M2: [33"), 1, ("gap", "'M2'", "31 to 32"), id="gap"),
        pytest.param(table(DEFAULT).replace("M2: [31", "M2: [30"), 1, ("'M2'", "overlaps 'M1'"), id="buckets overlap"),
        pytest.param(table(DEFAULT).replace("91, null", "91, 120"), 1, ("'late'", "no end"), id="closed end"),
        pytest.param(table(DEFAULT).replace("13:30", "11:30"), 2, ("'afternoon'", "'morning'"), id="slots overlap"),
        pytest.param(table(DEFAULT).replace("13:30-18:00", "6pm"), 2, ("span of the day",), id="slot text"),
        pytest.param(table(DEFAULT) + "retry: {slots: 4}\n", 9, ("4 slots", "3"), id="more slots than there are"),
        pytest.param(table(DEFAULT) + "remainders: {}\n", 9, ("'remainders'",), id="unknown key"),
        pytest.param(
            table(DEFAULT.replace("level: primary", "colour: red, level: primary")),
            8,
            ("'rest'", "'colour'"),
            id="row key",
        ),
        pytest.param(
            table(DEFAULT.replace("level: primary, ", "")), 8, ("'rest'", "'level' is missing"), id="missing key"
        ),
        pytest.param(
            table(DEFAULT) + "priority:\n  tiers: [ordinary, callback]\n", 10, ("tiers", "ordinary"), id="tiers"
        ),
        pytest.param(
            table(DEFAULT) + "reminders:\n  default: {days: [-3], slot: dawn}\n", 10, ("slot 'dawn'",), id="reminder"
        ),
        pytest.param(table() + "  []\n", 7, ("no default",), id="no segments"),
        pytest.param("- nothing\n", 1, ("mapping",), id="not a mapping"),
    ],
)
def test_a_problem_names_its_row_and_line(text: str, line: int, words: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as caught:
        parse(text, "strategy.yaml")
    (problem,) = caught.value.problems
    assert problem.line == line
    assert problem.file == "strategy.yaml"
    assert [word for word in words if word not in problem.reason] == []


def test_every_problem_is_told_at_once() -> None:
    text = table(row("a", "{colour: [red]}"), row("b", "{bucket: [M9]}")).replace("slot: morning", "slot: night")
    with pytest.raises(BadInput) as caught:
        parse(text)
    assert sorted(problem.line or 0 for problem in caught.value.problems) == [5, 8, 9, 9]


def test_an_amount_finer_than_the_currency_is_told_with_its_row() -> None:
    document = parse(table(row("a", "{overdue: {gte: 0.5}}"), DEFAULT))
    assert compile_document(document, "CNY").rows[0].conditions[0].wanted == ">= 0.5"
    with pytest.raises(BadInput, match=r"line 8: segment 'a': 0\.5 has more than 0 decimals, as JPY"):
        compile_document(document, "JPY")


def test_rows_that_share_accounts_are_reported_but_valid() -> None:
    text = table(row("big", "{overdue: {gte: 500}}"), row("m1", "{bucket: [M1]}"), row("m2", "{bucket: [M2]}"), DEFAULT)
    (warning,) = overlap_warnings(parse(text))
    assert warning.line == 8
    assert "'big' overlaps 'm1' (line 9), 'm2' (line 10)" in warning.reason


def test_rows_apart_are_not_reported() -> None:
    text = table(row("m1", "{bucket: [M1]}"), row("late", "{days_past_due: {gt: 30}}"), DEFAULT)
    assert overlap_warnings(parse(text)) == ()


NARROW, WIDE = row("narrow", "{bucket: [M1], overdue: {gte: 500}}"), row("wide", "{days_past_due: {between: [1, 60]}}")
CROSSING = row("crossing", "{days_past_due: {between: [20, 90]}}")


@pytest.mark.parametrize(
    ("rows", "reported"),
    [
        pytest.param((NARROW, WIDE), [], id="a narrow row above a wider one is an exception"),
        pytest.param((WIDE, CROSSING), ["wide"], id="neither is the narrower"),
        pytest.param((NARROW, CROSSING), ["narrow"], id="narrower in one field only"),
        pytest.param((NARROW.replace("level:", "exception: true, level:"), CROSSING), [], id="said to be one"),
    ],
)
def test_only_an_overlap_that_may_not_be_meant_is_reported(rows: tuple[str, ...], reported: list[str]) -> None:
    warnings = overlap_warnings(parse(table(*rows, DEFAULT)))
    assert [warning.reason.split("'")[1] for warning in warnings] == reported


def routed(*rows: str) -> str:
    lines = "".join(f"      - {one}\n" for one in rows)
    return table(DEFAULT) + f"handoff:\n  legal:\n    routes:\n{lines}"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        pytest.param(("{route: duel}",), ("route 'duel'", "guarantor_claim"), id="no such route"),
        pytest.param(("{when: {owed: {gte: 1}}}",), ("'route' is missing",), id="no route"),
        pytest.param(("{route: suit, if: {}}",), ("route 'suit'", "unknown key 'if'"), id="key"),
        pytest.param(("{route: suit, when: {colour: [red]}}",), ("'suit'", "unknown field 'colour'"), id="field"),
        pytest.param(("{route: suit, when: {arbitration: 1}}",), ("'suit'", "true nor false"), id="flag"),
        pytest.param(("{route: suit, when: {alike: {gte: 1.5}}}",), ("'suit'", "whole"), id="fraction"),
        pytest.param(
            ("{route: suit, when: {owed: {gt: 5, lt: 6}}}", "{route: suit, when: {owed: {gt: 6, lt: 5}}}"),
            ("'suit'", "admits nothing"),
            id="contradiction",
        ),
        pytest.param(("{route: suit}", "{route: mediation}", "{route: suit}"), ("'suit'", "twice"), id="twice"),
        pytest.param((), ("routes",), id="none"),
    ],
)
def test_a_route_that_is_wrong_is_named(rows: tuple[str, ...], words: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as caught:
        parse(routed(*rows))
    [problem] = caught.value.problems
    assert all(word in problem.reason for word in words)
    assert rows == () or problem.line == routed(*rows).count("\n")


def test_a_segment_can_not_ask_what_only_a_case_tells() -> None:
    with pytest.raises(BadInput, match="unknown field 'guarantee_days'"):
        parse(table(row("a", "{guarantee_days: {gte: 0}}"), DEFAULT))


def test_an_amount_of_a_route_is_in_units_of_the_currency() -> None:
    document = parse(routed("{route: suit, when: {owed: {lt: 500.50}}}"))
    [way] = compile_document(document, "CNY").handoff.legal.routes
    assert 50_049 in way.conditions[0].domain
    assert 50_050 not in way.conditions[0].domain
    with pytest.raises(BadInput, match="route 'suit'"):
        compile_document(document, "JPY")


def test_the_short_form_of_the_design_is_taken() -> None:
    text = (
        table(row("a", "{bucket: [M1], borrower_type: [white_collar], overdue: {gte: 500.00}}"), DEFAULT)
        + "retry: {callers: 3, slots: 3, attempts: 3, days: 1, min_gap_hours: 2, "
        + "mode: diagonal, closing_sms_wait_hours: 48}\n"
        + "reminders: {reliable: [-1], default: [-7, -3, -1, 0], autopay: [-3, -1]}\n"
        + "paydays: [5, 10, 15, 28, 30]\ncapacity: {accounts_per_agent: 100}\n"
    )
    assert parse(text).reminders.default.days == (-7, -3, -1, 0)


@pytest.mark.parametrize("jurisdiction", ["cn", "us"])
def test_the_shipped_strategies_are_valid(jurisdiction: str) -> None:
    assert overlap_warnings(parse(default_text(jurisdiction))) == ()


def test_the_shipped_us_cadences_never_text() -> None:
    strategy = compile_document(parse(default_text("us")), "USD")
    channels = {step.channel.value for cadence in strategy.cadences.values() for step in cadence.steps}
    assert channels == {"call", "letter", "visit"}


def test_where_no_strategy_is_shipped_the_one_without_texts_holds() -> None:
    assert default_text("in") == default_text("us") != default_text("cn")
