"""What the file's columns are taken for: the guess, what a person made of it, and how the first rows are read by it."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from collector.casework.uploads import Folder
from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import Manner
from collector.foundation.money import exponent
from collector.portfolio.loading import Mapping, in_our_columns, sample_of
from collector.portfolio.loading.choice import Choice as Chosen
from collector.portfolio.loading.choice import Chosen as Choosing
from collector.portfolio.loading.choice import Taken, as_choice, foreign_words, guessed, guesses
from collector.portfolio.loading.headings import holds, wanted, words
from collector.portfolio.rules import (
    COUNTED,
    DATED,
    EXCEL,
    FORMS,
    ISO,
    NUMBER_FORMS,
    PERSONAL,
    Guess,
    Holds,
    LoadKind,
    Sample,
    Why,
    dates_of,
    is_personal,
    numbers_of,
    veiled,
)
from collector.portfolio.tables import Portfolio, SavedMapping, Upload
from collector.web.templating import Cell, Choice, Page, Table, choices, table
from collector.web.words import Words

EXAMPLE = datetime(2026, 12, 31)  # noqa: DTZ001 - shows how a day is written, in no zone
SHOWN_ROWS = 8
READ_ROWS = 3
LONGEST_CELL = 40


@dataclass(frozen=True)
class Target:
    """One of our columns, and where it comes from. `place`: of the file's column, as the form sends it; `forms`: how
    dates or numbers may be written, none where that is no question."""

    name: str
    words: str
    required: bool
    place: str
    constant: str
    why: str
    why_look: str
    reads: Sequence[str]
    problem: str
    form_name: str = ""
    forms: Sequence[Choice] = ()
    form: str = ""
    seen: str = ""
    """How they are written, as far as the cells say it."""
    boxes: Sequence[tuple[str, str, bool]] = ()
    """Name, words and state of what may be ticked."""
    said: Sequence[tuple[str, str, str]] = ()
    """Name of the field, what the file says, and which of our words it means."""
    ours: Sequence[Choice] = ()
    """Our few words."""


@dataclass(frozen=True)
class MappingPage(Page):
    template: ClassVar[str] = "mapping.html"
    token: str
    file: str
    facts: Sequence[str]
    columns: Sequence[Choice]
    targets: Sequence[Target]
    more: Sequence[Target]
    """Columns that nothing is taken for, and that need not be there."""
    sample: Table
    origin: str
    """Where the mapping comes from: a sentence."""
    offered: Sequence[tuple[str, str]]
    """Other mappings to start from: address and words."""
    yaml: str
    """A mapping that says more than the form can, as it is."""
    start: str
    """Of the kept mapping that it comes from; empty: the file's own."""


@dataclass(frozen=True)
class First:
    """How a file is written, and its first rows."""

    manner: Manner
    sample: Sample
    sheet: str


def first_of(folder: Folder) -> First:
    manner = Manner(**folder.manner())
    return First(manner, *sample_of(folder.source, manner))


@dataclass(frozen=True)
class Look:
    """A file as far as its mapping page knows it."""

    row: Upload
    book: Portfolio | None
    sample: Sample
    manner: Manner
    sheet: str
    path_name: str
    choice: Chosen | None
    """None: the mapping says more than a choice."""
    mapping: Mapping
    problems: Sequence[Problem] = ()
    guessed: Map[str, Guess] = field(default_factory=dict)

    @property
    def digits(self) -> int:
        return exponent(self.book.currency) if self.book else 2


def look_at(
    folder: Folder, row: Upload, book: Portfolio | None, read: First, chosen: Chosen | Mapping | None = None
) -> Look:
    """The file with what was chosen for it; None: with what is guessed."""
    manner, sample, sheet = read.manner, read.sample, read.sheet
    guess = {one.target: one for one in guesses(row.kind, sample)}
    digits = exponent(book.currency) if book else 2
    choosing = Choosing(row.kind, sample, digits)
    choice = as_choice(chosen) if isinstance(chosen, Mapping) else chosen
    if choice is None and isinstance(chosen, Mapping):
        written = {"encoding": manner.encoding, "delimiter": manner.delimiter}
        whole = chosen.model_copy(update=written)
        return Look(row, book, sample, manner, sheet, folder.source.name, None, whole, (), guess)
    choice = guessed(row.kind, sample) if choice is None else choice
    choice = {
        target: taken for target, taken in choice.items() if taken.source is None or taken.source in sample.header
    }
    mapping = choosing.mapping(choice, manner, book.code if book else None, None)
    return Look(row, book, sample, manner, sheet, folder.source.name, choice, mapping, choosing.problems, guess)


def targets(look: Look, t: Words) -> list[Target]:
    """Our columns with what was chosen; those that are needed first, then those that were found."""
    choice = look.choice or {}
    reads = _reads(look)
    asked = {problem.column: problem.reason for problem in look.problems}
    found = [
        _target(one.name, one.required, choice.get(one.name, Taken()), reads.get(one.name, ()), asked, look, t)
        for one in wanted(look.row.kind)
    ]
    return sorted(found, key=lambda one: (not one.required, not one.problem, not (one.place or one.constant)))


def is_shown(one: Target) -> bool:
    """Whether it stands among the first: what is needed, was found, or is asked."""
    return bool(one.required or one.place or one.constant or one.why or one.problem)


def _target(
    name: str, required: bool, taken: Taken, reads: Sequence[str], asked: Map[str | None, str], look: Look, t: Words
) -> Target:
    sort = holds(look.row.kind)[name]
    place = str(list(look.sample.header).index(taken.source)) if taken.source else ""
    cells = look.sample.cells(int(place)) if place else []
    why, shade = _why(look.guessed.get(name), taken, look.sample.header, t)
    target = Target(
        name=name,
        words=t.column(look.row.kind, name),
        required=required,
        place=place,
        constant=taken.constant or "",
        why=why,
        why_look=shade,
        reads=reads,
        problem=t.clause(asked[name]) if name in asked else "",
    )
    if sort in DATED:
        form = str(FORMS.index(taken.date)) if taken.date else ""
        shown = dict(zip(FORMS, (one.words for one in date_choices(t)), strict=True))
        known = [shown[one.form] for one in dates_of(cells)]
        return replace(target, form_name=f"date-{name}", forms=date_choices(t), form=form, seen=" / ".join(known[:2]))
    if sort in COUNTED:
        forms = [Choice(form, form) for form in NUMBER_FORMS]
        known = [one.form for one in numbers_of(cells, look.digits if sort is Holds.money else None)]
        boxes = _boxes(name, sort, taken, look, t)
        return replace(
            target,
            form_name=f"number-{name}",
            forms=forms,
            form=taken.number or "",
            seen=" / ".join(known[:2]),
            boxes=boxes,
        )
    return _with_words(target, taken, cells, look.row.kind, t)


def _with_words(target: Target, taken: Taken, cells: Sequence[str], kind: LoadKind, t: Words) -> Target:
    """Where the file says other words than ours, each is asked."""
    foreign = foreign_words(kind, target.name, cells)
    if not foreign:
        return target
    meant = foreign | dict(taken.values or {})
    said = [(f"value-{target.name}-{word}", word, meant[word]) for word in foreign]
    return replace(target, said=said, ours=choices(t, words(kind, target.name)))


def _boxes(name: str, sort: Holds, taken: Taken, look: Look, t: Words) -> list[tuple[str, str, bool]]:
    """Rounding and negative amounts are asked only where the cells have them."""
    if taken.source is None or sort is not Holds.money:
        return []
    cells = look.sample.cells(list(look.sample.header).index(taken.source))
    forms = numbers_of(cells, look.digits)
    boxes = []
    if taken.round or any(form.fine for form in forms):
        boxes.append((f"round-{name}", t("round to the currency"), taken.round))
    if taken.zero or any(form.negative for form in forms):
        boxes.append((f"zero-{name}", t("less than nothing counts as nothing"), taken.zero))
    return boxes


def date_choices(t: Words) -> list[Choice]:
    """Each way of writing a day, by the last day of a year."""
    shown = {ISO: "2026-12-31", EXCEL: t("spreadsheet number, 46387")}
    return [Choice(str(at), shown.get(form) or EXAMPLE.strftime(form)) for at, form in enumerate(FORMS)]


def _why(guess: Guess | None, taken: Taken, header: Sequence[str], t: Words) -> tuple[str, str]:
    """Why this column is the one, and how to look at it."""
    if taken.constant:
        return t("the same in every row"), ""
    if guess is None or guess.place is None:
        return (t("chosen"), "") if taken.source else ("", "")
    if guess.why is Why.doubtful and not taken.source:
        return t("not {column}? Its cells do not fit", column=header[guess.place]), "look"
    if taken.source != header[guess.place]:
        return (t("chosen"), "") if taken.source else ("", "")
    words = {
        Why.same_name: t("same name"),
        Why.known_name: t("known name"),
        Why.similar_name: t("similar name"),
        Why.content: t("by its cells"),
        Why.doubtful: t("its cells do not fit"),
    }
    return f"{words[guess.why]} · {guess.sure:.0%}", "look" if guess.sure < 0.9 else "good"


def _reads(look: Look) -> dict[str, list[str]]:
    """The first rows in our columns, as a load would read them; somebody's are veiled."""
    first = Sample(look.sample.header, look.sample.rows[:READ_ROWS])
    try:
        made = in_our_columns(look.mapping, first, look.path_name)
    except BadInput:
        return {}
    sorts = holds(look.row.kind)
    shown = {name: [_veil(cell, sorts.get(name)) for cell in cells] for name, cells in made.items()}
    return {name: list(filter(None, cells)) for name, cells in shown.items()}


def _veil(cell: str, sort: Holds | None) -> str:
    text = cell.strip()
    shown = veiled(text) if sort in PERSONAL or is_personal(text) else text
    return f"{shown[:LONGEST_CELL]}…" if len(shown) > LONGEST_CELL else shown


def sample_table(look: Look, t: Words) -> Table:
    """The first rows as they are, but for what is somebody's."""
    sorts = holds(look.row.kind)
    takes = look.mapping.rename
    personal = {source for source, target in takes.items() if sorts.get(target) in PERSONAL}
    header = list(look.sample.header)
    rows = [
        [Cell(_veil(cell, Holds.name if name in personal else None)) for name, cell in zip(header, row, strict=True)]
        for row in look.sample.rows[:SHOWN_ROWS]
    ]
    return table(header, rows, t("The file holds a header and no row."))


def offers(saved: Sequence[SavedMapping], token: str, t: Words) -> list[tuple[str, str]]:
    """Mappings to start from instead."""
    found = [(f"/operations/files/{token}?start=guess", t("guess anew"))]
    return found + [(f"/operations/files/{token}?start={row.id}", row.name or t("the last one used")) for row in saved]
