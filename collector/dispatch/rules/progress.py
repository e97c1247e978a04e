"""How a submission moves, and what the carrier is given (design sections 3 and 5)."""

from __future__ import annotations

from enum import StrEnum


class Progress(StrEnum):
    """Delivery words of ours; a carrier's words are translated at its adapter. They only move forward."""

    submitted = "submitted"
    accepted = "accepted"
    in_progress = "in_progress"
    delivered = "delivered"
    completed = "completed"
    undelivered = "undelivered"
    refused = "refused"
    unknown = "unknown"


ORDER: dict[Progress, int] = {
    Progress.submitted: 0,
    Progress.unknown: 1,
    Progress.accepted: 2,
    Progress.in_progress: 3,
    Progress.completed: 4,
    Progress.undelivered: 4,
    Progress.refused: 4,
    Progress.delivered: 5,
}
"""A late "delivered" outranks "undelivered": carriers correct themselves that way round only."""


def forward(now: Progress, reported: Progress) -> Progress:
    """The later of the two: statuses only move forward, whatever the order of callbacks."""
    return reported if ORDER[reported] > ORDER[now] else now
