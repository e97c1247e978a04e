"""On whose authority a rule or a number stands here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Evidence(StrEnum):
    """How well the source is known. Nothing `unverified` is ever presented as sourced."""

    text = "text"
    """The legal text or the regulator's page was read."""
    secondary = "secondary"
    """A law firm's or the press's account."""
    unverified = "unverified"
    """General knowledge, to be checked by the user's counsel."""
    house = "house"
    """A default of this house, no law."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a term comes from, as pages and case files print it."""

    rule: str
    """Its id, such as CN-LIMIT."""
    source: str
    evidence: Evidence
    note: str = ""
    others: tuple[Wording, ...] = ()
    """The same in other languages."""

    def source_in(self, language: str) -> str:
        """Where it comes from, in that language ("zh", also as "zh-CN") where it was written in it."""
        return next((one.source for one in self.others if one.language == language[:2] and one.source), self.source)

    def note_in(self, language: str) -> str:
        """What is to be said of it, likewise."""
        return next((one.note for one in self.others if one.language == language[:2] and one.note), self.note)


class Wording(NamedTuple):
    """A source as one language writes it; empty: as it stands."""

    language: str
    source: str = ""
    note: str = ""
