"""Planned contacts as rows, the same for the night plan, a single person and the digest of a dry run."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from collector.history.rules import Channel
from collector.planning.rules import Moment, PlannedRefusal, PlannedTask, Purpose, TaskState

TASK_COLUMNS = ("run_id", *PlannedTask._fields, "state")
REFUSAL_COLUMNS = (
    "run_id",
    "portfolio_id",
    "person_id",
    "account_id",
    "channel",
    "purpose",
    "moment",
    "answer",
    "rules",
    "at",
    "earliest",
)
CHANNELS = {channel: channel.value for channel in Channel}
PURPOSES = {purpose: purpose.value for purpose in Purpose}
_encode = msgspec.json.Encoder().encode
_FROM, _UNTIL = PlannedTask._fields.index("not_before"), PlannedTask._fields.index("not_after")
_CHANNEL = PlannedTask._fields.index("channel")


@lru_cache(maxsize=65536)
def stamp(seconds: int) -> str:
    """A moment as both databases read it when rows are filled in bulk: UTC, the zone of every connection."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def task_row(run_id: int | None, task: PlannedTask) -> tuple[Any, ...]:
    """The columns of `TASK_COLUMNS`."""
    return (
        run_id,
        *task[:_CHANNEL],
        CHANNELS[task.channel],
        PURPOSES[task.purpose],
        *task[_CHANNEL + 2 : _FROM],
        stamp(task.not_before),
        stamp(task.not_after),
        *task[_UNTIL + 1 :],
        TaskState.planned.value,
    )


def refusal_row(run_id: int | None, refusal: PlannedRefusal, at: int) -> tuple[Any, ...]:
    """The columns of `REFUSAL_COLUMNS`."""
    return (
        run_id,
        refusal.portfolio_id,
        refusal.person_id,
        refusal.account_id,
        CHANNELS[refusal.channel],
        PURPOSES[refusal.purpose],
        Moment.plan.value,
        refusal.answer,
        rules_json(refusal.rules),
        stamp(at),
        stamp(refusal.earliest) if refusal.earliest is not None else None,
    )


@lru_cache(maxsize=4096)
def rules_json(rules: tuple[tuple[str, str, str], ...]) -> str:
    """[{id, answer, reason}], as `planning.tables.Refusal.rules` keeps them."""
    return _encode([dict(zip(("id", "answer", "reason"), rule, strict=True)) for rule in rules]).decode()
