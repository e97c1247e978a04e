"""Consent given directly to the collector: when it frees calls, and when it shows whose number it is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from collector.compliance.rules.case import Case
from collector.compliance.rules.contact import Purpose
from collector.compliance.rules.parameters import Parameters, Tighter
from collector.compliance.rules.verdict import Finding
from collector.facts.rules import Event, Kind, Mark, Standing
from collector.history.rules import Channel

_CONFIRMATION, _CONSENT = Purpose.opt_out_confirmation, Mark.consent
_CALLS, _TEXTS = (None, Channel.call), (None, Channel.sms)
Span = tuple[int, int]
"""Seconds from the first up to, not including, the second."""


def direct_consents(case: Case) -> list[Standing]:
    """Consents to be called that were given to this collector, past ones included: they freed past calls."""
    return [
        mark
        for mark in case.facts.body.standing
        if mark.mark is _CONSENT
        and mark.at <= case.at
        and mark.channel in _CALLS
        and case.same_number(mark.number)
        and case.same_collector(mark.collector)
    ]


def free_times(days: int, case: Case, consents: Iterable[Standing], debt: int | None) -> list[Span]:
    """When calls about that debt were or are consented to, in order and apart.

    The day of receipt is day 1; a shorter term, a revocation or a conversation about the debt ends a consent early
    (12 CFR 1006.14(b)(3)(i)).
    """
    mine = [mark for mark in consents if not mark.debts or debt in mark.debts]
    if not mine:
        return []
    revoked = sorted(mark.at for mark in case.marks(Mark.revoked) if _is_revoked(case, mark, debt))
    talks = sorted(event.at for event in case.talks if _is_about(case, event, debt)) if case.facts.body.events else []
    spans = [(mark.at, _ends(days, case, mark, revoked, talks)) for mark in mine]
    return _joined(span for span in sorted(spans) if span[0] < span[1])


def is_free(spans: Sequence[Span], at: int) -> bool:
    """Whether that second lies in one of the spans."""
    place = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return place >= 0 and at < spans[place][1]


def _is_revoked(case: Case, mark: Standing, debt: int | None) -> bool:
    return (
        mark.channel in _CALLS
        and case.same_number(mark.number)
        and case.same_collector(mark.collector)
        and (not mark.debts or debt is None or debt in mark.debts)
    )


def _is_about(case: Case, event: Event, debt: int | None) -> bool:
    return case.same_collector(event.collector) and (not event.debts or debt is None or debt in event.debts)


def _ends(days: int, case: Case, consent: Standing, revoked: Sequence[int], talks: Sequence[int]) -> int:
    ends = [case.ends(consent.at, days)]
    if consent.until is not None:
        ends.append(consent.until)
    ends += revoked[(first := bisect_left(revoked, consent.at)) : first + 1]
    ends += talks[(first := bisect_right(talks, consent.at)) : first + 1]
    return min(ends)


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for opens, closes in spans:
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return joined


class TextConsent(Parameters):
    """How fresh the sign must be that the number is still this person's."""

    days: Annotated[int, Field(ge=1), Tighter.lower] = 60


def text_consent(p: TextConsent, case: Case) -> Finding | None:
    """Text only a number the person texted from or consented to, renewed or database-checked lately (1006.6(d)(5)).

    The one confirmation of an opt-out answers a text from there.
    """
    if case.contact.purpose is _CONFIRMATION:
        return None
    body = case.facts.body
    if body.standing or (body.events and case.heard):
        signs = [at for at in _signs(case) if not _revoked_since(case, at)]
        if signs:
            since = case.since(p.days)
            if max(signs) >= since or any(since <= at <= case.at for at in _checks(case)):
                return None
    return _unsigned(p.days)


@lru_cache(maxsize=64)
def _unsigned(days: int) -> Finding:
    return Finding(f"no text from this number, consent or check of it within {days} days")


def _signs(case: Case) -> Iterable[int]:
    for event in case.heard_from(Kind.sms):
        if case.same_collector(event.collector):
            yield event.at
    for mark in case.marks(_CONSENT):
        is_ours = case.same_number(mark.number) and case.same_collector(mark.collector)
        if is_ours and mark.channel in _TEXTS:
            yield mark.at


def _checks(case: Case) -> Iterable[int]:
    phone = case.contact.phone
    if phone is not None and phone.verified_at is not None:
        yield phone.verified_at
    for mark in case.marks(Mark.number_checked):
        if case.same_number(mark.number):
            yield mark.at


def _revoked_since(case: Case, at: int) -> bool:
    return any(mark.at >= at and mark.channel in _TEXTS for mark in case.marks(Mark.revoked))
