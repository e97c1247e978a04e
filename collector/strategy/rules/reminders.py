"""Reminders before the due date, by group of payers (handbook section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from collector.facts.rules import AccountFacts
from collector.strategy.rules.cadence import Step


class ReminderGroup(StrEnum):
    """`autopay`: keep funds by …; `reliable`: one day before is enough."""

    reliable = "reliable"
    default = "default"
    autopay = "autopay"


@dataclass(frozen=True)
class Reminders:
    """Steps per group, on days relative to the due date: -7 is a week before, 0 the day itself.

    Reliable are the tiers in `reliable_tiers`, and with `never_missed` whoever has paid before and never missed an
    instalment: who has not paid yet has shown nothing.
    """

    steps: dict[ReminderGroup, tuple[Step, ...]]
    reliable_tiers: frozenset[str] = frozenset({"premium"})
    never_missed: bool = True

    def group(self, account: AccountFacts) -> ReminderGroup:
        if account.autopay:
            return ReminderGroup.autopay
        reliable = account.value_tier in self.reliable_tiers
        proven = account.last_paid_on is not None and not account.missed_cumulative
        if reliable or (self.never_missed and proven):
            return ReminderGroup.reliable
        return ReminderGroup.default

    def due_step(self, account: AccountFacts, today: date, until: date | None = None) -> Step | None:
        """The reminder for today; none when nothing is to be paid.

        `until`: also stand in for the reminders up to that day: on the last working day before a holiday, the
        holiday's last day. The latest of them is sent, once.
        """
        due_on, days_ahead = _due(account, today), 0 if until is None else (until - today).days
        if due_on is None:
            return None
        days = (today - due_on).days
        steps = self.steps.get(self.group(account), ())
        return next((step for step in reversed(steps) if days <= step.offset <= days + days_ahead), None)


def _due(account: AccountFacts, today: date) -> date | None:
    """Today when an instalment is due and unpaid today, else the next due date with something to pay."""
    if account.settled:
        return None
    return today if account.due_today else account.next_due_on
