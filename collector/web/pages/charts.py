"""Charts as pictures that the server draws: where each mark stands, what it says, and which accounts it opens.

Units are those of the picture's own `viewBox`; a page stretches it to its column. What a picture shows, its table
says in figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, log10

from collector.web.templating import Table

HALF, WHOLE = 640, 1300
"""Wide, of a picture in one of two columns, and of one across both."""


@dataclass(frozen=True)
class Mark:
    """A bar or a cell. `look`: plain, plan, good, late, soft or cell; `strength`: how full its colour is, 0 to 1."""

    x: float
    y: float
    width: float
    height: float
    look: str
    words: str
    href: str = ""
    strength: float = 1.0


@dataclass(frozen=True)
class Label:
    """Words in a picture. `look`: dim, strong, small, cell, faint, or none; `anchor`: start, middle or end."""

    x: float
    y: float
    words: str
    look: str = ""
    anchor: str = "start"
    href: str = ""


@dataclass(frozen=True)
class Chart:
    """`says`: what somebody is told who does not see it; `legend`: look and words."""

    title: str
    note: str
    says: str
    wide: int
    high: int
    marks: Sequence[Mark]
    table: Table
    labels: Sequence[Label] = ()
    lines: Sequence[tuple[float, float, float, float]] = ()
    legend: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Bar:
    """A stage of a funnel. `right`: what stands at its end, and beyond."""

    name: str
    value: int
    shown: str
    right: Sequence[str]
    words: str
    href: str


FUNNEL_LEFT, FUNNEL_BAR, FUNNEL_ROW = 138, 255, 32


def funnel(bars: Sequence[Bar]) -> tuple[list[Mark], list[Label], int]:
    """Bars below each other, each as long as its part of the first."""
    largest = max((bar.value for bar in bars), default=0) or 1
    marks, labels = [], []
    for row, bar in enumerate(bars):
        y = row * FUNNEL_ROW
        long = max(FUNNEL_BAR * bar.value / largest, 1)
        marks.append(Mark(FUNNEL_LEFT, y + 4, round(long, 1), FUNNEL_ROW - 8, "plain", bar.words, bar.href))
        labels.append(Label(FUNNEL_LEFT - 8, y + 20, bar.name, "", "end"))
        labels.append(Label(FUNNEL_LEFT + round(long, 1) + 6, y + 20, bar.shown, "strong", "start", bar.href))
        labels += [
            Label(x, y + 20, words, "dim", "end") for x, words in zip((495, HALF), bar.right, strict=True) if words
        ]
    return marks, labels, len(bars) * FUNNEL_ROW


@dataclass(frozen=True)
class Square:
    """A cell of a grid; `lines`: one or two short words in it."""

    lines: Sequence[str]
    strength: float
    words: str
    href: str = ""
    is_faint: bool = False


@dataclass(frozen=True)
class Grid:
    """`edge`: words and address at the end of each row, such as its sum. `framed`: cells drawn with a rim."""

    columns: Sequence[str]
    rows: Sequence[str]
    cells: Mapping[tuple[int, int], Square]
    edge: Sequence[tuple[str, str]] = ()
    framed: frozenset[tuple[int, int]] = field(default_factory=frozenset)


GRID_LEFT, GRID_TOP, GRID_EDGE = 76, 18, 62
STRONGEST = 0.5
"""So that words on the fullest cell are still read, in light and dark."""


def grid(data: Grid, high: int) -> tuple[list[Mark], list[Label], int]:
    """Cells of equal size, `high` units each."""
    right = GRID_EDGE if data.edge else 0
    wide = min((HALF - GRID_LEFT - right) / max(len(data.columns), 1), 90)
    marks, labels = [], []
    for column, name in enumerate(data.columns):
        labels.append(Label(round(GRID_LEFT + (column + 0.5) * wide, 1), 12, name, "dim", "middle"))
    for row, name in enumerate(data.rows):
        y = GRID_TOP + row * high
        labels.append(Label(GRID_LEFT - 8, y + high / 2 + 4, name, "dim", "end"))
        for column in range(len(data.columns)):
            square = data.cells.get((row, column))
            if square is None:
                continue
            x = round(GRID_LEFT + column * wide, 1)
            look = "cell framed" if (row, column) in data.framed else "cell"
            shade = round(STRONGEST * min(square.strength, 1), 3)
            marks.append(Mark(x, y, round(wide, 1) - 1, high - 1, look, square.words, square.href, shade))
            labels += _in_cell(square, round(x + wide / 2, 1), y, high)
        if data.edge:
            words, href = data.edge[row]
            x = round(GRID_LEFT + len(data.columns) * wide + GRID_EDGE - 4, 1)
            labels.append(Label(x, y + high / 2 + 4, words, "strong", "end", href))
    return marks, labels, GRID_TOP + len(data.rows) * high


def _in_cell(square: Square, x: float, y: float, high: int) -> list[Label]:
    look = "faint" if square.is_faint else "cell"
    first = y + high / 2 + (4 if len(square.lines) == 1 else -2)
    return [
        Label(x, first + 12 * number, words, look if number == 0 else "small", "middle", square.href)
        for number, words in enumerate(square.lines)
    ]


@dataclass(frozen=True)
class Part:
    """A piece of a column."""

    value: int
    look: str
    words: str
    href: str = ""


@dataclass(frozen=True)
class Column:
    """What stands at one place of the axis below: pieces on each other, or (see `columns`) beside each other."""

    name: str
    parts: Sequence[Part]
    above: str = ""
    href: str = ""


AXIS_LEFT, AXIS_TOP, AXIS_LOW = 66, 16, 20


@dataclass(frozen=True)
class Axes:
    """How large the picture is, and how values are told beside its lines."""

    wide: int
    high: int
    told: Mapping[int, str]
    """Value → words, for each line across; the largest is the top."""

    def y(self, value: float) -> float:
        room = self.high - AXIS_TOP - AXIS_LOW
        return round(AXIS_TOP + room * (1 - value / max(self.told)), 1)


def steps(largest: int) -> list[int]:
    """Three or four round values up to the largest, from 0."""
    if largest <= 0:
        return [0, 1]
    size = 10 ** int(log10(largest))
    step = next(size * part for part in (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5) if size * part * 4 >= largest)
    whole = max(ceil(step), 1)
    return [whole * number for number in range(ceil(largest / whole) + 1)]


def columns(
    data: Sequence[Column], axes: Axes, *, beside: bool = False
) -> tuple[list[Mark], list[Label], list[tuple[float, float, float, float]]]:
    """Columns from left to right over an axis, with lines across."""
    place = (axes.wide - AXIS_LEFT) / max(len(data), 1)
    marks, labels, ground = [], [], axes.y(0)
    for number, column in enumerate(data):
        start = AXIS_LEFT + number * place
        wide = place * 0.72
        left, base = start + (place - wide) / 2, 0
        for order, part in enumerate(column.parts):
            x = left + order * wide / len(column.parts) if beside else left
            low = 0 if beside else base
            top = axes.y(low + part.value)
            if part.value:
                bar = (round(x, 1), top, round(wide / len(column.parts) if beside else wide, 1))
                marks.append(Mark(*bar, round(axes.y(low) - top, 1), part.look, part.words, part.href))
            base += part.value
        middle = round(start + place / 2, 1)
        labels.append(Label(middle, axes.high - 6, column.name, "dim", "middle"))
        if column.above:
            labels.append(Label(middle, axes.y(base) - 4, column.above, "strong", "middle", column.href))
    lines = [(AXIS_LEFT, axes.y(value), axes.wide, axes.y(value)) for value in axes.told if value]
    labels += [Label(AXIS_LEFT - 8, axes.y(value) + 4, words, "dim", "end") for value, words in axes.told.items()]
    return marks, labels, [*lines, (AXIS_LEFT, ground, axes.wide, ground)]
