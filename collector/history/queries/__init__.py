"""Reads of what happened."""

from collector.foundation.database import among
from collector.history.queries.promises import open_promises, promises_due

__all__ = ["among", "open_promises", "promises_due"]
