"""The form of the mapping page, read: what somebody chose for each of our columns. Nothing else is taken."""

from __future__ import annotations

from collections.abc import Mapping

from collector.foundation.errors import BadInput
from collector.portfolio.loading.choice import Choice, Taken, foreign_words
from collector.portfolio.loading.headings import wanted, words
from collector.portfolio.rules import FORMS, NUMBER_FORMS, LoadKind, Sample

ASKED = frozenset({"from", "constant", "date", "number", "round", "zero", "value"})
"""What the form says of a column."""
VALUE = "value-"
NOT_OFFERED = "this choice is not one of those offered; open the page again"


def chosen_in(fields: Mapping[str, str], kind: LoadKind, sample: Sample) -> Choice:
    """What the form says for each of our columns; anything it can not say is a `BadInput`."""
    names = {one.name for one in wanted(kind)}
    said: dict[str, dict[str, str]] = {}
    for field, value in fields.items():
        part, _, rest = field.partition("-")
        target, _, word = rest.partition("-")
        if part not in ASKED or target not in names:
            raise BadInput(f"{field[:40]}: is not asked for here; open the page again")
        if value.strip() or part == "value":
            said.setdefault(target, {})[f"{VALUE}{word}" if part == "value" else part] = value.strip()
    return {
        target: _taken(kind, target, parts, sample)
        for target, parts in said.items()
        if "from" in parts or "constant" in parts
    }


def _taken(kind: LoadKind, target: str, parts: Mapping[str, str], sample: Sample) -> Taken:
    place, form, number = parts.get("from"), parts.get("date"), parts.get("number")
    try:
        source = sample.header[int(place)] if place is not None and int(place) >= 0 else None
        date = FORMS[int(form)] if form is not None and int(form) >= 0 else None
    except (ValueError, IndexError) as error:
        raise BadInput(NOT_OFFERED) from error
    if number is not None and number not in NUMBER_FORMS:
        raise BadInput(NOT_OFFERED)
    if source is None:
        return Taken(constant=parts.get("constant"))
    cells = sample.cells(list(sample.header).index(source))
    values = _values(kind, target, parts, foreign_words(kind, target, cells))
    return Taken(source, None, date, number, "round" in parts, "zero" in parts, values)


def _values(kind: LoadKind, target: str, parts: Mapping[str, str], foreign: Mapping[str, str]) -> dict[str, str] | None:
    """What the file's words mean. Words that another column said, which was chosen before, are passed over."""
    said = {name.removeprefix(VALUE): ours for name, ours in parts.items() if name.startswith(VALUE)}
    if any(ours and ours not in words(kind, target) for ours in said.values()):
        raise BadInput(NOT_OFFERED)
    kept = {word: ours for word, ours in said.items() if word in foreign}
    return kept or None
