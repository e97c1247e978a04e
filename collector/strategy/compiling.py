"""From a checked document to a strategy that decides, for one currency."""

from __future__ import annotations

import hashlib
from importlib.resources import files

from collector.foundation.errors import BadInput, Problem
from collector.foundation.money import exponent
from collector.strategy.allocating import policy_of
from collector.strategy.conditions import Scale, scale_by
from collector.strategy.document import Document, LegalPart, RemindersPart
from collector.strategy.reading import conditions_of, scales_of
from collector.strategy.routing import ways_of
from collector.strategy.rules import (
    Authority,
    Cadence,
    CampaignPolicy,
    Capacity,
    Handoff,
    HoldPolicy,
    Legal,
    Priority,
    PromisePolicy,
    Reach,
    ReminderGroup,
    Reminders,
    Retry,
    Row,
    Segment,
    Skiptrace,
    Step,
    Strategy,
    TermsPolicy,
)

SHIPPED = ("cn", "us")
NO_CADENCE = Cadence("none", ())


def default_text(jurisdiction: str) -> str:
    """The shipped strategy of a jurisdiction; where there is none, the stricter one without texts (us)."""
    name = jurisdiction if jurisdiction in SHIPPED else "us"
    return files("collector.strategy").joinpath("strategies", f"{name}.yaml").read_text("utf-8")


def digest_of(body: str) -> str:
    """SHA-256 of a strategy's text, hex: what a plan run names its strategy by."""
    return hashlib.sha256(body.encode()).hexdigest()


def compile_document(document: Document, currency: str, version: int = 0) -> Strategy:
    """The strategy, amounts in minor units of the currency; amounts it can not express are a `BadInput`."""
    scale = scale_by(exponent(currency), currency)
    cadences = {name: _cadence(document, name) for name in document.cadences}
    segments = [
        Segment(row.name, row.stage, row.level, cadences.get(row.cadence or "", NO_CADENCE), row.weight, row.playbook)
        for row in (document.segments[at] for at in document.asked)
    ]
    return Strategy(
        name=document.name,
        version=version,
        currency=currency,
        scales=scales_of(document),
        rows=tuple(map(Row, segments, conditions_of(document, scale))),
        cadences=cadences,
        slots=dict(document.slots),
        retry=Retry(**dict(document.retry)),
        reminders=_reminders(document.reminders),
        paydays=document.paydays,
        priority=Priority(**{**dict(document.priority), "reach": Reach(**dict(document.priority.reach))}),
        capacity=Capacity(**dict(document.capacity)),
        promise=PromisePolicy(**dict(document.promise)),
        handoff=Handoff(Skiptrace(**dict(document.handoff.skiptrace)), _legal(document, scale)),
        holds=HoldPolicy(**dict(document.holds)),
        campaigns=CampaignPolicy(**dict(document.campaigns)),
        allocation=policy_of(document, scales_of(document), scale),
        tolerance=_tolerance(document, scale),
        terms=_terms(document, scale),
    )


def template_names(document: Document) -> dict[str, tuple[str | int, ...]]:
    """Every template the document speaks of, with the place where it is first named."""
    named: dict[str, tuple[str | int, ...]] = {}
    for cadence, steps in document.cadences.items():
        for at, step in enumerate(steps):
            named.setdefault(step.template or "", ("cadences", cadence, at, "template"))
    for group, part in document.reminders.groups().items():
        named.setdefault(part.template or "", ("reminders", group.value, "template"))
    for key in ("reminder_template", "broken_template", "how_to_pay_template"):
        named.setdefault(getattr(document.promise, key) or "", ("promise", key))
    named.setdefault(document.retry.closing_template or "", ("retry", "closing_template"))
    named.pop("", None)
    return named


def _cadence(document: Document, name: str) -> Cadence:
    steps = (
        Step(name, row.day, row.channel, row.slot, row.template, row.tone, row.to, row.every)
        for row in document.cadences[name]
    )
    return Cadence(name, tuple(sorted(steps, key=lambda step: step.offset)))


def _reminders(part: RemindersPart) -> Reminders:
    steps = {group: _reminder_steps(part, group) for group in ReminderGroup}
    return Reminders(steps, frozenset(part.reliable_tiers), part.never_missed)


def _reminder_steps(part: RemindersPart, group: ReminderGroup) -> tuple[Step, ...]:
    own = part.groups()[group]
    return tuple(
        Step(f"reminder-{group}", day, own.channel, own.slot, own.template, own.tone) for day in sorted(own.days)
    )


def _tolerance(document: Document, scale: Scale) -> int:
    try:
        return scale(document.ledger.tolerance)
    except BadInput as error:
        place = ("ledger", "tolerance")
        problem = Problem(f"ledger.tolerance: {error.message}", document.line(place), file=document.file)
        raise BadInput(problems=(problem,)) from error


def _terms(document: Document, scale: Scale) -> TermsPolicy:
    part = document.terms
    rows = []
    for at, row in enumerate(part.authority):
        try:
            amount = None if row.amount is None else scale(row.amount)
        except BadInput as error:
            place = ("terms", "authority", at, "amount")
            reason = f"terms.authority[{at}].amount: {error.message}"
            raise BadInput(problems=(Problem(reason, document.line(place), file=document.file),)) from error
        rows.append(Authority(**{**dict(row), "amount": amount}))
    roles = {name: frozenset(getattr(part, name)) for name in ("schedules", "write_offs", "advances", "closings")}
    return TermsPolicy(part.ask_days, part.offer_days, tuple(rows), **roles)


def _legal(document: Document, scale: Scale) -> Legal:
    part: LegalPart = document.handoff.legal
    large = part.late_and_large
    try:
        pair = None if large is None else (large.months, scale(large.amount))
    except BadInput as error:
        place = ("handoff", "legal", "late_and_large", "amount")
        reason = f"handoff.legal.late_and_large: {error.message}"
        raise BadInput(problems=(Problem(reason, document.line(place), file=document.file),)) from error
    return Legal(**{**dict(part), "late_and_large": pair, "routes": ways_of(document, scale)})
