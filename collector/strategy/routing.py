"""The routes of a strategy: what is wrong with them, by row and line, and the ways they stand for."""

from __future__ import annotations

from collector.foundation.errors import BadInput, Problem
from collector.strategy.conditions import Scale, read_condition
from collector.strategy.document import Document, Place
from collector.strategy.rules import ROUTE_FIELDS, Condition, Way

PLACE: Place = ("handoff", "legal", "routes")


def ways_of(document: Document, scale: Scale) -> tuple[Way, ...]:
    """The ways, money in the units of the scale; what can not be read is a `BadInput`."""
    ways, problems = _ways(document, scale)
    if problems:
        raise BadInput(problems=tuple(problems))
    return tuple(ways)


def route_problems(document: Document, scale: Scale) -> list[Problem]:
    """Conditions that can not be read or can never hold, and rows that stand there twice."""
    return _ways(document, scale)[1]


def _ways(document: Document, scale: Scale) -> tuple[list[Way], list[Problem]]:
    ways: list[Way] = []
    problems: list[Problem] = []
    buckets = ("current", *document.buckets)
    if not document.handoff.legal.routes:
        reason = "handoff.legal.routes: there are none; name one, or leave the part out for those by security"
        problems.append(Problem(reason, document.line(PLACE), file=document.file))
    for at, row in enumerate(document.handoff.legal.routes):
        conditions: list[Condition] = []
        for field, written in (row.when or {}).items():
            try:
                condition = read_condition(field, written, buckets, scale, ROUTE_FIELDS)
                if not condition.domain:
                    raise BadInput(f"{field}: {condition.wanted} admits nothing")
                conditions.append(condition)
            except BadInput as error:
                problems.append(_problem(document, at, ("when", field), error.message))
        way = Way(row.route, tuple(conditions))
        if way in ways:
            problems.append(_problem(document, at, (), "the same row stands there twice"))
        ways.append(way)
    return ways, problems


def _problem(document: Document, at: int, part: Place, reason: str) -> Problem:
    route = document.handoff.legal.routes[at].route
    return Problem(f"route {route.value!r}: {reason}", document.line((*PLACE, at, *part)), file=document.file)
