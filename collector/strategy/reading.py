"""Reading and checking a strategy: everything that is wrong, each with its row's name and its line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import read_yaml_with_lines
from collector.portfolio.rules import OBLIGORS
from collector.strategy.allocating import allocation_problems
from collector.strategy.conditions import Scale, read_condition, scale_by
from collector.strategy.document import Document, Place, StepRow, line_of
from collector.strategy.routing import route_problems
from collector.strategy.rules import (
    AssetClasses,
    Bucket,
    Condition,
    Scales,
    Tier,
    overlaps,
    unreachable,
)

FINEST = 4
"""Decimals of the currencies that have most. What rows cover is judged so finely while no currency is known."""

SPOKEN = ("call", "visit")
"""Channels that need no template."""


def parse(text: str, file: str = "") -> Document:
    """The document in a text. `BadInput` holds a Problem, with row and line, for everything that is wrong."""
    data, lines = read_yaml_with_lines(text, file)
    if not isinstance(data, dict):
        raise BadInput(problems=(Problem("a strategy is a mapping: buckets, slots, segments …", 1, file=file or None),))
    try:
        document = Document.model_validate(data)
    except ValidationError as error:
        raise BadInput(problems=tuple(_shape(error, data, lines, file or None))) from error
    problems = tuple(check(document.located(lines, file or None)))
    if problems:
        raise BadInput(problems=problems)
    return document


def _shape(error: ValidationError, data: Any, lines: dict[Place, int], file: str | None) -> Iterator[Problem]:
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        place: Place = each["loc"]
        at = place
        if each["type"] == "extra_forbidden":
            reason = f"unknown key {str(place[-1])[:60]!r}"
        elif each["type"] == "missing":
            reason, at = f"{place[-1]!r} is missing", place[:-1]
        else:
            reason = f"{place[-1] if place else 'document'}: {each['msg'].removeprefix('Value error, ')}"
        yield Problem(_where(data, place) + reason, line_of(lines, at), file=file)


def _where(data: Any, place: Place) -> str:
    """What a person calls the part: the row's name, the cadence and the number of its step."""
    if len(place) > 1 and place[0] == "segments" and isinstance(place[1], int):
        row = data["segments"][place[1]]
        name = row.get("name") if isinstance(row, dict) else None
        return f"segment {str(name or place[1] + 1)!r}: "
    if len(place) > 2 and place[:2] == ("allocation", "rules") and isinstance(place[2], int):
        row = data["allocation"]["rules"][place[2]]
        name = row.get("name") if isinstance(row, dict) else None
        return f"allocation rule {str(name or place[2] + 1)!r}: "
    if len(place) > 4 and place[:3] == ("handoff", "legal", "routes") and isinstance(place[3], int):
        row = data["handoff"]["legal"]["routes"][place[3]]
        name = row.get("route") if isinstance(row, dict) else None
        return f"route {str(name or place[3] + 1)!r}: "
    if len(place) > 2 and place[0] == "cadences" and isinstance(place[2], int):
        return f"cadence {place[1]!r}, step {place[2] + 1}: "
    return f"{'.'.join(str(part) for part in place[:-1])}: " if len(place) > 1 else ""


def check(document: Document) -> Iterator[Problem]:
    """What the shape alone does not show: references, buckets, slots, the default, rows that are never reached."""
    found = [*_buckets(document), *_slots(document), *_cadences(document), *_reminders(document)]
    found += [*_priority(document), *_asset_classes(document), *_segments(document)]
    found += route_problems(document, scale_by(FINEST))
    found += [] if found else allocation_problems(document, scales_of(document), scale_by(FINEST))
    tables: list[tuple[Condition, ...]] = []
    for at in range(len(document.segments)):
        conditions, problems = _row(document, at)
        if at in document.asked:
            tables.append(conditions)
        found += problems
    yield from found
    if not found:
        yield from _unreachable(document, tables)


def conditions_of(document: Document, scale: Scale) -> list[tuple[Condition, ...]]:
    """The conditions of every row that is asked, money in the units of the scale; those that can not be read are a
    `BadInput`."""
    tables, problems = [], []
    for at in document.asked:
        conditions, wrong = _row(document, at, scale)
        tables.append(conditions)
        problems += wrong
    if problems:
        raise BadInput(problems=tuple(problems))
    return tables


def overlap_warnings(document: Document) -> tuple[Problem, ...]:
    """Rows that take accounts a later row asks for too, though neither is the narrower. Not wrong, as the first match
    wins; but it should be meant so. A row that says `exception` is."""
    tables = conditions_of(document, scale_by(FINEST))
    met: dict[int, list[int]] = {}
    asked = document.asked
    for earlier, later in ((asked[one], asked[other]) for one, other in overlaps(tables, scales_of(document))):
        if not document.segments[earlier].exception:
            met.setdefault(earlier, []).append(later)
    return tuple(
        _problem(
            document,
            ("segments", earlier),
            f"segment {document.segments[earlier].name!r} overlaps {_names(document, met[earlier])}; "
            "the first that matches wins",
        )
        for earlier in sorted(met)
    )


def scales_of(document: Document) -> Scales:
    """Buckets and classes of a document, in order of days."""
    buckets = sorted((Bucket(name, *days) for name, days in document.buckets.items()), key=lambda b: b.first)
    part = document.asset_classes
    classes = AssetClasses(tuple(part.bank.items()), tuple(part.card.items()), frozenset(part.card_products))
    return Scales(tuple(buckets), classes)


def _problem(document: Document, place: Place, reason: str) -> Problem:
    return Problem(reason, document.line(place), file=document.file)


def _buckets(document: Document) -> Iterator[Problem]:
    expected, before, buckets = 1, "", scales_of(document).buckets
    for bucket in buckets:
        place = ("buckets", bucket.name)
        if bucket.name == "current":
            yield _problem(document, place, "bucket 'current' is what is not late; choose another name")
        if bucket.last is not None and bucket.last < bucket.first:
            yield _problem(document, place, f"bucket {bucket.name!r} ends before it begins")
        if bucket.first < expected:
            yield _problem(document, place, f"bucket {bucket.name!r} overlaps {before!r} on day {bucket.first}")
        elif bucket.first > expected:
            missing = f"{expected}" if bucket.first == expected + 1 else f"{expected} to {bucket.first - 1}"
            after = f" after {before!r}" if before else ""
            yield _problem(document, place, f"a gap{after} before bucket {bucket.name!r}: day {missing} has none")
        expected, before = (bucket.last or bucket.first) + 1, bucket.name
        if bucket.last is None and bucket is not buckets[-1]:
            yield _problem(document, place, f"bucket {bucket.name!r} has no end, but others come after it")
    if buckets and buckets[-1].last is not None:
        reason = f"the last bucket, {before!r}, must have no end: write [{buckets[-1].first}, null]"
        yield _problem(document, ("buckets", before), reason)
    if not buckets:
        yield _problem(document, ("buckets",), "there are no buckets")


def _slots(document: Document) -> Iterator[Problem]:
    ordered = sorted(document.slots.items(), key=lambda item: item[1])
    for (earlier, (_, end)), (later, (start, _)) in pairwise(ordered):
        if start < end:
            yield _problem(document, ("slots", later), f"slot {later!r} overlaps slot {earlier!r}")
    if document.retry.slots > len(document.slots):
        reason = f"retry asks for {document.retry.slots} slots, but there are {len(document.slots)}"
        yield _problem(document, ("retry", "slots"), reason)


def _cadences(document: Document) -> Iterator[Problem]:
    for name, steps in document.cadences.items():
        seen: set[tuple[int, str]] = set()
        for at, step in enumerate(steps):
            place, called = ("cadences", name, at), f"cadence {name!r}, step {at + 1}: "
            for part, reason in _step(document, step):
                yield _problem(document, (*place, part), called + reason)
            if (step.day, step.to) in seen:
                reason = f"a second step for the {step.to} on day {step.day}; one step a day and role"
                yield _problem(document, (*place, "day"), called + reason)
            seen.add((step.day, step.to))


def _step(document: Document, step: StepRow) -> Iterator[tuple[str, str]]:
    if step.slot is not None and step.slot not in document.slots:
        yield "slot", f"unknown slot {step.slot!r}; there are {', '.join(document.slots)}"
    if step.template is None and step.channel not in SPOKEN:
        yield "channel", f"a step by {step.channel} needs a template"
    if step.to not in OBLIGORS:
        yield "to", f"a step to a {step.to}: only who owes is told of a debt: {', '.join(map(str, sorted(OBLIGORS)))}"


def _reminders(document: Document) -> Iterator[Problem]:
    for group, part in document.reminders.groups().items():
        place = ("reminders", group.value)
        if part.slot is not None and part.slot not in document.slots:
            reason = f"reminders.{group}: unknown slot {part.slot!r}; there are {', '.join(document.slots)}"
            yield _problem(document, (*place, "slot"), reason)
        if part.template is None and part.channel not in SPOKEN:
            yield _problem(document, place, f"reminders.{group}: a reminder by {part.channel} needs a template")
        if len(set(part.days)) < len(part.days):
            yield _problem(document, (*place, "days"), f"reminders.{group}: a day stands there twice")


def _priority(document: Document) -> Iterator[Problem]:
    tiers = document.priority.tiers
    if len(set(tiers)) < len(tiers) or tiers[-1:] != (Tier.ordinary,):
        reason = "priority.tiers: each tier once, and 'ordinary' as the last"
        yield _problem(document, ("priority", "tiers"), reason)
    for first, last in document.priority.roll_days:
        if first > last:
            yield _problem(document, ("priority", "roll_days"), f"priority.roll_days: {first} is after {last}")


def _asset_classes(document: Document) -> Iterator[Problem]:
    for kind in ("bank", "card"):
        days = list(getattr(document.asset_classes, kind).values())
        if days != sorted(set(days)):
            reason = f"asset_classes.{kind}: days must grow from class to class"
            yield _problem(document, ("asset_classes", kind), reason)


def _segments(document: Document) -> Iterator[Problem]:
    first_with: dict[str, int] = {}
    for at, row in enumerate(document.segments):
        place = ("segments", at)
        if first_with.setdefault(row.name, at) != at:
            yield _problem(document, (*place, "name"), f"segment {row.name!r}: a second one of that name")
        if row.cadence is not None and row.cadence not in document.cadences:
            reason = f"segment {row.name!r}: unknown cadence {row.cadence!r}; there are {', '.join(document.cadences)}"
            yield _problem(document, (*place, "cadence"), reason)
    if not document.segments:
        yield _problem(document, ("segments",), "no default: there are no segments")
    elif not document.asked or document.segments[document.asked[-1]].when:
        last = document.asked[-1] if document.asked else len(document.segments) - 1
        reason = f"no default: after segment {document.segments[last].name!r} add a last one without `when`"
        yield _problem(document, ("segments", last), reason)


def _row(document: Document, at: int, scale: Scale | None = None) -> tuple[tuple[Condition, ...], list[Problem]]:
    row, conditions, problems = document.segments[at], [], []
    buckets = ("current", *document.buckets)
    for field, written in (row.when or {}).items():
        try:
            conditions.append(read_condition(field, written, buckets, scale or scale_by(FINEST)))
        except BadInput as error:
            reason = f"segment {row.name!r}: {error.message}"
            problems.append(_problem(document, ("segments", at, "when", field), reason))
    return tuple(conditions), problems


def _unreachable(document: Document, tables: list[tuple[Condition, ...]]) -> Iterator[Problem]:
    asked = document.asked
    for shadow in unreachable(tables, scales_of(document)):
        name, by = document.segments[asked[shadow.row]].name, [asked[at] for at in shadow.by]
        if by:
            reason = f"segment {name!r} is unreachable: {_names(document, by)} take all its accounts"
        else:
            reason = f"segment {name!r} is unreachable: its conditions contradict each other"
        yield _problem(document, ("segments", asked[shadow.row]), reason)


def _names(document: Document, rows: tuple[int, ...] | list[int]) -> str:
    """ "'a' (line 3), 'b' (line 9)"."""
    return ", ".join(f"{document.segments[at].name!r} (line {document.line(('segments', at))})" for at in rows)
