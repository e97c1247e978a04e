"""What the person asked for: closed media, times and places that do not suit (12 CFR 1006.6(b), 1006.14(h))."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from collector.compliance.rules.agreed import agreed_spans
from collector.compliance.rules.case import Case
from collector.compliance.rules.contact import Purpose
from collector.compliance.rules.day import QUARTER, Day, day_of, second_at
from collector.compliance.rules.parameters import Parameters, Tighter, clock_seconds
from collector.compliance.rules.verdict import Answer, Finding
from collector.facts.rules import Mark, Standing
from collector.history.rules import Channel

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
BY_TELEPHONE = (Channel.call, Channel.sms)
"""What consent under the telephone law is about (47 CFR 64.1200)."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class OptOut(Parameters):
    """How far an opt-out reaches."""

    all_numbers: Annotated[bool, Tighter.on] = False
    """The whole medium is closed for the person, not only the number it came from."""
    all_from: Annotated[date | None, Tighter.lower] = None
    """Who opts out of calls or texts on that local day or later opts out of both; None: of what was said."""


def opt_out(p: OptOut, case: Case) -> Finding | None:
    """STOP, R, TD, T: the medium stays closed for every debt and every collector of the installation."""
    contact = case.contact
    if contact.purpose is Purpose.opt_out_confirmation:
        return None  # `confirmation` judges it
    for mark in _refusals(case):
        if not (p.all_numbers or case.same_number(mark.number)):
            continue
        if mark.channel in (None, contact.channel):
            return Finding(f"opted out of {mark.channel.value if mark.channel else 'every medium'}")
        if p.all_from is not None and _revokes_all(p.all_from, case, mark):
            return Finding(f"opted out of {mark.channel.value}, which since {p.all_from} means calls and texts")
    return None


def _revokes_all(since: date, case: Case, mark: Standing) -> bool:
    """Whether the law lets it reach further than was said; a later consent to this very channel takes that back."""
    channel = case.contact.channel
    if mark.channel not in BY_TELEPHONE or channel not in BY_TELEPHONE:
        return False
    if any(
        given.channel is channel and given.at > mark.at and case.same_number(given.number)
        for given in case.marks(Mark.consent)
    ):
        return False
    return any(day_of(day.zone, mark.at // QUARTER).ordinal >= since.toordinal() for day in case.days)


def _refusals(case: Case) -> Iterable[Standing]:
    yield from case.marks(Mark.opt_out)
    for mark in case.marks(Mark.revoked):
        if mark.channel is not None:
            yield mark


class Closed(Parameters):
    """Channels that the portfolio does not use."""

    channels: Annotated[tuple[Channel, ...], Tighter.more] = ()

    @property
    def is_idle(self) -> bool:
        return not self.channels


def closed_channel(p: Closed, case: Case) -> Finding | None:
    """The portfolio closed this channel."""
    if case.contact.channel in p.channels:
        return Finding(f"{case.contact.channel.value} is closed for this portfolio")
    return None


class Preference(Parameters):
    """Whether a later, agreed time overrides a wish."""

    agreed_once: bool = True


def preference(p: Preference, case: Case) -> Finding | None:
    """Times and places that the person called inconvenient; closed where it is so in any zone the person may be in.

    What was agreed later for this moment overrides a wish.
    """
    wishes = list(case.marks(Mark.preference))
    if not wishes:
        return None
    spans = agreed_spans(case, p.agreed_once, 0)
    agreed_at = max((span.made_at for span in spans if span.opens <= case.at < span.closes), default=-1)
    findings = [found for mark in wishes if mark.at >= agreed_at and (found := _against(case, mark))]
    if not findings:
        return None
    hard = [found for found in findings if found.answer is None] or findings
    ends = [found.until for found in findings]
    until = None if None in ends else max(end for end in ends if end is not None)
    ahead = [span.opens for span in spans if span.opens > case.at]
    return hard[0]._replace(until=min([*ahead, *([] if until is None else [until])], default=None))


def _against(case: Case, mark: Standing) -> Finding | None:
    if mark.channel not in (None, case.contact.channel) or not case.about(mark.debts):
        return None
    place = mark.detail.get("place")
    kind = case.contact.number_kind or (case.contact.phone.label if case.contact.phone else None)
    if place and kind is not None and kind != place:
        return None
    ends = [end for day in case.days if (end := _closed_until(case, mark, day)) is not None]
    if not ends:
        return None
    answer = Answer.review if place and kind is None else None
    until = max(ends) if min(ends) else None
    if mark.until is not None:
        until = mark.until if until is None else min(until, mark.until)
    return Finding("the person called this time or place inconvenient", until, answer)


def _closed_until(case: Case, mark: Standing, day: Day) -> int | None:
    """None: open. 0: closed on every day. Otherwise the next second at which that may change."""
    weekdays = mark.detail.get("weekdays") or []
    before, after = mark.detail.get("not_before"), mark.detail.get("not_after")
    if weekdays and WEEKDAYS[(day.ordinal - 1) % 7] not in weekdays:
        return None
    if before is None and after is None:
        return day.end if weekdays and len(set(weekdays)) < 7 else 0
    opens = clock_seconds(before) if before is not None else 0
    closes = clock_seconds(after) if after is not None else 86400
    clock = case.clock(day)
    is_open = opens <= clock < closes if opens <= closes else clock < closes or clock >= opens
    if is_open:
        return None
    turns = [turn for turn in (opens, closes) if clock < turn < 86400]
    moments = [second_at(day.zone, day.ordinal, turn) for turn in turns]
    moments += [case.at + turn - clock for turn in turns]  # where the clocks are set back, they show it twice
    return min([moment for moment in moments if moment > case.at] + [day.end])
