"""How long a session lives: 15 minutes without use, 12 hours at most (ASVS 7.3.1-2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=12)


def lives(created_at: datetime, seen_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    """Whether a session that began, was last used and perhaps was ended then, still opens anything."""
    return ended_at is None and now <= seen_at + IDLE and now <= created_at + LONGEST
