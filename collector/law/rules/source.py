"""On whose authority a rule or a number stands here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
