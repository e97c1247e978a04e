"""The few ways in which a mapping makes a column out of others: data, not code; nothing is ever evaluated.

text or number                       the same in every row
{from: COLUMN}
{row_number: {}}                     1 for the first row of data
{concat: [EXPR, ...]}
{add_months: [EXPR, N]}              of an ISO date; the 31st becomes the last day of a shorter month
{add_days: [EXPR, N]}                N may be an expression too
{when: {COLUMN: {VALUE: EXPR, ...}}, else: EXPR}
                                     a look-up; without `else` any other value refuses the row
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from collector.foundation.errors import BadInput, Problem
from collector.portfolio.loading.parsing import day_of

Place = tuple[str | int, ...]


@dataclass(slots=True)
class Frame:
    """Some rows, as columns of text; what is wrong with them; and the number of each in the file."""

    columns: dict[str, Sequence[str]]
    numbers: Sequence[int]
    faults: dict[int, list[tuple[str | None, str]]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.numbers)

    def refuse(self, row: int, column: str, reason: str) -> None:
        self.faults.setdefault(row, []).append((column, reason))


Expression = Callable[[Frame], Sequence[str]]


class Wrong(BadInput):
    """An expression that is not one of those above."""

    def __init__(self, reason: str, place: Place) -> None:
        super().__init__(problems=(Problem(reason, column=".".join(map(str, place))),))
        self.reason, self.place = reason, place


def compiled(given: Any, sources: set[str], place: Place) -> Expression:
    """The expression as a function over frames; every column it names must be among `sources`."""
    if isinstance(given, bool):
        return _constant("true" if given else "false")
    if given is None or isinstance(given, str | int | float):
        return _constant("" if given is None else str(given))
    if not isinstance(given, Mapping):
        raise Wrong("must be a value or one expression", place)
    verbs = [name for name in given if name != "else"]
    if len(verbs) != 1 or verbs[0] not in VERBS or ("else" in given and verbs[0] != "when"):
        raise Wrong(f"must have exactly one of {', '.join(VERBS)}", place)
    return VERBS[verbs[0]](given, sources, (*place, verbs[0]))


def known(name: Any, sources: set[str], place: Place) -> str:
    if name not in sources:
        raise Wrong(f"names the column {name!r}, which the file or an earlier step does not have", place)
    return str(name)


def _constant(text: str) -> Expression:
    return lambda frame: [text] * frame.size


def _from(given: Mapping[str, Any], sources: set[str], place: Place) -> Expression:
    name = known(given["from"], sources, place)
    return lambda frame: frame.columns[name]


def _row_number(given: Mapping[str, Any], _: set[str], place: Place) -> Expression:
    if given["row_number"] not in ({}, None, True):
        raise Wrong("takes no settings; write row_number: {}", place)
    return lambda frame: [str(number) for number in frame.numbers]


def _concat(given: Mapping[str, Any], sources: set[str], place: Place) -> Expression:
    if not isinstance(given["concat"], list) or not given["concat"]:
        raise Wrong("must be a list of parts", place)
    parts = [compiled(part, sources, (*place, at)) for at, part in enumerate(given["concat"])]
    return lambda frame: ["".join(cells) for cells in zip(*(part(frame) for part in parts), strict=True)]


def _two(given: Mapping[str, Any], verb: str, sources: set[str], place: Place) -> tuple[Expression, Expression]:
    pair = given[verb]
    if not isinstance(pair, list) or len(pair) != 2:
        raise Wrong("must be a list of two: the date, and how many", place)
    return compiled(pair[0], sources, (*place, 0)), compiled(pair[1], sources, (*place, 1))


def _adding(verb: str, add: Callable[[date, int], date]) -> Callable[..., Expression]:
    def build(given: Mapping[str, Any], sources: set[str], place: Place) -> Expression:
        days, counts = _two(given, verb, sources, place)

        def added(frame: Frame) -> Sequence[str]:
            found = []
            for row, (day, count) in enumerate(zip(days(frame), counts(frame), strict=True)):
                try:
                    found.append(add(day_of(day), int(count)).isoformat() if day else "")
                except (BadInput, ValueError, OverflowError):
                    frame.refuse(row, ".".join(map(str, place)), f"can not add {count[:20]!r} to {day[:20]!r}")
                    found.append("")
            return found

        return added

    return build


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _when(given: Mapping[str, Any], sources: set[str], place: Place) -> Expression:
    lookup = given["when"]
    if not isinstance(lookup, Mapping) or len(lookup) != 1 or not isinstance(next(iter(lookup.values())), Mapping):
        raise Wrong("must name one column and its values: when: {column: {value: ...}}", place)
    ((column, cases),) = lookup.items()
    name = known(column, sources, place)
    outcomes = {str(value): compiled(case, sources, (*place, name, str(value))) for value, case in cases.items()}
    other = compiled(given["else"], sources, (*place, "else")) if "else" in given else None
    return lambda frame: _looked_up(frame, name, outcomes, other)


def _looked_up(frame: Frame, name: str, outcomes: Mapping[str, Expression], other: Expression | None) -> Sequence[str]:
    cells = frame.columns[name]
    ready = {value: outcomes[value](frame) for value in set(cells) if value in outcomes}
    rest = other(frame) if other is not None else None
    found = []
    for row, cell in enumerate(cells):
        values = ready.get(cell, rest)
        if values is None:
            frame.refuse(row, name, f"the mapping does not say what {cell[:40]!r} means")
        found.append(values[row] if values is not None else "")
    return found


VERBS: Mapping[str, Callable[[Mapping[str, Any], set[str], Place], Expression]] = {
    "from": _from,
    "row_number": _row_number,
    "concat": _concat,
    "add_months": _adding("add_months", _months_later),
    "add_days": _adding("add_days", lambda day, days: day + timedelta(days=days)),
    "when": _when,
}
