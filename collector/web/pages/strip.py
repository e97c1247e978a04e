"""The contact calendar as a picture: days by hours, open or closed, and by which rule; drawn on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from collector.casework.views.calendar import Calendar, Way
from collector.compliance.rules import Answer, Fired, Stretch
from collector.web.templating import Cell, Table, Told, city, table

HOUR_WIDE, DAY_HIGH, LEFT, TOP = 10, 13, 40, 14
"""Of the picture, in its own units."""
HOURS = 24
MARKS = (0, 6, 8, 12, 18, 21, 24)
"""Hours with a figure above them."""


@dataclass(frozen=True)
class Bar:
    x: float
    y: int
    width: float
    look: str
    """open | review | closed"""
    words: str


@dataclass(frozen=True)
class Picture:
    """Ways to the person that are open together. `said`: what closes it, for who does not point at the bars."""

    title: str
    days: Sequence[tuple[int, str]]
    bars: Sequence[Bar]
    used: Sequence[tuple[float, int, str]]
    said: Sequence[str]


@dataclass(frozen=True)
class Strip:
    clock: str
    several: str
    """Where the person may be in several zones: their names; else empty."""
    wide: int
    high: int
    hours: Sequence[tuple[int, int]]
    pictures: Sequence[Picture]
    spelled: Table
    """The same in words: for each way and day, when it is open."""


def strip(seen: Calendar, told: Told) -> Strip:
    """`told` gives the language; days and hours are the person's own."""
    theirs = Told(told.t, seen.zone)
    return Strip(
        clock=city(seen.zone),
        several=" · ".join(city(zone) for zone in seen.zones) if len(seen.zones) > 1 else "",
        wide=LEFT + HOURS * HOUR_WIDE + 8,
        high=TOP + len(seen.days) * DAY_HIGH,
        hours=[(LEFT + hour * HOUR_WIDE, hour) for hour in MARKS],
        pictures=[_picture(ways, seen, theirs) for ways in _alike(seen.ways)],
        spelled=_spelled(seen, theirs),
    )


def _alike(ways: Sequence[Way]) -> list[list[Way]]:
    """Ways that are open and closed together are one picture."""
    found: dict[tuple[tuple[int, int, tuple[str, ...]], ...], list[Way]] = {}
    for way in ways:
        cuts = tuple((one.start, one.end, tuple(rule.id for rule in one.rules)) for one in way.stretches)
        found.setdefault(cuts, []).append(way)
    return list(found.values())


def _picture(ways: Sequence[Way], seen: Calendar, told: Told) -> Picture:
    days, stretches = list(enumerate(seen.days)), ways[0].stretches
    return Picture(
        title=" · ".join(_title(way, told) for way in ways),
        days=[(TOP + row * DAY_HIGH, f"{day:%m-%d}") for row, (day, _, _) in days],
        bars=[
            _bar(one, first, last, TOP + row * DAY_HIGH, seen, told)
            for row, (_, first, last) in days
            for one in stretches
            if one.start < last and one.end > first
        ],
        used=[
            (_x(at, first, last), TOP + row * DAY_HIGH, f"{_title(way, told)} {told.hour(_moment(at))}")
            for row, (_, first, last) in days
            for way in ways
            for at in way.used
            if first <= at < last
        ],
        said=_said(stretches, seen.titles, told),
    )


def _title(way: Way, told: Told) -> str:
    return " ".join(part for part in (told.t.word(way.channel), way.number) if part)


def _bar(one: Stretch, first: int, last: int, y: int, seen: Calendar, told: Told) -> Bar:
    start, end = max(one.start, first), min(one.end, last)
    x = _x(start, first, last)
    span = f"{told.hour(_moment(start))}–{told.hour(_moment(end))}"
    words = "; ".join(_named(rule, seen.titles, told) for rule in one.rules) or told.t("may be contacted")
    return Bar(x, y, round(_x(end, first, last) - x, 2), look_of(one.rules), f"{span} {words}")


def _x(at: int, first: int, last: int) -> float:
    """Where a moment stands on its day, which has 23 or 25 hours when clocks are changed."""
    return round(LEFT + HOURS * HOUR_WIDE * (at - first) / (last - first), 2)


def look_of(rules: Sequence[Fired]) -> str:
    if not rules:
        return "open"
    return "closed" if any(rule.answer is Answer.deny for rule in rules) else "review"


def _named(rule: Fired, titles: Mapping[str, Mapping[str, str]], told: Told) -> str:
    title = titles.get(rule.id, {}).get(told.t.language, "")
    return f"{rule.id} {title}".strip()


def _said(stretches: Sequence[Stretch], titles: Mapping[str, Mapping[str, str]], told: Told) -> list[str]:
    """Each rule that closes anything, once."""
    return list(dict.fromkeys(_named(rule, titles, told) for one in stretches for rule in one.rules))


def _spelled(seen: Calendar, told: Told) -> Table:
    rows: list[list[Cell | str]] = []
    for way in seen.ways:
        for day, first, last in seen.days:
            open_ = [one for one in way.stretches if not one.rules and one.start < last and one.end > first]
            spans = [
                f"{told.hour(_moment(max(one.start, first)))}–{told.hour(_moment(min(one.end, last)))}" for one in open_
            ]
            rows.append([_title(way, told), day.isoformat(), Cell(", ".join(spans) or "—", "" if spans else "late")])
    return table(
        [told.t("Channel"), told.t("Day"), told.t("Open hours")], rows, told.t("No way to this person is known yet.")
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
