"""Whom, when and by what: rows of the decision table, steps, reminders, rounds, priority, promises, holds."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from collector.history.rules import Channel
from collector.identity.rules import Level
from collector.portfolio.rules import BorrowerType, PartyRole, ValueTier
from collector.strategy.document.values import Count, Hours, Money, Name, Part, Positive, Share
from collector.strategy.rules import ReminderGroup, RetryMode, Stage, Tier
from collector.texts.rules import Tone


class SegmentRow(Part):
    """A row of the decision table. `when`: field → list of values, one value, or `Operators`."""

    name: Name
    when: dict[str, Any] | None = None
    stage: Stage
    level: Level
    cadence: Name | None = None
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    playbook: BorrowerType | None = None
    exception: bool = False
    """It is meant to take its accounts from the rows below it, whatever those ask: not reported as an overlap."""
    disabled: bool = False
    """It stays in the document and takes no account."""


class StepRow(Part):
    day: Positive
    channel: Channel
    slot: str | None = None
    template: str | None = None
    tone: Tone = Tone.firm
    to: PartyRole = PartyRole.borrower
    every: Positive | None = None
    """Again each so many days."""


class RetryPart(Part):
    callers: Positive = 3
    slots: Positive = 3
    attempts: Positive = 3
    days: Positive = 1
    min_gap_hours: Hours = 2
    mode: RetryMode = RetryMode.diagonal
    closing_sms_wait_hours: Hours = 48
    closing_template: str | None = "closing"
    reopen_once: bool = True


class ReminderPart(Part):
    days: tuple[Annotated[int, Field(strict=True, ge=-60, le=0)], ...]
    channel: Channel = Channel.sms
    slot: str | None = None
    template: str | None = "reminder"
    tone: Tone = Tone.informative


def _reminder(value: Any) -> Any:
    """A bare list of days stands for the group with everything else as usual."""
    return {"days": value} if isinstance(value, list) else value


class RemindersPart(Part):
    reliable: Annotated[ReminderPart, BeforeValidator(_reminder)] = ReminderPart(days=(-1,))
    default: Annotated[ReminderPart, BeforeValidator(_reminder)] = ReminderPart(days=(-7, -3, -1, 0))
    autopay: Annotated[ReminderPart, BeforeValidator(_reminder)] = ReminderPart(days=(-3, -1))
    reliable_tiers: tuple[ValueTier, ...] = (ValueTier.premium,)
    never_missed: bool = True

    def groups(self) -> dict[ReminderGroup, ReminderPart]:
        return {group: getattr(self, group.value) for group in ReminderGroup}


class ReachPart(Part):
    base: Share = 0.4
    reached_before: Share = 0.3
    each_unanswered: Annotated[float, Field(ge=-1, le=0)] = -0.05
    payday: Share = 0.15
    payday_within_days: Count = 2
    floor: Share = 0.05


class PriorityPart(Part):
    tiers: tuple[Tier, ...] = tuple(Tier)
    roll_days: tuple[tuple[Positive, Positive], ...] = ((28, 30), (58, 60), (88, 90))
    untouched_days: Positive = 5
    clock_days: Count = 30
    reach: ReachPart = ReachPart()


class CapacityPart(Part):
    accounts_per_agent: Positive = 100


class CampaignsPart(Part):
    approval_above: Count = 100
    first: Positive = 50
    wait_minutes: Count = 15
    errors: Positive = 5
    opt_outs: Positive = 2


class PromisePart(Part):
    silence_within_days: Count = 7
    silence_share: Annotated[Money, Field(le=1)] = Decimal("0.5")
    supervisor_after_days: Count = 14
    third_after_broken: Positive = 2
    banking_days: Count = 1
    reminder_hours_before: Count = 24
    reminder_template: str | None = "promise-reminder"
    broken_template: str | None = "promise-broken"
    how_to_pay_template: str | None = "how-to-pay"


class HoldPart(Part):
    extend_days: Count = 3
    longest_days: Positive = 92
