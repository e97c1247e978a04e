"""What is decided about one person's day, as values."""

from __future__ import annotations

from typing import Any, NamedTuple

from collector.history.rules import Channel, RoundEnd
from collector.planning.rules.words import Purpose


class PlannedTask(NamedTuple):
    """A contact to make, with the columns of `planning.tables.Task` in their order. Seconds since 1970."""

    portfolio_id: int
    person_id: int
    account_id: int
    debts: str
    contact_point_id: int | None
    number: str | None
    channel: Channel
    purpose: Purpose
    segment: str
    stage: str
    level: str
    step: str | None
    skipped: str | None
    template: str | None
    tone: str | None
    caller: str | None
    slot: str | None
    not_before: int
    not_after: int
    rank: int
    priority: str
    reason: str
    owner_id: int | None
    callback_id: int | None
    campaign_id: int | None = None


class PlannedRefusal(NamedTuple):
    """A contact that was due, and the rules that did not allow it."""

    portfolio_id: int
    person_id: int
    account_id: int
    channel: Channel
    purpose: Purpose
    answer: str
    rules: tuple[tuple[str, str, str], ...]
    earliest: int | None
    contact_point_id: int | None = None


class RoundNote(NamedTuple):
    """Something about a phone's round that is true now and not on record: casework writes it to history. `how`:
    its end; None: the closing SMS is impossible or forbidden by `rules`."""

    contact_point_id: int
    how: RoundEnd | None
    rules: tuple[str, ...]
    evidence: dict[str, Any]


class Passed(NamedTuple):
    """Something that was due and is not done today, without a rule of contact law against it."""

    account_id: int
    channel: Channel | None
    purpose: Purpose | None
    why: str
    """`outranked`, `in_flight`, `later`, or a word of `Quiet`."""


class PersonPlan(NamedTuple):
    tasks: tuple[PlannedTask, ...] = ()
    refusals: tuple[PlannedRefusal, ...] = ()
    rounds: tuple[RoundNote, ...] = ()
    passed: tuple[Passed, ...] = ()
