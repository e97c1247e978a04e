"""The decision table, compiled once into one Python function; and the same table walked row by row, to explain.

The function is built as a syntax tree from the checked conditions: a binary choice on days past due, and in each
leaf the few rows that such an account can still match, in their order. No text of a document becomes source: words
are constants of the tree, segments are reached by number.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from types import CodeType, FunctionType
from typing import Any, NamedTuple, cast

from collector.facts.rules import AccountFacts
from collector.foundation.errors import BadInput
from collector.strategy.rules.fields import (
    FIELDS,
    cause_of,
    days_since_touched,
    has_arbitration,
    has_lapsed,
    is_disputed,
    is_notarised,
    is_refused,
    is_willing,
)
from collector.strategy.rules.parts import Segment
from collector.strategy.rules.rows import DAYS, Box, Row, box
from collector.strategy.rules.scales import Scales
from collector.strategy.rules.sets import END, Domain, Numbers, Value, Words

Decide = Callable[[AccountFacts, date, int], Segment]
"""(account, today, days past due) → its segment."""


class Failed(NamedTuple):
    """The first condition of a row that did not hold."""

    field: str
    wanted: str
    found: Value


class Tried(NamedTuple):
    """A row that was asked: `failed` None: it matched, and no later row was asked."""

    row: str
    failed: Failed | None


def walk(rows: Sequence[Row], scales: Scales, account: AccountFacts, today: date, days: int) -> Iterator[Tried]:
    """The rows asked, in order, the last of them the one that matched."""
    for row in rows:
        failed = _failed(row, scales, account, today, days)
        yield Tried(row.name, failed)
        if failed is None:
            return


def _failed(row: Row, scales: Scales, account: AccountFacts, today: date, days: int) -> Failed | None:
    for condition in row.conditions:
        found = FIELDS[condition.field].read(account, today, days, scales)
        if found not in condition.domain:
            return Failed(condition.field, condition.wanted, found)
    return None


def compile_table(rows: Sequence[Row], scales: Scales) -> Decide:
    """The table as one function. Without a last row that takes everything it is a `BadInput`."""
    if not rows or rows[-1].conditions:
        raise BadInput("the last segment must have no conditions: it is the default")
    boxes = [box(row.conditions, scales) for row in rows]
    tree = ast.FunctionDef(
        name="decide",
        args=ast.arguments(
            posonlyargs=[], args=[ast.arg("account"), ast.arg("today"), ast.arg("days")],
            kwonlyargs=[], kw_defaults=[], defaults=[],
        ),
        body=_split(_leaves(boxes)),
        decorator_list=[],
    )  # fmt: skip
    module = compile(ast.fix_missing_locations(ast.Module([tree], [])), "<strategy>", "exec")
    code = next(constant for constant in module.co_consts if isinstance(constant, CodeType))
    return cast(Decide, FunctionType(code, _names(rows, scales), "decide"))


def _names(rows: Sequence[Row], scales: Scales) -> dict[str, Any]:
    segments = {f"segment_{at}": row.segment for at, row in enumerate(rows)}
    readers = {
        "read_asset_class": scales.asset_classes.of,
        "read_days_since_touched": days_since_touched,
        "read_refused": is_refused,
        "read_disputed": is_disputed,
        "read_willing": is_willing,
        "read_arbitration": has_arbitration,
        "read_notarised": is_notarised,
        "read_lapsed": has_lapsed,
        "read_cause": cause_of,
    }
    return {**segments, **readers, "__builtins__": {}}


def _leaves(boxes: Sequence[Box]) -> list[tuple[int, list[ast.stmt]]]:
    """(first day, what to ask from that day on): days on which the rows in question change, in order."""
    everything = FIELDS[DAYS].everything
    days = [cast(Numbers, own.get(DAYS, everything)) for own in boxes]
    turns = {0} | {turn for numbers in days for low, high in numbers.ranges for turn in (low, high + 1)}
    leaves: list[tuple[int, list[ast.stmt]]] = []
    asked_before: list[int] = []
    for first in sorted(turn for turn in turns if turn < END):
        asked = list(_asked(boxes, days, first))
        if asked != asked_before:
            leaves.append((first, [_returns(at, boxes[at]) for at in asked]))
        asked_before = asked
    return leaves


def _asked(boxes: Sequence[Box], days: Sequence[Numbers], day: int) -> Iterator[int]:
    for at, own in enumerate(boxes):
        if day in days[at] and all(own.values()):
            yield at
            if not own.keys() - {DAYS}:
                return


def _split(leaves: Sequence[tuple[int, list[ast.stmt]]]) -> list[ast.stmt]:
    if len(leaves) == 1:
        return leaves[0][1]
    middle = len(leaves) // 2
    earlier = ast.Compare(_name("days"), [ast.Lt()], [ast.Constant(leaves[middle][0])])
    return [ast.If(earlier, _split(leaves[:middle]), _split(leaves[middle:]))]


def _returns(at: int, own: Box) -> ast.stmt:
    tests = [_test(name, domain) for name, domain in own.items() if name != DAYS]
    found = ast.Return(_name(f"segment_{at}"))
    if not tests:
        return found
    return ast.If(tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests), [found], [])


def _test(name: str, domain: Domain) -> ast.expr:
    value = _value(name)
    return _word_test(value, domain) if isinstance(domain, Words) else _number_test(name, value, domain)


def _value(name: str) -> ast.expr:
    attribute = FIELDS[name].attribute
    if attribute is not None:
        return ast.Attribute(_name("account"), attribute, ast.Load())
    arguments: dict[str, list[ast.expr]] = {
        "asset_class": [ast.Attribute(_name("account"), "product", ast.Load()), _name("days")],
        "days_since_touched": [_name("account"), _name("today")],
    }
    return ast.Call(_name(f"read_{name}"), arguments.get(name, [_name("account")]), [])


def _word_test(value: ast.expr, domain: Words) -> ast.expr:
    if len(domain.values) == 1:
        word = next(iter(domain.values))
        same: ast.cmpop = ast.Eq() if isinstance(word, str) else ast.Is()
        differs: ast.cmpop = ast.NotEq() if isinstance(word, str) else ast.IsNot()
        return ast.Compare(value, [differs if domain.others else same], [ast.Constant(word)])
    member: ast.cmpop = ast.NotIn() if domain.others else ast.In()
    return ast.Compare(value, [member], [cast(ast.expr, ast.Constant(cast(Any, domain.values)))])


def _number_test(name: str, value: ast.expr, domain: Numbers) -> ast.expr:
    if not FIELDS[name].nullable:
        return _in_ranges(value, domain)
    none = ast.Constant(None)
    if not domain.ranges:
        return ast.Compare(value, [ast.Is()], [none])
    kept = ast.NamedExpr(ast.Name("number", ast.Store()), value)
    if domain.null:
        return ast.BoolOp(ast.Or(), [ast.Compare(kept, [ast.Is()], [none]), _in_ranges(_name("number"), domain)])
    return ast.BoolOp(ast.And(), [ast.Compare(kept, [ast.IsNot()], [none]), _in_ranges(_name("number"), domain)])


def _in_ranges(value: ast.expr, domain: Numbers) -> ast.expr:
    if domain.is_single:
        return ast.Compare(value, [ast.Eq()], [ast.Constant(domain.ranges[0][0])])
    tests = [_in_range(value, low, high) for low, high in domain.ranges]
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests)


def _in_range(value: ast.expr, low: int, high: int) -> ast.expr:
    if high >= END:
        return ast.Compare(value, [ast.GtE()], [ast.Constant(low)])
    return ast.Compare(ast.Constant(low), [ast.LtE(), ast.LtE()], [value, ast.Constant(high)])


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())
