"""What a person chose for each of our columns, as a mapping; and a plain mapping as what was chosen.

A choice says less than a mapping can. A mapping that filters, explodes or looks words up is used as it is.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collector.foundation.errors import Problem
from collector.foundation.files import Manner
from collector.portfolio.loading.columns import SHAPES
from collector.portfolio.loading.formats import NumberFormat
from collector.portfolio.loading.headings import holds, wanted, words
from collector.portfolio.loading.mapping import Mapping
from collector.portfolio.rules import (
    COUNTED,
    DATED,
    FORMS,
    NUMBER_FORMS,
    DateForm,
    Guess,
    Holds,
    LoadKind,
    NumberForm,
    Sample,
    Why,
    date_form,
    dates_of,
    given,
    guess,
    meant_words,
    numbers_of,
)

SHOWN = 1_000
"""Rows of the file that a guess looks at."""
MOST_WORDS = 20
"""Different words of a column that are asked about one by one."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Where one of our columns comes from: a column of the file, or the same text in every row. `date` and `number`:
    how it is written, None where the cells say it; `round` to the currency, `zero` for less than nothing; `values`:
    what the file's words mean, None where their known names say it."""

    source: str | None = None
    constant: str | None = None
    date: str | None = None
    number: str | None = None
    round: bool = False
    zero: bool = False
    values: Map[str, str] | None = None


Choice = Map[str, Taken]
UNSURE_DATE = "day and month can not be told apart by these cells; say which comes first"
NO_DATE = "these cells are written in no way that is known for dates; choose another column, or use a mapping file"
UNSURE_NUMBER = "the mark in these numbers may stand before thousands or before decimals; say which"
NO_NUMBER = "these cells are no numbers; choose another column"
TWO_WAYS = "this column is used twice, and its dates or numbers can be written in one way only"
LATE_WHEN = "lateness is of some day: say which, by a column of the file or one value such as 2026-05-12"
MISSING = "this column is needed; choose one of the file's, or give what holds for every row"


def guesses(kind: LoadKind, sample: Sample) -> tuple[Guess, ...]:
    return guess(wanted(kind), sample)


def guessed(kind: LoadKind, sample: Sample) -> Choice:
    """The guess as a choice; where the cells speak against the name, nothing is chosen."""
    return {
        one.target: Taken(sample.header[one.place])
        for one in guesses(kind, sample)
        if one.place is not None and one.why is not Why.doubtful
    }


def foreign_words(kind: LoadKind, target: str, cells: Sequence[str]) -> dict[str, str]:
    """What the column says instead of our few words, with what each is taken for; only where they are few."""
    known = words(kind, target)
    return meant_words(given(cells), known) if known and len(given(cells)) <= MOST_WORDS else {}


class Chosen:
    """A choice on its way to a mapping: `problems` are what has to be asked, by our column."""

    def __init__(self, kind: LoadKind, sample: Sample, digits: int | None) -> None:
        self._kind, self._sample, self._digits = kind, sample, digits
        self._holds = holds(kind)
        self._dates: dict[str, list[str]] = {}
        self._numbers: dict[str, NumberFormat] = {}
        self._values: dict[str, dict[str | int, str]] = {}
        self.problems: list[Problem] = []

    def mapping(self, choice: Choice, manner: Manner, portfolio: str | None, as_of: str | None) -> Mapping:
        """The mapping; it holds what could be told, also where something has to be asked."""
        rename: dict[str, str] = {}
        derive: dict[str, Any] = {}
        for target, taken in choice.items():
            if taken.source is None:
                continue
            self._describe(target, taken)
            if taken.source in rename:
                derive[target] = {"from": taken.source}
            else:
                rename[taken.source] = target
        self._require(choice)
        ours = SHAPES[self._kind].names
        filled = {target for target, taken in choice.items() if taken.source or taken.constant}
        return Mapping(
            kind=self._kind,
            encoding=manner.encoding,
            delimiter=manner.delimiter,
            portfolio=portfolio,
            as_of=as_of,
            dates=dict(self._dates),
            numbers=dict(self._numbers),
            values={source: dict(values) for source, values in self._values.items()},
            drop=[name for name in self._sample.header if name in ours and name not in filled],
            rename=rename,
            constants={target: taken.constant for target, taken in choice.items() if taken.constant},
            derive=derive,
        )

    def _require(self, choice: Choice) -> None:
        for column in SHAPES[self._kind].columns:
            taken = choice.get(column.name, Taken())
            if column.required and not (taken.source or taken.constant):
                self.problems.append(Problem(MISSING, column=column.name))
        if "overdue_days_min" in choice and "as_of" not in choice:
            self.problems.append(Problem(LATE_WHEN, column="as_of"))

    def _describe(self, target: str, taken: Taken) -> None:
        """How the column's dates or numbers are written."""
        source = str(taken.source)
        cells = self._sample.cells(list(self._sample.header).index(source))
        sort = self._holds[target]
        if sort in DATED:
            self._dated(target, source, cells, taken.date)
        elif sort in COUNTED:
            self._counted(target, source, cells, taken, self._digits if sort is Holds.money else None)
        elif sort is Holds.number and any("." in cell for cell in given(cells)):
            self._keep(self._numbers, target, source, NumberFormat(round=0))
        elif words(self._kind, target):
            told = foreign_words(self._kind, target, cells) | dict(taken.values or {})
            meant = {foreign: ours for foreign, ours in told.items() if ours}
            if meant:
                self._keep(self._values, target, source, meant)

    def _dated(self, target: str, source: str, cells: Sequence[str], chosen: str | None) -> None:
        known = dates_of(cells)
        if chosen is not None:
            form: DateForm | None = date_form(chosen, cells)
        else:
            form = known[0] if len(known) == 1 else None
        if form is None and given(cells):
            self.problems.append(Problem(UNSURE_DATE if known else NO_DATE, column=target))
        elif form is not None and form.formats:
            self._keep(self._dates, target, source, list(form.formats))

    def _counted(self, target: str, source: str, cells: Sequence[str], taken: Taken, digits: int | None) -> None:
        known = numbers_of(cells, digits)
        if taken.number is not None:
            marks = NUMBER_FORMS[taken.number]
            form: NumberForm | None = next((one for one in known if one.form == taken.number), NumberForm(*marks))
        else:
            form = known[0] if len(known) == 1 else None
        if form is None:
            if given(cells):
                self.problems.append(Problem(UNSURE_NUMBER if known else NO_NUMBER, column=target))
            return
        written = NumberFormat(
            thousands=form.thousands,
            decimal=form.decimal,
            scientific=form.scientific,
            unit=form.unit,
            round=digits if taken.round else None,
            negative="zero" if taken.zero else "refuse",
        )
        if written != NumberFormat():
            self._keep(self._numbers, target, source, written)

    def _keep(self, kept: dict[str, Any], target: str, source: str, form: Any) -> None:
        if kept.setdefault(source, form) != form:
            self.problems.append(Problem(TWO_WAYS, column=target))


def as_choice(mapping: Mapping) -> Choice | None:
    """What a person would have chosen to get this mapping; None where it says more than a choice can."""
    says_until = mapping.as_of is not None and mapping.kind is LoadKind.payments
    if mapping.blank or mapping.explode or mapping.where or says_until:
        return None
    sources = {target: source for source, target in mapping.rename.items()}
    for target, expression in mapping.derive.items():
        if not isinstance(expression, dict) or set(expression) != {"from"}:
            return None
        sources[target] = expression["from"]
    dates = {source: _date(formats) for source, formats in mapping.dates.items()}
    if None in dates.values() or not set(mapping.values) <= set(sources.values()):
        return None
    values = {
        source: {str(foreign): str(ours) for foreign, ours in said.items()} for source, said in mapping.values.items()
    }
    found = {
        target: Taken(source, date=dates.get(source), values=values.get(source), **_number(mapping.numbers.get(source)))
        for target, source in sources.items()
    }
    told = {**mapping.implied, **mapping.constants}
    constants = {target: Taken(constant=str(value)) for target, value in told.items() if value is not None}
    return found | constants


def _date(formats: str | Sequence[str]) -> str | None:
    """The way of writing a day that all these formats share."""
    written = [formats] if isinstance(formats, str) else list(formats)
    return next((form for form in FORMS if form and all(one.startswith(form) for one in written)), None)


def _number(form: NumberFormat | None) -> dict[str, Any]:
    if form is None:
        return {}
    marks = NumberForm(form.thousands, form.decimal).form
    return {"number": marks, "round": form.round is not None, "zero": form.negative == "zero"}
