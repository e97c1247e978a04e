"""The law as the gate reads it: packs, their rules with source and evidence, and what each portfolio tightens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from collector.compliance.packs import CODES, load_pack
from collector.compliance.rules import Pack
from collector.foundation.errors import NotFound
from collector.identity.rules import Scope
from collector.portfolio.queries import portfolios


@dataclass(frozen=True, slots=True)
class Book:
    """A portfolio that a pack binds. `tightening`: rule id → parameters in which it is stricter."""

    code: str
    collector_type: str
    debt_type: str
    tightening: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Law:
    pack: Pack
    books: Sequence[Book]


def packs(session: Session, scope: Scope) -> list[Law]:
    """Every pack that ships, with the portfolios of the scope that it binds."""
    return [law(session, scope, code) for code in CODES]


def law(session: Session, scope: Scope, code: str) -> Law:
    """One pack; an unknown code is a `NotFound`."""
    if code not in CODES:
        raise NotFound
    bound = [
        Book(book.code, book.collector_type.value, book.debt_type.value, book.tightening)
        for book in portfolios(session, scope)
        if book.jurisdiction == code
    ]
    return Law(load_pack(code), bound)
