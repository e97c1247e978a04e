"""How many people of a campaign are released: few first, then all, never two contacts for one (`rules.brake`)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from collector.dispatch.rules.brake import Limits, Sample, room_for


class Count(NamedTuple):
    """How a campaign stands, in people. `waiting`: whose turn may come now; `later`: on another day; `released`: not
    contacted yet. `sample`: what became of those who were."""

    waiting: int
    later: int
    released: int
    sample: Sample


class Release(NamedTuple):
    """What is to be done now. `pause`: why it must wait for a person. `passed`: the first contacts were good."""

    people: int = 0
    pause: str = ""
    passed: bool = False
    over: bool = False


WAIT = Release()


def next_release(
    count: Count, window: tuple[datetime, datetime], at: datetime, limits: Limits, *, passed: bool
) -> Release:
    """While the first are being contacted there are never more released and contacted than the sample holds. After
    them, once `passed`, the limits go on to hold, of every so many contacts."""
    starts_at, ends_at = window
    why = too_many(count.sample, limits)
    if why:
        return Release(pause=why)
    if at >= ends_at or not (count.waiting or count.later or count.released):
        return Release(over=True)
    if at < starts_at:
        return WAIT
    room = room_for(_in_proportion(count.sample, limits), at, limits)
    if passed or room.messages is None:
        return Release(count.waiting, passed=True)
    return Release(max(0, min(room.messages - count.released, count.waiting)))


def too_many(sample: Sample, limits: Limits) -> str:
    """What went wrong too often; empty: nothing did."""
    measured = _in_proportion(sample, limits)
    if measured.failed >= limits.errors:
        return f"{sample.failed} of {sample.sent} contacts failed"
    if measured.opted_out >= limits.opt_outs:
        return f"{sample.opted_out} of {sample.sent} people opted out"
    return ""


def _in_proportion(sample: Sample, limits: Limits) -> Sample:
    """Of a larger number of contacts, what fell on as many as the sample holds."""
    if sample.sent <= limits.sample:
        return sample
    share = limits.sample / sample.sent
    return sample._replace(failed=int(sample.failed * share), opted_out=int(sample.opted_out * share))
