"""Where a text stands with a carrier that takes registered texts only."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Registration(StrEnum):
    """What a carrier said. `unregistered`: nothing yet, or it was taken back."""

    unregistered = "unregistered"
    submitted = "submitted"
    registered = "registered"
    rejected = "rejected"


class Stand(StrEnum):
    """What that means for the text in force, on a day."""

    unregistered = "unregistered"
    submitted = "submitted"
    registered = "registered"
    rejected = "rejected"
    coming = "coming"
    """Registered from a later day on."""
    expired = "expired"
    other_words = "other_words"
    """What is registered are other words than those in force."""


def stand(state: Registration, said_of: str, in_force: str, since: date, until: date | None, day: date) -> Stand:
    """`said_of`, `in_force`: digests of the words the carrier judged, and of those that are sent. Both days count."""
    if state is not Registration.registered:
        return Stand(state.value)
    if said_of != in_force:
        return Stand.other_words
    if day < since:
        return Stand.coming
    return Stand.expired if until is not None and day > until else Stand.registered
