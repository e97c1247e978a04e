"""A strategy as people write it: the shape of the YAML document (design section 6).

Days are days past due (in reminders: relative to the due date), hours are local, money is decimal major units of the
currency of the portfolio it is compiled for. `collector.strategy.reading` reads and checks one.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PrivateAttr

from collector.strategy.document.agreeing import AssetClassesPart, LedgerPart, TermsPart
from collector.strategy.document.contacting import (
    CampaignsPart,
    CapacityPart,
    HoldPart,
    PriorityPart,
    PromisePart,
    RemindersPart,
    RetryPart,
    SegmentRow,
    StepRow,
)
from collector.strategy.document.handing_over import AllocationPart, HandoffPart, LegalPart, RouteRow
from collector.strategy.document.values import Name, Operators, Part, Place, Positive, Span

__all__ = ["Document", "LegalPart", "Operators", "Place", "RemindersPart", "RouteRow", "StepRow", "line_of"]


class Document(Part):
    """The whole strategy. Only buckets, slots, segments and cadences have no default."""

    name: Name = "strategy"
    buckets: dict[Name, tuple[Positive, Positive | None]]
    slots: dict[Name, Span]
    segments: Annotated[tuple[SegmentRow, ...], Field(max_length=200)]
    cadences: dict[Name, Annotated[tuple[StepRow, ...], Field(max_length=200)]]
    retry: RetryPart = RetryPart()
    reminders: RemindersPart = RemindersPart()
    paydays: tuple[Annotated[int, Field(strict=True, ge=1, le=31)], ...] = (5, 10, 15, 28, 30)
    priority: PriorityPart = PriorityPart()
    capacity: CapacityPart = CapacityPart()
    promise: PromisePart = PromisePart()
    campaigns: CampaignsPart = CampaignsPart()
    handoff: HandoffPart = HandoffPart()
    holds: HoldPart = HoldPart()
    allocation: AllocationPart = AllocationPart()
    ledger: LedgerPart = LedgerPart()
    asset_classes: AssetClassesPart = AssetClassesPart()
    terms: TermsPart = TermsPart()

    _lines: dict[Place, int] = PrivateAttr(default_factory=dict)
    _file: str | None = PrivateAttr(default=None)

    def located(self, lines: dict[Place, int], file: str | None) -> Document:
        """The same document, knowing where in which file its parts stand."""
        self._lines, self._file = lines, file
        return self

    @property
    def asked(self) -> tuple[int, ...]:
        """The places of the rows that are asked: all but the disabled ones."""
        return tuple(at for at, row in enumerate(self.segments) if not row.disabled)

    @property
    def file(self) -> str | None:
        return self._file

    def line(self, place: Place) -> int | None:
        """The line of that part, or of the nearest part around it that is written down."""
        return line_of(self._lines, place)


def line_of(lines: dict[Place, int], place: Place) -> int | None:
    return next((lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in lines), None)
