"""What a letter can not do without, refused by name with who can bring it: no letter has a silent gap."""

from __future__ import annotations

from collections.abc import Mapping

from collector.foundation.errors import BadInput, Problem
from collector.portfolio.rules import PartyRole
from collector.portfolio.rules.settings import CREDITOR
from collector.texts.letters.template import LetterTemplate, Rows
from collector.texts.rules import TERMS, LetterValue, Value

OF_OTHERS = {"person_name": ("parties", "name"), "person_address": ("parties", "address")}
"""Where the values of an addressee come from who is not the borrower."""
OF_THE_BORROWER = {"person_name": ("accounts", "borrower_name")}
TABLES = {
    "instalments": ("instalments", "due_on"),
    "parts": ("instalments", "due_on"),
    "bridge": ("instalments", "due_on"),
    "itemization": ("instalments", "due_on"),
    "agreed": (TERMS, ""),
    "schedule": (TERMS, ""),
    "obligors": ("parties", "role"),
}
"""Where the rows of a table come from."""


def require_whole(template: LetterTemplate, values: Mapping[str, Value], rows: Rows, role: PartyRole | None) -> None:
    """`BadInput` with everything that is missing. `role`: of who is addressed."""
    problems = [_lacks(value, role) for value in template.missing(values)]
    problems += [_lacks_table(thing, *TABLES[thing]) for thing in sorted(template.tables - rows.keys())]
    if problems:
        raise BadInput(problems=tuple(problems))


def _lacks(value: LetterValue, role: PartyRole | None) -> Problem:
    thing = value.meaning
    if value.name in CREDITOR:
        return Problem(f"{thing} is missing: two people can agree to it on the page of the portfolio")
    if value.source is None:
        return Problem(f"{thing} is missing: enter it with the letter")
    if value.name == "pay_instructions":
        return Problem(f"{thing} is missing: two people can agree to it on the page of the portfolio")
    if value.source[0] == TERMS:
        return _lacks_terms(thing)
    own = OF_THE_BORROWER if role in (PartyRole.borrower, None) else OF_OTHERS
    file, column = own.get(value.name, value.source)
    return Problem(f"{thing} is missing: operations can load it in the {file} file, column {column}")


def _lacks_terms(thing: str) -> Problem:
    return Problem(f"{thing} is missing: it is drawn from terms of the account that a second person approved")


def _lacks_table(thing: str, file: str, column: str) -> Problem:
    if file == TERMS:
        return _lacks_terms(thing)
    return Problem(f"{thing} is missing: operations can load it in the {file} file, column {column}")
