"""How much of each cap is used: what a person sees beside a verdict (screens: agent desk)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from collector.compliance.rules.case import Case
from collector.compliance.rules.contact import Contact
from collector.compliance.rules.debts import PerDebt, placed_in
from collector.compliance.rules.frequency import Answered, Dials, Texts, answered_in, dialled_in
from collector.compliance.rules.policy import CHANNELS_OF, Policy
from collector.facts.rules import PersonFacts


class Use(NamedTuple):
    """Contacts that count under one cap, in the window of local days which today closes."""

    rule: str
    what: str
    """dials | unanswered dials | answered calls | text messages | calls about a debt"""
    used: int
    cap: int
    days: int


def uses(contact: Contact, facts: PersonFacts, policy: Policy, at: int) -> list[Use]:
    """What of the person's caps is used up for a contact of that channel; caps on a number alone are left out."""
    case = Case(contact, facts, policy.setting, at)
    if not facts.body.events:
        case.calls = case.texts = case.talks = case.elsewhere = []  # nothing was there to sort
    found = []
    for asked in policy.rules:
        name = str(asked.rule.asks)
        if name in COUNTS and contact.channel in CHANNELS_OF[name]:
            found += [Use(asked.rule.id, *one) for one in COUNTS[name](asked.parameters, case)]
    return found


Counted = list[tuple[str, int, int, int]]
"""What, how many, the cap, days."""


def _dials(p: Dials, case: Case) -> Counted:
    if p.per == "number":
        return []
    what = "dials" if p.count == "all" else "unanswered dials"
    return [(what, len(dialled_in(p, case, case.calls)), p.cap, p.days)]


def _answered(p: Answered, case: Case) -> Counted:
    return [("answered calls", len(answered_in(p, case)), p.cap, p.days)]


def _texts(p: Texts, case: Case) -> Counted:
    found = [("text messages", sum(event.at >= case.since_today for event in case.texts), p.cap, 1)]
    if p.window_cap is not None:
        since = case.since(p.days)
        found.append(("text messages", sum(event.at >= since for event in case.texts), p.window_cap, p.days))
    return found


def _per_debt(p: PerDebt, case: Case) -> Counted:
    recent = placed_in(p, case)
    about = [
        sum(debt is None or not event.debts or debt in event.debts for event in recent)
        for debt in case.contact.debts or (None,)
    ]
    return [("calls about a debt", max(about), p.cap, p.days)]


COUNTS: Mapping[str, Callable[[Any, Case], Counted]] = {
    "dials": _dials,
    "answered": _answered,
    "texts": _texts,
    "calls_per_debt": _per_debt,
}
"""Function of the pack → how it counts."""
