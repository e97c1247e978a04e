"""The allocation part of a strategy: what is wrong is named by rule and line, what is right decides."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from floor import STRATEGY

from collector.facts.rules.blank import BLANK
from collector.foundation.errors import BadInput
from collector.strategy.compiling import compile_document
from collector.strategy.reading import parse

FIRST = STRATEGY.count("\n") + 3
"""The line of the first rule."""
M1 = "{name: m1, when: {bucket: [M1]}, level: primary, accounts: 300, days: 30}"


def allocation(*rules: str, more: str = "") -> str:
    return STRATEGY + "allocation:\n  rules:\n" + "".join(f"    - {rule}\n" for rule in rules) + more


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        pytest.param("{name: a, level: primary}", ("'a'", "'accounts' is missing"), id="no limit"),
        pytest.param("{name: a, level: chief, accounts: 5}", ("'a'", "level"), id="no such level"),
        pytest.param("{name: a, level: primary, accounts: 0}", ("'a'", "accounts"), id="nothing may be held"),
        pytest.param("{name: a, level: primary, accounts: 5, day: 3}", ("'a'", "unknown key 'day'"), id="key"),
        pytest.param("{name: a, when: {bucket: [M9]}, level: primary, accounts: 5}", ("'a'", "'M9'"), id="bucket"),
        pytest.param("{name: a, level: primary, accounts: 5, rotate: true}", ("'a'", "days"), id="no period"),
        pytest.param("{name: a, when: {overdue: {gte: 2}, bucket: [current, M1], overdue: {lt: 1}}, level: primary,"
                     " accounts: 5}", ("overdue",), id="twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_rule_is_named_by_its_line(rule: str, words: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as found:
        parse(allocation(rule))
    [problem] = found.value.problems
    assert problem.line == FIRST
    assert all(word in problem.reason for word in words), problem.reason


def test_a_rule_that_no_account_reaches_is_named_with_what_takes_its_accounts() -> None:
    with pytest.raises(BadInput) as found:
        parse(allocation(M1, M1.replace("m1", "again"), M1))
    assert [one.reason for one in found.value.problems] == ["allocation rule 'm1': a second one of that name"]
    with pytest.raises(BadInput) as found:
        parse(allocation(M1, M1.replace("m1", "again")))
    [problem] = found.value.problems
    assert (problem.line, problem.reason) == (
        FIRST + 1,
        f"allocation rule 'again': unreachable: 'm1' (line {FIRST}) take all its accounts",
    )


def test_nothing_is_allocated_by_itself_without_rules() -> None:
    with pytest.raises(BadInput, match="no rules by which owners could be found"):
        parse(STRATEGY + "allocation: {automatic: true}\n")
    assert compile_document(parse(STRATEGY), "CNY").allocation.rules == ()


def test_the_first_rule_that_matches_counts_in_the_currency_of_the_portfolio() -> None:
    large = "{name: large, when: {overdue: {gte: 1000.00}}, level: senior, accounts: 120}"
    policy = compile_document(parse(allocation(large, M1, more="  recall: {term_days: 90}\n")), "CNY").allocation

    def rule(days: int, overdue: int) -> str | None:
        facts = msgspec.structs.replace(BLANK, overdue=overdue)
        found = policy.rule_for(facts, date(2026, 5, 20), days)
        return found.name if found else None

    assert [rule(5, 100_000), rule(5, 99_999), rule(40, 99_999)] == ["large", "m1", None]
    assert (policy.full, policy.recall.term_days) == (600, 90)
