"""Letters as they were posted, and what the post or the reader proved of each."""

from __future__ import annotations

from collector.history.rules import LetterStep
from collector.history.tables import LetterEvent
from collector.legal.casefile.reading import Letter, loose_letters
from collector.legal.casefile.telling.parts import SMALLER, Part, Told, day, table
from collector.texts.rules import number_of


def letters(told: Told) -> list[Part]:
    """Each with its number, kind, posting and end; then those that only a contact tells of."""
    words, parts = told.words, []
    if rows := [_letter(told, one) for one in told.material.letters]:
        head = words.many("letter_no", "kind_title", "to_whom", "posted_on", "posting", "became", "proof")
        parts.append(table(head, rows, [0, 3, 4, 0, 4, 4, 2], size=SMALLER))
    other = [[told.time(row.at), told.person(row.person_id), row.text or ""] for row in loose_letters(told.material)]
    if other:
        title = words("other_letters") if parts else None
        parts.append(table(words.many("time", "to_whom", "posting"), other, [0, 3, 4], title=title))
    return parts


def _letter(told: Told, one: Letter) -> list[str]:
    words, posted = told.words, one.steps[LetterStep.posted]
    return [
        number_of(one.row.id or 0),
        words.of("letter_kind", one.row.kind),
        told.person(one.row.person_id),
        day(posted.on),
        posted.posting_no or "",
        _became(told, one.end),
        "; ".join(filter(None, (told.exhibit(step.document_id) for step in _proofs(one)))),
    ]


def _became(told: Told, end: LetterEvent | None) -> str:
    words = told.words
    if end is None:
        return words("letter_open")
    why = f", {words.of('return_reason', end.reason)}" if end.reason is not None else ""
    return f"{words.of('letter_step', end.step)} {day(end.on)}{why}"


def _proofs(one: Letter) -> list[LetterEvent]:
    """Steps that a scan proves: its own PDF is among the exhibits as a letter."""
    return [one.steps[step] for step in LetterStep if step in one.steps and step is not LetterStep.printed]
