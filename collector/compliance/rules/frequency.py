"""How often: caps over local calendar days, and quiet after a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from collector.compliance.rules.case import ANSWERED_WORDS, Case
from collector.compliance.rules.contact import Purpose, Whom
from collector.compliance.rules.parameters import Parameters, Tighter
from collector.compliance.rules.verdict import Answer, Finding
from collector.facts.rules import Event, Kind, Mark, Standing
from collector.history.rules import Channel, Direction

Cap = Annotated[int, Field(ge=0), Tighter.lower]
Days = Annotated[int, Field(ge=1), Tighter.higher]
NOT_LIMITED = frozenset({Whom.attorney, Whom.credit_bureau, Whom.creditor})
"""Calls to them are not calls to the person (12 CFR 1006.14(b)(3)(iii))."""


def _over(case: Case, moments: Sequence[int], cap: int, days: int, what: str) -> Finding | None:
    """Objects when one more would exceed the cap in the window of local days that today closes."""
    if len(moments) < cap:
        return None
    reason = f"{len(moments)} {what} in {days} {'day' if days == 1 else 'days'}; at most {cap}"
    if cap == 0:
        return Finding(reason)
    return Finding(reason, case.leaves(sorted(moments)[len(moments) - cap], days))


class Dials(Parameters):
    """A cap of this house on dials, answered or not."""

    per: Literal["number", "person"]
    cap: Cap
    days: Days = 1
    count: Literal["all", "unanswered"] = "all"
    """Where answered calls have a cap of their own, only the others count here."""


def dials(p: Dials, case: Case) -> Finding | None:
    """Dials to the number, whoever it is about, or to the person, by anybody; a number that is not known may be the
    same."""
    dialled = [*case.calls, *case.elsewhere] if p.per == "number" and case.elsewhere else case.calls
    if len(dialled) < p.cap:
        return None
    since = case.since(p.days)
    placed = [
        e.at
        for e in dialled
        if e.at >= since
        and (p.per == "person" or case.same_number(e.number))
        and (p.count == "all" or e.outcome not in ANSWERED_WORDS)
    ]
    what = "dials" if p.count == "all" else "unanswered dials"
    return _over(case, placed, p.cap, p.days, f"{what} to this {p.per}")


class Texts(Parameters):
    """A cap on text messages a day, and over several days."""

    cap: Cap = 1
    window_cap: Annotated[int | None, Tighter.lower] = None
    days: Days = 7


def texts(p: Texts, case: Case) -> Finding | None:
    """Text messages sent to the person; the one confirmation of an opt-out is not repeated texting."""
    if not case.texts or case.contact.purpose is Purpose.opt_out_confirmation:
        return None
    day = _over(case, [e.at for e in case.texts if e.at >= case.since_today], p.cap, 1, "text messages")
    if p.window_cap is None:
        return day
    since = case.since(p.days)
    window = _over(case, [e.at for e in case.texts if e.at >= since], p.window_cap, p.days, "text messages")
    if day is None or window is None:
        return day or window
    return window if window.until is None or (day.until or 0) < window.until else day


class Answered(Parameters):
    """A cap on effective calls."""

    cap: Cap = 3
    days: Days = 1


def answered(p: Answered, case: Case) -> Finding | None:
    """Calls of ours that were answered, all loans and all collectors together; calls the debtor placed do not count.

    A call in flight may yet be answered, so it counts. A conversation may be recorded apart from its call: the
    larger of the two numbers counts.
    """
    if len(case.calls) < p.cap and len(case.talks) < p.cap:
        return None
    since = case.since(p.days)
    calls = [e.at for e in case.calls if e.at >= since and (e.outcome is None or e.outcome in ANSWERED_WORDS)]
    talks = [
        e.at for e in case.talks if e.at >= since and e.kind is Kind.conversation and e.direction is Direction.outbound
    ]
    return _over(case, max(calls, talks, key=len), p.cap, p.days, "answered calls")


class PerDebt(Parameters):
    """Reg F: more than `cap` calls about a debt within `days` days."""

    cap: Cap = 7
    days: Days = 7
    excluded: Annotated[tuple[str, ...], Tighter.fewer] = ()
    """Outcomes of calls that were not connected to the dialled number."""
    consent_days: Annotated[int, Field(ge=0), Tighter.lower] = 7


def calls_per_debt(p: PerDebt, case: Case) -> Finding | None:
    """Calls placed to the person about each debt of this contact, by this collector, on all numbers together."""
    if len(case.calls) < p.cap or case.contact.to_whom in NOT_LIMITED:
        return None
    since = case.since(p.days)
    consents = direct_consents(case)
    mine, excluded = case.contact.collector, p.excluded
    recent = [
        e
        for e in case.calls
        if e.at >= since and e.outcome not in excluded and (not e.collector or not mine or e.collector == mine)
    ]
    findings = [
        found
        for debt in case.contact.debts or (None,)
        if not (consents and consented(p.consent_days, case, consents, debt, case.at))
        and (found := _too_many(p, case, recent, consents, debt))
    ]
    return max(findings, key=lambda found: found.until or 0) if findings else None


def _too_many(
    p: PerDebt, case: Case, recent: Sequence[Event], consents: Sequence[Standing], debt: int | None
) -> Finding | None:
    moments = [
        event.at
        for event in recent
        if (debt is None or not event.debts or debt in event.debts)
        and not (consents and consented(p.consent_days, case, consents, debt, event.at))
    ]
    return _over(case, moments, p.cap, p.days, "calls about a debt")


class AfterTalk(Parameters):
    """Reg F: quiet after a telephone conversation; the day of the conversation is day 1."""

    days: Days = 7
    consent_days: Annotated[int, Field(ge=0), Tighter.lower] = 7


def after_conversation(p: AfterTalk, case: Case) -> Finding | None:
    """No call about a debt within days of a conversation about it, whoever began it.

    A call that somebody answered, without a word on who it was, may have been one, and a call in flight may become
    one: a person decides.
    """
    if not (case.talks or case.perhaps) or case.contact.to_whom in NOT_LIMITED:
        return None
    since = case.since(p.days)
    talks = [e for e in case.talks if e.at >= since and _same_matter(case, e)]
    unclear = [e for e in case.perhaps if e.at >= since and _same_matter(case, e)]
    if not talks and not unclear:
        return None
    consents = direct_consents(case)
    if case.contact.debts and all(
        consented(p.consent_days, case, consents, debt, case.at) for debt in case.contact.debts
    ):
        return None
    until = case.leaves(max(event.at for event in (*talks, *unclear)), p.days)
    if talks:
        return Finding(f"a conversation about this debt within {p.days} days", until)
    return Finding(f"perhaps a conversation about this debt within {p.days} days", until, Answer.review)


def _same_matter(case: Case, event: Event) -> bool:
    return case.same_collector(event.collector) and case.about(event.debts)


def direct_consents(case: Case) -> list[Standing]:
    """Consents to be called that were given to this collector, past ones included: they freed past calls."""
    return [
        mark
        for mark in case.facts.body.standing
        if mark.mark is Mark.consent
        and mark.at <= case.at
        and mark.channel in (None, Channel.call)
        and case.same_number(mark.number)
        and case.same_collector(mark.collector)
    ]


def consented(days: int, case: Case, consents: Sequence[Standing], debt: int | None, at: int) -> bool:
    """Whether a call at that moment about that debt was consented to in advance.

    The day of receipt is day 1; a shorter term, a revocation or a conversation ends it early (12 CFR 1006.14(b)(3)(i)).
    """
    return any(
        mark.at <= at < _consent_ends(days, case, mark)
        for mark in consents
        if not mark.debts or (debt is not None and debt in mark.debts)
    )


def _consent_ends(days: int, case: Case, consent: Standing) -> int:
    ends = [case.ends(consent.at, days)]
    if consent.until is not None:
        ends.append(consent.until)
    ends += [mark.at for mark in case.marks(Mark.revoked) if mark.at >= consent.at]
    ends += [e.at for e in case.talks if e.at > consent.at and _touches(consent, e)]
    return min(ends)


def _touches(consent: Standing, event: Event) -> bool:
    return not consent.debts or not event.debts or any(debt in consent.debts for debt in event.debts)


class Bunching(Parameters):
    """Calls that are bunched may harass even below the cap."""

    minutes: Annotated[int, Field(ge=0), Tighter.higher] = 5
    """Two unanswered calls this close together."""
    day_cap: Cap = 6
    """Calls to the number on one day before a person looks at the next."""
    excluded: Annotated[tuple[str, ...], Tighter.fewer] = ()


def bunching(p: Bunching, case: Case) -> Finding | None:
    """Rapid succession and high concentration rebut the presumption of compliance (comment 14(b)(2)(i)-2)."""
    gap = p.minutes * 60
    today, soon = case.since_today, case.at - gap
    if (case.last_call < today and case.last_call < soon) or case.contact.to_whom in NOT_LIMITED:
        return None
    placed, close = [], 0
    for event in case.calls:
        at = event.at
        if (at < today and at < soon) or not _is_bunchable(p, case, event):
            continue
        if at >= today:
            placed.append(at)
        if abs(case.at - at) <= gap and event.outcome not in ANSWERED_WORDS:
            close = max(close, at)
    if close:
        return Finding(f"an unanswered call within {p.minutes} minutes", close + gap + 1)
    return _over(case, placed, p.day_cap, 1, "calls to this number")


def _is_bunchable(p: Bunching, case: Case, event: Event) -> bool:
    return event.outcome not in p.excluded and case.same_number(event.number) and case.same_collector(event.collector)


class TextConsent(Parameters):
    """How fresh the sign must be that the number is still this person's."""

    days: Annotated[int, Field(ge=1), Tighter.lower] = 60


def text_consent(p: TextConsent, case: Case) -> Finding | None:
    """Text only a number the person texted from or consented to, renewed or database-checked lately (1006.6(d)(5))."""
    since = case.since(p.days)
    signs = [
        event.at
        for event in case.facts.body.events
        if event.kind is Kind.sms and event.direction is Direction.inbound and case.same_number(event.number)
    ]
    signs += [
        mark.at
        for mark in case.marks(Mark.consent)
        if mark.channel in (None, Channel.sms) and case.same_number(mark.number)
    ]
    signs = [at for at in signs if at <= case.at and not _revoked_since(case, at)]
    phone = case.contact.phone
    checked = phone.verified_at if phone is not None else None
    if any(at >= since for at in signs) or (signs and checked is not None and since <= checked <= case.at):
        return None
    return Finding(f"no text from this number, consent or check of it within {p.days} days")


def _revoked_since(case: Case, at: int) -> bool:
    return any(mark.at >= at and mark.channel in (None, Channel.sms) for mark in case.marks(Mark.revoked))
