"""How often about one debt: the counts of Regulation F, by collector, person and debt (12 CFR 1006.14(b))."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from collector.compliance.rules.case import ANSWERED_WORDS, Case
from collector.compliance.rules.consent import direct_consents, free_times, is_free
from collector.compliance.rules.contact import Whom
from collector.compliance.rules.frequency import NONE, Cap, Capped, Days, over
from collector.compliance.rules.parameters import Parameters, Tighter
from collector.compliance.rules.verdict import Answer, Finding
from collector.facts.rules import Event, Standing

NOT_LIMITED = frozenset({Whom.attorney, Whom.credit_bureau, Whom.creditor})
"""Calls to them are not calls to the person (12 CFR 1006.14(b)(3)(iii))."""
ConsentDays = Annotated[int, Field(ge=0), Tighter.lower]


class PerDebt(Capped):
    """More than `cap` calls about a debt within `days` days."""

    cap: Cap = 7
    days: Days = 7
    excluded: Annotated[tuple[str, ...], Tighter.fewer] = ()
    """Outcomes of calls that were not connected to the dialled number."""
    consent_days: ConsentDays = 7


def calls_per_debt(p: PerDebt, case: Case) -> Finding | None:
    """Calls placed to the person about each debt of this contact, by this collector, on all numbers together."""
    if p.cap == 0:
        return NONE
    if len(case.calls) < p.cap or case.contact.to_whom in NOT_LIMITED:
        return None
    recent = placed_in(p, case)
    if len(recent) < p.cap:
        return None
    consents = direct_consents(case)
    findings = [
        found
        for debt in case.contact.debts or (None,)
        if (found := _too_many(p, case, recent, consents, debt)) is not None
    ]
    return max(findings, key=lambda found: found.until or 0) if findings else None


def placed_in(p: PerDebt, case: Case) -> list[Event]:
    """The calls of this collector that count in the window which today closes, about whichever debt."""
    since = case.since(p.days)
    mine, excluded = case.contact.collector, p.excluded
    return [
        e
        for e in case.calls
        if e.at >= since and e.outcome not in excluded and (not e.collector or not mine or e.collector == mine)
    ]


def _too_many(
    p: PerDebt, case: Case, recent: Sequence[Event], consents: Sequence[Standing], debt: int | None
) -> Finding | None:
    free = free_times(p.consent_days, case, consents, debt) if consents else ()
    if free and is_free(free, case.at):
        return None
    moments = [
        event.at
        for event in recent
        if (debt is None or not event.debts or debt in event.debts) and not (free and is_free(free, event.at))
    ]
    return over(case, moments, p.cap, p.days, "calls about a debt")


class AfterTalk(Parameters):
    """Quiet after a telephone conversation; the day of the conversation is day 1."""

    days: Days = 7
    consent_days: ConsentDays = 7


def after_conversation(p: AfterTalk, case: Case) -> Finding | None:
    """No call about a debt within days of a conversation about it, whoever began it.

    A call that somebody answered, without a word on who it was, may have been one, and a call in flight may become
    one: a person decides.
    """
    if not (case.talks or case.perhaps) or case.contact.to_whom in NOT_LIMITED:
        return None
    since = case.since(p.days)
    talks = [e for e in case.talks if e.at >= since and case.same_collector(e.collector)]
    unclear = [e for e in case.perhaps if e.at >= since and case.same_collector(e.collector)]
    if not talks and not unclear:
        return None
    consents = direct_consents(case)
    found = [
        finding
        for debt in case.contact.debts or (None,)
        if (finding := _quiet(p, case, talks, unclear, consents, debt)) is not None
    ]
    if not found:
        return None
    hardest = next((one for one in found if one.answer is None), found[0])
    return hardest._replace(until=max(one.until or 0 for one in found))


def _quiet(
    p: AfterTalk,
    case: Case,
    talks: Sequence[Event],
    unclear: Sequence[Event],
    consents: Sequence[Standing],
    debt: int | None,
) -> Finding | None:
    had = [e.at for e in talks if debt is None or not e.debts or debt in e.debts]
    perhaps = [e.at for e in unclear if debt is None or not e.debts or debt in e.debts]
    if not had and not perhaps:
        return None
    if debt is not None and consents and is_free(free_times(p.consent_days, case, consents, debt), case.at):
        return None
    until = case.leaves(max(*had, *perhaps, 0), p.days)
    if had:
        return Finding(f"a conversation about this debt within {p.days} days", until)
    return Finding(f"perhaps a conversation about this debt within {p.days} days", until, Answer.review)


class Bunching(Parameters):
    """Calls that are bunched may harass even below the cap."""

    minutes: Annotated[int, Field(ge=0), Tighter.higher] = 5
    """Two unanswered calls this close together."""
    day_cap: Annotated[int, Field(ge=1), Tighter.lower] = 6
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
    return over(case, placed, p.day_cap, 1, "calls to this number")


def _is_bunchable(p: Bunching, case: Case, event: Event) -> bool:
    return event.outcome not in p.excluded and case.same_number(event.number) and case.same_collector(event.collector)
