"""For counsel's eyes: how far the matter has come, its days at court, its costs, and who talks to the borrower."""

from __future__ import annotations

from collections.abc import Iterator

from collector.foundation.clock import local
from collector.legal.casefile.telling.parts import Part, Told, day, facts, note, table
from collector.legal.matters.money import Handed
from collector.legal.matters.tables import CourtDate, MatterStep


def handed(told: Told, one: Handed) -> list[Part]:
    """Only in a file that counsel is given: a court is shown none of it."""
    return [_facts(told, one), *_stages(told, one), *_dates(told, one), *_costs(told, one)]


def _facts(told: Told, one: Handed) -> Part:
    words, matter = told.words, one.matter
    rows = [
        (words("counsel"), matter.counsel),
        (words("contact"), one.contact),
        (words("stage_title"), words.of("stage", matter.stage)),
        (words("court"), matter.court or words("not_said")),
        (words("case_no"), matter.case_no or words("not_said")),
    ]
    for name, amount in (("claimed", matter.claimed), ("awarded", matter.awarded)):
        rows += [(words(name), told.money(amount))] if amount is not None else []
    return facts(rows)


def _stages(told: Told, one: Handed) -> Iterator[Part]:
    words, rows = told.words, [_stage(told, row) for row in one.steps]
    if rows:
        head = words.many("date", "stage_title", "court", "case_no", "exhibit")
        yield table(head, rows, [0, 3, 3, 3, 0], title=words("stages"))


def _stage(told: Told, row: MatterStep) -> list[str]:
    words = told.words
    paper = next((str(one.number) for one in told.exhibits if one.document.id == row.document_id), "")
    stage = words.of("stage", row.stage)
    if row.outcome is not None:
        stage = f"{stage}: {words.of('outcome_of_matter', row.outcome)}"
    return [day(row.on), stage, row.court, row.case_no, words("to_come") if row.paper_to_come else paper]


def _dates(told: Told, one: Handed) -> Iterator[Part]:
    words, rows = told.words, [_date(told, row) for row in one.dates]
    if rows:
        head = words.many("time", "kind_title", "place", "what_to_do", "by_whom", "state")
        yield table(head, rows, [3, 2, 2, 4, 2, 2], title=words("court_dates"))


def _date(told: Told, row: CourtDate) -> list[str]:
    words = told.words
    when = f"{local(row.at, row.zone):%Y-%m-%d %H:%M} ({row.zone})"
    ended = words.of("date_end", row.ended) if row.ended else words("still_open")
    return [when, words.of("date_kind", row.kind), row.place, row.what, row.who, ended]


def _costs(told: Told, one: Handed) -> Iterator[Part]:
    words = told.words
    rows = [
        [
            day(row.on),
            words.of("cost", row.kind),
            words.of("advancer", row.advanced_by),
            words("yes") if row.recoverable else words("no"),
            told.money(row.amount),
        ]
        for row in one.costs
    ]
    if not rows:
        yield note(words("no_costs"))
        return
    total = [words("total"), "", "", "", told.money(sum(row.amount for row in one.costs))]
    head = words.many("date", "kind_title", "advanced_by", "recoverable", "amount")
    yield table(head, rows, [0, 3, 3, 2, 3], title=words("costs"), right=[4], total=total)
