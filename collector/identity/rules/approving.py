"""Who may decide what another proposed: never the same person, under whatever login (security section 1)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

RECENT: Final = timedelta(days=7)
"""So long whoever made, reset or promoted a login might still be the one behind it."""
FRESH: Final = timedelta(minutes=5)
"""So long a password or a code that was given in a session speaks for the person before the screen."""


class Hand(StrEnum):
    """How one person may have come to act as another."""

    created = "created"
    reset = "reset"
    promoted = "promoted"


@dataclass(frozen=True, slots=True)
class Touch:
    """Somebody's hand on the checker's login. `staff_no` None: the command line, which has no name."""

    hand: Hand
    staff_no: str | None
    at: datetime


SELF: Final = "who proposed something can not approve it; ask another person"
REASONS: Final = {
    Hand.created: "your login was made by who proposed this, less than 7 days ago; ask another person",
    Hand.reset: "your password was reset less than 7 days ago by who proposed this; ask another person",
    Hand.promoted: "your roles were given less than 7 days ago by who proposed this; ask another person",
}
NAMELESS: Final = (
    "your password was reset from the command line less than 7 days ago, and nobody can say by whom; ask another person"
)


def why_not_decide(maker: str, checker: str, touches: Iterable[Touch], now: datetime) -> str | None:
    """The reason why this checker may not decide what that maker proposed, both told by staff number; None: they may.

    A login that was set up from the command line is an installation's first; one that was reset from there could be in
    anybody's hands, so it decides nothing for as long as one that the maker reset.
    """
    if hmac.compare_digest(maker.encode(), checker.encode()):
        return SELF
    for touch in touches:
        if now >= touch.at + RECENT:
            continue
        if touch.staff_no is None:
            if touch.hand is Hand.reset:
                return NAMELESS
        elif hmac.compare_digest(touch.staff_no.encode(), maker.encode()):
            return REASONS[touch.hand]
    return None
