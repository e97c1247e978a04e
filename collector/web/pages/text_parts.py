"""The tables of the pages about texts."""

from __future__ import annotations

from collections.abc import Sequence

from collector.casework.views import texts as views
from collector.casework.views.texts import InBook, TextRow
from collector.texts.rules import VARIABLES, Segments, Stand
from collector.texts.tables import TextVersion
from collector.texts.template import Template
from collector.web.templating import Cell, Table, Told, num, table
from collector.web.words import Words

Rows = Sequence[Sequence[Cell | str]]
STANDS = {
    Stand.registered: "good",
    Stand.submitted: "look",
    Stand.coming: "look",
    Stand.unregistered: "dim",
    Stand.rejected: "late",
    Stand.expired: "late",
    Stand.other_words: "late",
}


def in_short(one: TextRow, t: Words) -> Sequence[Cell | str]:
    template = one.template
    needed = [book for book in one.books if book.needs_registration]
    lacking = [book.book.code for book in needed if book.stand is not Stand.registered]
    registered = Cell(", ".join(lacking), "late") if lacking else Cell(t("everywhere") if needed else "", "good")
    return [
        Cell(template.name, "", f"/texts/{template.language}/{template.name}"),
        template.language,
        t.word(template.purpose),
        t.word(template.tone),
        num(str(one.segments.parts)),
        Cell(one.segments.encoding.value, "dim"),
        str(one.version) if one.version else Cell(t("file"), "dim"),
        Cell(users_of(one, t), "wrap"),
        Cell(", ".join(sorted({t.word(book.content) for book in one.books})), "wrap"),
        registered,
        Cell(t("a change waits"), "look") if one.proposal else "",
    ]


def users_of(one: TextRow, t: Words) -> str:
    codes = sorted({code for used in one.used for code in used.codes})
    answers = [t("automatic answers")] if one.template.name in views.ANSWERS else []
    return ", ".join([*codes, *answers]) or t("nobody")


def about(row: TextRow, t: Words) -> list[tuple[str, str]]:
    return [
        (t("Purpose"), t.word(row.template.purpose)),
        (t("Tone"), t.word(row.template.tone)),
        (t("Description"), row.template.description),
        (t("Comes to"), comes_to(row.segments, t)),
        (t("Version"), str(row.version) if row.version else t("file")),
        (t("Used by"), users_of(row, t)),
    ]


def comes_to(segments: Segments, t: Words) -> str:
    """What the sample is carried and billed as."""
    told = {"parts": segments.parts, "units": segments.units, "encoding": segments.encoding.value}
    return t("{parts} parts, {units} units in {encoding}", **told)


def variables(template: Template, t: Words) -> Table:
    rows: Rows = [
        [
            name,
            Cell(t(VARIABLES[name].meaning), "wide"),
            Cell(str(VARIABLES[name].zh if template.language == "zh" else VARIABLES[name].en), "wide dim"),
        ]
        for name in sorted(template.variables)
    ]
    return table([t("Variable"), t("Meaning"), t("Sample")], rows, t("This text is the same for everybody."))


def used(row: TextRow, t: Words) -> Table:
    rows: Rows = [[Cell(one.place, "code"), ", ".join(one.codes)] for one in row.used]
    return table([t("Place in the strategy"), t("Portfolios")], rows, t("No strategy in force names it."))


def in_books(found: Sequence[InBook], t: Words) -> Table:
    head = [t("Portfolio"), t("Carried as"), t("Carrier"), t("Stands"), t("Number there"), t("Since"), t("Until")]
    rows: Rows = [
        [
            Cell(one.book.code, "", f"/portfolios/{one.book.id}"),
            t.word(one.content),
            one.registration.carrier if one.registration else "",
            Cell(
                t.word(one.stand) if one.registration or one.needs_registration else t("not needed"),
                STANDS[one.stand] if one.registration or one.needs_registration else "dim",
            ),
            one.registration.carrier_id if one.registration else "",
            one.registration.since.isoformat() if one.registration else "",
            one.registration.until.isoformat() if one.registration and one.registration.until else "",
            _refused(one, t),
        ]
        for one in found
    ]
    return table([*head, t("Rules")], rows, t("No portfolio that you see writes in this language."))


def _refused(one: InBook, t: Words) -> Cell:
    if not one.refused:
        return Cell(t("nothing is against it"), "good")
    return Cell("; ".join(f"{rule}: {t.reason(reason)}" for rule, _, reason in one.refused), "late wide")


def versions(rows: Sequence[TextVersion], t: Words) -> Table:
    told = Told(t, "UTC")
    return table(
        [num(t("Version")), t("From"), t("written by"), t("agreed by"), t("Reason"), t("Words")],
        [
            [
                num(str(row.version)),
                told.whose(row.at),
                row.author,
                row.checker,
                Cell(row.reason, "wrap"),
                Cell(row.source, "said-so"),
            ]
            for row in rows
        ],
        t("It was not changed in the house; its file holds."),
    )
