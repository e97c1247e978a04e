"""How long what must be kept, and what follows when that is over: terms as data of a pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from collector.law.rules import Evidence


class Retained(StrEnum):
    """Kinds of records that have a term of their own."""

    recording = "recording"
    """The sound of a call."""
    message = "message"
    """The words of messages that went out or came in."""
    contact = "contact"
    """Numbers and notes of contacts; that there was one, when, and how it ended stays."""
    paper = "paper"
    """Scans, letters and their words."""
    person = "person"
    """Names, ID numbers, addresses and phones."""
    ledger = "ledger"
    case_file = "case_file"
    export = "export"
    audit = "audit"


REMOVABLE = (Retained.recording, Retained.message, Retained.contact, Retained.paper, Retained.person)
"""What a purge can remove. The others hold ids, amounts and digests: they prove, and tell nothing of a person."""


class Since(StrEnum):
    """What a term begins with."""

    contact = "contact"
    last_activity = "last_activity"
    closing = "closing"


@dataclass(frozen=True, slots=True)
class Term:
    """Kept so many years; `keep_years` None: for ever. `must_go`: afterwards the law wants it removed, else it may be.
    `debt_types` empty: of every debt."""

    id: str
    kinds: frozenset[Retained]
    since: Since
    keep_years: int | None
    must_go: bool
    debt_types: frozenset[str]
    title: Mapping[str, str]
    source: str
    evidence: Evidence
    note: str = ""

    def binds(self, kind: Retained, debt_type: str) -> bool:
        """Whether it speaks of that kind of record of such a debt."""
        return kind in self.kinds and (not self.debt_types or debt_type in self.debt_types)
