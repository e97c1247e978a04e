"""Runs of plan and send with their totals, and one plan with its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request

from collector.casework.views import runs as views
from collector.dispatch.rules import Progress
from collector.history.rules import Channel
from collector.web.pages.shell import frame_of
from collector.web.session import CallerParam, DeskParam, reading
from collector.web.templating import Cell, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
CHANNELS = (Channel.call, Channel.sms)
"""Others have a column only where something was planned for them."""


@dataclass(frozen=True)
class PlanRunPage(Page):
    template: ClassVar[str] = "plan_run.html"
    title: str
    facts: Sequence[str]
    figures: Sequence[tuple[str, str, str]]
    tasks: Table
    refused: Table
    passed: Table
    left_out: Table


def plans_table(rows: Sequence[views.Planned], t: Words) -> Table:
    """The last plans, one a row."""
    channels = sorted({*CHANNELS, *(Channel(name) for one in rows for name in one.tasks)})
    return table(
        [
            t("When"), t("Portfolio"), t("State"), num(t("People")), *(num(t.word(channel)) for channel in channels),
            num(t("Refused")), num(t("Left out")), num(t("Seconds")),
        ],
        [
            [
                Cell(Told(t, one.zone).short(one.run.at), "", f"/operations/runs/{one.run.id}"),
                one.code,
                Cell(t.word(one.run.state), "good" if one.run.state == "current" else "dim"),
                num(f"{one.people:,}"),
                *(num(f"{one.tasks.get(channel, 0):,}") for channel in channels),
                num(f"{one.refused:,}"),
                num(f"{one.left_out:,}", "look" if one.left_out else ""),
                num(f"{one.seconds:,.1f}" if one.seconds is not None else ""),
            ]
            for one in rows
        ],
        t("Nothing was planned yet. The worker plans each new day by itself, once accounts are loaded."),
    )  # fmt: skip


def sends_table(rows: Sequence[views.Sent], t: Words) -> Table:
    """What left the house today, by how far it came."""
    states = [state for state in Progress if any(state in one.states for one in rows)]
    return table(
        [t("Portfolio"), t("Channel"), *(num(t.word(state)) for state in states), num(t("Together"))],
        [
            [
                one.code,
                t.word(one.channel),
                *(num(f"{one.states.get(state, 0):,}", _shade(state, one.states.get(state, 0))) for state in states),
                num(f"{sum(one.states.values()):,}"),
            ]
            for one in rows
        ],
        t("Nothing was sent today. The worker sends what is due, every quarter of a minute."),
    )


def _shade(state: Progress, count: int) -> str:
    if not count:
        return "dim"
    return {Progress.unknown: "look", Progress.undelivered: "late", Progress.refused: "late"}.get(state, "")


@router.get("/operations/runs/{plan_id}")
def plan_run_page(request: Request, plan_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """One plan: what it came to, by queue, by rule, and by what was passed over."""
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        whole = views.plan_run(session, caller.actor.scope, plan_id)
    one = whole.planned
    passed = [(_passed(name, t), count) for name, count in whole.passed]
    told, by = Told(t, one.zone), whole.by.removeprefix("user:")
    facts = [told.whose(one.run.at), t.word(one.run.state), one.run.strategy, t("by {name}", name=by) if by else ""]
    return render(
        PlanRunPage(
            frame=frame,
            title=t("Plan of {code} for {day}", code=one.code, day=told.day(one.run.day)),
            facts=[fact for fact in facts if fact],
            figures=[
                (t("People"), f"{one.people:,}", ""),
                *((t.word(channel), f"{count:,}", "") for channel, count in sorted(one.tasks.items())),
                (t("Refused"), f"{one.refused:,}", ""),
                (t("Left out"), f"{one.left_out:,}", "look" if one.left_out else ""),
                *([(t("Seconds"), f"{one.seconds:,.1f}", "")] if one.seconds is not None else []),
            ],
            tasks=_by_queue(whole.by_segment, t),
            refused=_counts(whole.refused, t("Rule"), t("No contact was refused."), t),
            passed=_counts(passed, t("Reason"), t("Nothing was passed over."), t),
            left_out=_counts(whole.left_out, t("Queue"), t("Every call fits into the agents' day."), t),
        )
    )


def _passed(name: str, t: Words) -> str:
    """Why a contact that was due was left; held is said of contact here, not of money."""
    return t("contact is held") if name == "held" else t.word(name)


def _by_queue(rows: Sequence[tuple[str, str, int]], t: Words) -> Table:
    """A queue a row, a channel a column; the largest first."""
    channels = sorted({channel for _, channel, _ in rows})
    counts: dict[str, dict[str, int]] = {}
    for segment, channel, count in rows:
        counts.setdefault(segment, {})[channel] = count
    largest = sorted(counts, key=lambda segment: (-sum(counts[segment].values()), segment))
    return table(
        [t("Queue"), *(num(t.word(channel)) for channel in channels), num(t("Together"))],
        [
            [
                segment,
                *(num(f"{counts[segment].get(channel, 0):,}") for channel in channels),
                num(f"{sum(counts[segment].values()):,}"),
            ]
            for segment in largest
        ],
        t("No contact was planned."),
    )


def _counts(rows: Sequence[tuple[str, int]], head: str, empty: str, t: Words) -> Table:
    return table([head, num(t("Count"))], [[name, num(f"{count:,}")] for name, count in rows], empty)
