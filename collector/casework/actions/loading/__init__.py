"""Files in, and everything that follows from them: `book` for any kind, `events` for what a taken-over book brings."""

from collector.casework.actions.loading import uploads
from collector.casework.actions.loading.book import follow_accounts, load

__all__ = ["follow_accounts", "load", "uploads"]
