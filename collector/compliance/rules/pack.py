"""A rule pack as data: which rule function is asked, with which parameters, on whose authority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from collector.compliance.rules.retention import Term
from collector.compliance.rules.verdict import Answer
from collector.law.rules import Evidence


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack."""

    id: str
    source: str
    evidence: Evidence
    title: Mapping[str, str]
    """By language: en, zh."""
    asks: str | None = None
    """Name of the rule function; None: a duty that is stated here and kept elsewhere."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    answer: Answer = Answer.deny
    binds: frozenset[str] = frozenset()
    """Collector types; empty: all."""
    debt_types: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """Calls may be recorded, once it was announced."""

    keep_years: int
    """From the call on; then the recording is removed."""
    rule: str = ""
    """The rule of the pack that asks for it; empty: a choice of this house."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules of a jurisdiction, house rules included."""

    code: str
    title: Mapping[str, str]
    rules: tuple[Rule, ...]
    zone: str | None = None
    """The one zone of everybody there; None: each person's own."""
    country: str = ""
    """ISO 3166 country of its working days; empty: Monday to Friday."""
    version: str = ""
    """Digest of the texts it was read from: what an audit entry names."""
    texts: tuple[str, str] = field(default=("", ""), repr=False)
    """Those texts: the pack's file, and that of the house rules."""
    recording: Recording | None = None
    """None: calls are not recorded."""
    retention: tuple[Term, ...] = ()
    """How long what is kept: the pack's own terms, then those of the house."""
