"""The allocation part of a strategy: what is wrong with it, by name and line, and the policy it stands for."""

from __future__ import annotations

from collections.abc import Iterator

from collector.foundation.errors import BadInput, Problem
from collector.strategy.conditions import Scale, read_condition
from collector.strategy.document import Document, Place
from collector.strategy.rules import (
    AllocationPolicy,
    AllocationRule,
    Condition,
    Keeping,
    Recalling,
    Scales,
    unreachable,
)


def policy_of(document: Document, scales: Scales, scale: Scale) -> AllocationPolicy:
    """The policy, money in the units of the scale; what can not be read is a `BadInput`."""
    tables, problems = _tables(document, scale)
    if problems:
        raise BadInput(problems=tuple(problems))
    part = document.allocation
    rules = (
        AllocationRule(row.name, table, row.level, row.accounts, row.days, row.rotate, Keeping(**dict(row.keep)))
        for row, table in zip(part.rules, tables, strict=True)
    )
    return AllocationPolicy(part.automatic, tuple(rules), Recalling(**dict(part.recall)), scales)


def allocation_problems(document: Document, scales: Scales, scale: Scale) -> list[Problem]:
    """Names given twice, conditions that can not be read, rules no account can reach, numbers at odds."""
    tables, problems = _tables(document, scale)
    problems += _numbers(document)
    return problems or list(_unreachable(document, tables, scales))


def _tables(document: Document, scale: Scale) -> tuple[list[tuple[Condition, ...]], list[Problem]]:
    tables: list[tuple[Condition, ...]] = []
    problems: list[Problem] = []
    buckets = ("current", *document.buckets)
    for at, row in enumerate(document.allocation.rules):
        conditions = []
        for field, written in (row.when or {}).items():
            try:
                conditions.append(read_condition(field, written, buckets, scale))
            except BadInput as error:
                problems.append(_problem(document, at, ("when", field), error.message))
        tables.append(tuple(conditions))
    return tables, problems


def _numbers(document: Document) -> Iterator[Problem]:
    part, seen = document.allocation, set[str]()
    for at, row in enumerate(part.rules):
        if row.name in seen:
            yield _problem(document, at, ("name",), "a second one of that name")
        seen.add(row.name)
        if row.days is None and (row.keep.paid_within_days is not None or "rotate" in row.model_fields_set):
            yield _problem(document, at, ("days",), "without `days` it is held without end: nothing rotates or is kept")
    if part.automatic and not part.rules:
        place = ("allocation", "automatic")
        reason = "allocation.automatic: there are no rules by which owners could be found"
        yield Problem(reason, document.line(place), file=document.file)


def _unreachable(document: Document, tables: list[tuple[Condition, ...]], scales: Scales) -> Iterator[Problem]:
    for shadow in unreachable(tables, scales):
        if shadow.by:
            names = ", ".join(
                f"{document.allocation.rules[at].name!r} (line {document.line(('allocation', 'rules', at))})"
                for at in shadow.by
            )
            reason = f"unreachable: {names} take all its accounts"
        else:
            reason = "unreachable: its conditions contradict each other"
        yield _problem(document, shadow.row, (), reason)


def _problem(document: Document, at: int, part: Place, reason: str) -> Problem:
    name = document.allocation.rules[at].name
    place: Place = ("allocation", "rules", at, *part)
    return Problem(f"allocation rule {name!r}: {reason}", document.line(place), file=document.file)
