"""Mapping files: how a foreign table is read as one of ours, so that it loads as it is.

Applied in this order. On the file's own columns: `blank` (cells that mean nothing), `dates`, `numbers`, `values`.
Then our columns: `rename`, `constants`, `derive` (see `expressions`), once more for each item of `explode`, which
makes several rows out of one. Then `where` leaves rows out; they are counted as skipped, not as read.

    kind: payments                       # what the rows are; must be what is loaded
    encoding: gb18030                    # optional: of a CSV that is not UTF-8
    delimiter: ";"                       # optional: of a CSV whose fields are not separated by commas
    portfolio: LP500                     # optional: the portfolio, unless the command names one
    as_of: 2016-12-08                    # optional: the day of the file: reported lateness, or payments as of
    blank: ["nan", "-"]
    dates: {due: "%m/%d/%Y", paid: ["%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M"], opened: excel}
    numbers: {balance: {thousands: ",", decimal: ".", scientific: true, round: 2, negative: zero}}
    values: {sex: {"1": male, "2": female}}
    drop: [phone]                        # columns of the file that are called like ours and are something else
    rename: {Loan_ID: account_no}
    constants: {product: cash}
    derive: {reference: {concat: [{from: Loan_ID}, "-1"]}}
    explode: [{number: 1, amount: {from: X18}}, {number: 2, amount: {from: X19}}]
    where: {status: [open, late], amount: {not: ["0"]}}
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from collector.foundation.clock import at_local
from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import read_yaml_with_lines, write_yaml
from collector.foundation.invalid import in_plain_words
from collector.portfolio.loading.columns import SHAPES
from collector.portfolio.loading.expressions import Expression, Frame, Wrong, compiled, known
from collector.portfolio.loading.formats import NumberFormat, canonical_date, canonical_number, rewrite
from collector.portfolio.loading.parsing import day_of, meant, moment_of
from collector.portfolio.rules import LoadKind

Scalar = str | int | float | bool | None


class Except(BaseModel):
    model_config = ConfigDict(extra="forbid")

    not_: list[Scalar] = Field(alias="not")


class Mapping(BaseModel):
    """One mapping file. See the head of this module; unknown keys are refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: LoadKind
    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    portfolio: str | None = None
    as_of: str | None = None
    blank: list[str] = []
    dates: dict[str, str | list[str]] = {}
    numbers: dict[str, NumberFormat] = {}
    values: dict[str, dict[str | int, Scalar]] = {}
    drop: list[str] = []
    rename: dict[str, str] = {}
    constants: dict[str, Scalar] = {}
    derive: dict[str, Any] = {}
    explode: list[dict[str, Any]] = []
    where: dict[str, list[Scalar] | Except] = {}

    @field_validator("as_of")
    @classmethod
    def _a_day_or_moment(cls, given: str | None) -> str | None:
        try:
            moment_of(given or "2000-01-01", "UTC")
        except BadInput as error:
            raise ValueError(error.message) from error
        return given

    def moment(self, zone_name: str) -> datetime | None:
        """`as_of` as a moment; a bare day means its end: everything of that day is in the file."""
        if self.as_of is None:
            return None
        if len(self.as_of) == 10:
            return at_local(day_of(self.as_of), time(23, 59, 59), zone_name).astimezone(UTC)
        return moment_of(self.as_of, zone_name)

    @property
    def implied(self) -> dict[str, str]:
        """Reported lateness is of the day of the file."""
        reported = self.kind is LoadKind.accounts and "overdue_days_min" in self.targets
        return {"as_of": self.as_of[:10]} if reported and self.as_of and "as_of" not in self.targets else {}

    @property
    def targets(self) -> set[str]:
        """Every column this mapping makes by itself."""
        made = {*self.rename.values(), *self.constants, *self.derive}
        return made.union(*self.explode) if self.explode else made


def read_mapping(source: Path | str, name: str = "") -> Mapping:
    """The mapping in a file (or a text); every offending key is named with its line."""
    given, lines = read_yaml_with_lines(source, name)
    file = source.name if isinstance(source, Path) else name or None
    if not isinstance(given, dict):
        raise BadInput(problems=(Problem("a mapping is a set of keys, such as kind: accounts", file=file),))
    try:
        mapping = Mapping.model_validate(given)
    except ValidationError as error:
        raise BadInput(problems=_told(error, lines, file)) from error
    problems = tuple(_unknown_targets(mapping, lines, file))
    if problems:
        raise BadInput(problems=problems)
    return mapping


def write_mapping(mapping: Mapping) -> str:
    """The mapping as YAML that `read_mapping` takes, without what goes without saying."""
    return write_yaml(mapping.model_dump(mode="json", by_alias=True, exclude_defaults=True))


def _told(error: ValidationError, lines: Map[tuple[str | int, ...], int], file: str | None) -> tuple[Problem, ...]:
    found = []
    for detail in error.errors(include_url=False, include_input=False):
        place = tuple(part for part in detail["loc"])
        top = str(place[0]) if place else ""
        reason = in_plain_words(detail)
        if detail["type"] == "extra_forbidden":
            reason = f"unknown key{meant(str(place[-1]), tuple(Mapping.model_fields))}"
        line = next((lines[place[:size]] for size in range(len(place), 0, -1) if place[:size] in lines), None)
        found.append(Problem(reason, line, ".".join(map(str, place)) or top, file))
    return tuple(found)


def _unknown_targets(mapping: Mapping, lines: Map[tuple[str | int, ...], int], file: str | None) -> list[Problem]:
    allowed = SHAPES[mapping.kind].names
    named: list[tuple[str, tuple[str | int, ...]]] = [
        *((target, ("rename", source)) for source, target in mapping.rename.items()),
        *((target, ("constants", target)) for target in mapping.constants),
        *((target, ("derive", target)) for target in mapping.derive),
        *((target, ("explode", at, target)) for at, item in enumerate(mapping.explode) for target in item),
    ]
    return [
        Problem(
            f"{target!r} is no column of {mapping.kind}{meant(target, allowed)}",
            lines.get(place),
            ".".join(map(str, place)),
            file,
        )
        for target, place in named
        if target not in allowed
    ]


@dataclass(frozen=True, slots=True)
class Mapped:
    """Rows in our columns. `origin`: which row of the batch each came from."""

    frame: Frame
    origin: Sequence[int]
    skipped: int


class Translator:
    """A mapping made ready for one header: every column it names is there."""

    def __init__(self, mapping: Mapping, header: Sequence[str], file: str) -> None:
        self._mapping = mapping
        self._sources = set(header)
        self._constants = {name: _text(value) for name, value in mapping.constants.items()} | mapping.implied
        try:
            self._check_sources()
            self._derive = self._expressions(mapping.derive, "derive")
            self._explode = [self._expressions(item, "explode", at) for at, item in enumerate(mapping.explode)]
        except Wrong as error:
            where = ".".join(map(str, error.place))
            raise BadInput(problems=(Problem(f"{error.reason}", None, where, file),)) from error
        kept = dict.fromkeys(name for name in header if name not in mapping.drop)
        self.header = tuple({**kept, **dict.fromkeys(mapping.targets | mapping.implied.keys())})

    def _check_sources(self) -> None:
        mapping = self._mapping
        for part in ("dates", "numbers", "values", "rename"):
            for name in getattr(mapping, part):
                known(name, self._sources, (part, name))
        for name in mapping.where:
            known(name, self._sources | mapping.targets, ("where", name))

    def _expressions(self, given: Map[str, Any], *place: str | int) -> dict[str, Expression]:
        return {target: compiled(value, self._sources, (*place, target)) for target, value in given.items()}

    def translate(self, columns: dict[str, Sequence[str]], numbers: Sequence[int]) -> Mapped:
        """One batch of the file's own columns in ours."""
        frame = Frame(columns, numbers)
        self._rewrite(frame)
        made: dict[str, Sequence[str]] = dict(frame.columns)
        made |= {target: frame.columns[source] for source, target in self._mapping.rename.items()}
        made |= {target: [text] * frame.size for target, text in self._constants.items()}
        made |= {target: expression(frame) for target, expression in self._derive.items()}
        frame = Frame(made, numbers, frame.faults)
        origin: Sequence[int] = range(frame.size)
        if self._explode:
            frame, origin = self._exploded(frame)
        return self._filtered(frame, origin)

    def _rewrite(self, frame: Frame) -> None:
        mapping = self._mapping
        if mapping.blank:
            empty = dict.fromkeys(mapping.blank, "")
            frame.columns = {
                name: [empty.get(cell.strip(), cell) for cell in cells] for name, cells in frame.columns.items()
            }
        for name, formats in mapping.dates.items():
            known_formats = [formats] if isinstance(formats, str) else formats
            rewrite(frame, name, lambda cell, given=known_formats: canonical_date(cell, given))  # type: ignore[misc]
        for name, number in mapping.numbers.items():
            rewrite(frame, name, lambda cell, given=number: canonical_number(cell, given))  # type: ignore[misc]
        for name, words in mapping.values.items():
            plain = {str(word): _text(value) for word, value in words.items()}
            frame.columns[name] = [plain.get(cell.strip(), cell) for cell in frame.columns[name]]

    def _exploded(self, frame: Frame) -> tuple[Frame, list[int]]:
        """Each row once per item, the rows of one origin together."""
        parts = [{**frame.columns, **{name: made(frame) for name, made in item.items()}} for item in self._explode]
        count = len(parts)
        columns: dict[str, Sequence[str]] = {
            name: [part[name][row] for row in range(frame.size) for part in parts] for name in parts[0]
        }
        numbers = [number for number in frame.numbers for _ in parts]
        faults = {row * count + item: list(found) for row, found in frame.faults.items() for item in range(count)}
        return Frame(columns, numbers, faults), [row for row in range(frame.size) for _ in parts]

    def _filtered(self, frame: Frame, origin: Sequence[int]) -> Mapped:
        keep = [True] * frame.size
        for name, rule in self._mapping.where.items():
            listed = {_text(value) for value in (rule.not_ if isinstance(rule, Except) else rule)}
            wanted = not isinstance(rule, Except)
            for row, cell in enumerate(frame.columns[name]):
                keep[row] = keep[row] and ((cell.strip() in listed) is wanted)
        if all(keep):
            return Mapped(frame, origin, 0)
        rows = [row for row, kept in enumerate(keep) if kept]
        columns: dict[str, Sequence[str]] = {
            name: [cells[row] for row in rows] for name, cells in frame.columns.items()
        }
        faults = {at: frame.faults[row] for at, row in enumerate(rows) if row in frame.faults}
        return Mapped(
            Frame(columns, [frame.numbers[row] for row in rows], faults),
            [origin[row] for row in rows],
            frame.size - len(rows),
        )


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
