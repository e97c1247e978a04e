"""Full stops: reasons for which nobody is contacted at all, whatever the hour (compliance.md, order of judging)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from collector.compliance.rules.case import Case
from collector.compliance.rules.contact import NumberKind, Purpose, Role, Whom
from collector.compliance.rules.day import QUARTER, day_of, second_at
from collector.compliance.rules.parameters import Parameters, Tighter
from collector.compliance.rules.verdict import Answer, Finding
from collector.facts.rules import Kind, Mark, Standing
from collector.foundation.calendar import add_business_days
from collector.history.rules import Channel

PLAN = "plan"
"""Key in the detail of an agreement: an instalment plan, `current` while it is kept."""
TREATED_UNTIL = "treated_until"
"""Key in the detail of a mental-health crisis: the last day of treatment, YYYY-MM-DD."""
AT_A_PLACE = (Channel.call, Channel.visit)
"""Where the place is not known, these may reach the person at work."""


class Stop(Parameters):
    """A mark or a flag that closes everything but what is named here."""

    mark: Mark | None = None
    flag: str | None = None
    unless_to: Annotated[tuple[Whom, ...], Tighter.fewer] = ()
    unless_purpose: Annotated[tuple[Purpose, ...], Tighter.fewer] = ()
    number_kinds: tuple[NumberKind, ...] = ()
    """Only numbers of these kinds are closed; empty: all."""
    days: Annotated[int | None, Field(ge=1), Tighter.longer] = None
    """Local days it lasts when nobody recorded an end, the first day included; None: until it is lifted."""


def stop(p: Stop, case: Case) -> Finding | None:
    """Bankruptcy, death, cease, attorney, moratorium and their like, by the mark or flag that stands for them."""
    if _is_spared(p, case):
        return None
    if p.flag is not None and p.flag in case.facts.body.flags:
        return Finding(f"the person is marked {p.flag}")
    if p.mark is None:
        return None
    ends = [_end(p, case, mark) for mark in case.marks(p.mark) if case.about(mark.debts)]
    open_ends = [end for end in ends if end is None or end > case.at]
    if not open_ends:
        return None
    if p.number_kinds and case.contact.number_kind is None:
        return Finding(f"{p.mark.value} stands, perhaps for this number", _latest(open_ends), Answer.review)
    return Finding(f"{p.mark.value} stands for this person", _latest(open_ends))


def _is_spared(p: Stop, case: Case) -> bool:
    contact = case.contact
    if contact.to_whom is not Whom.debtor and contact.to_whom in p.unless_to:
        return True
    if contact.purpose in p.unless_purpose:
        return contact.purpose is not Purpose.location or contact.role is Role.contact
    if not p.number_kinds:
        return False
    if contact.number_kind is None:
        return contact.channel not in AT_A_PLACE
    return contact.number_kind not in p.number_kinds


def _end(p: Stop, case: Case, mark: Standing) -> int | None:
    if mark.until is not None or p.days is None:
        return mark.until
    return case.leaves(mark.at, p.days)


class Crisis(Parameters):
    """How long a mental-health crisis is heeded."""

    days: Annotated[int, Field(ge=0), Tighter.higher] = 30
    """Local days after the last day of treatment."""


def crisis(p: Crisis, case: Case) -> Finding | None:
    """A mental-health crisis: while it is treated, and for days after; without a known end, until it is lifted."""
    ends: list[int | None] = []
    for mark in case.marks(Mark.mental_health_crisis):
        if case.about(mark.debts):
            treated = mark.detail.get(TREATED_UNTIL)
            ends.append(_days_after(case, date.fromisoformat(treated), p.days) if isinstance(treated, str) else None)
    open_ends = [end for end in ends if end is None or end > case.at]
    if not open_ends:
        return None
    return Finding("a mental-health crisis is being treated, or was lately", _latest(open_ends))


def _days_after(case: Case, last: date, days: int) -> int:
    return max(second_at(day.zone, last.toordinal() + days + 1) for day in case.days)


def _latest(ends: Sequence[int | None]) -> int | None:
    """The last of them; None, where one has no end."""
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


class Hold(Parameters):
    """Nothing to set: a hold is a decision of this house."""


def hold(p: Hold, case: Case) -> Finding | None:
    """A hold on the account, person, segment, portfolio or everything (design section 3, 停催)."""
    holds = [mark for mark in case.marks(Mark.hold) if case.about(mark.debts)]
    if not holds or case.contact.purpose is Purpose.opt_out_confirmation:
        return None
    reasons = sorted({str(mark.detail.get("reason") or "no reason given") for mark in holds})
    return Finding(f"on hold: {', '.join(reasons)}", _latest([mark.until for mark in holds]))


class Paid(Parameters):
    """Nothing to set: what is paid is not collected."""


def paid(p: Paid, case: Case) -> Finding | None:
    """A debt of the contact is settled, or nothing of it is overdue any more: paid since planning (handbook 9)."""
    debts = case.contact.debts
    for account in case.facts.accounts:
        if account.account_id not in debts:
            continue
        purpose = case.contact.purpose
        if account.settled and purpose is not Purpose.opt_out_confirmation:
            return Finding("a debt of this contact is settled")
        if purpose is Purpose.collect and account.overdue <= 0 and not account.reported_min:
            return Finding("nothing of this debt is overdue")
    return None


class KeptPlan(Parameters):
    """Nothing to set: a kept plan stops collection."""


def kept_plan(p: KeptPlan, case: Case) -> Finding | None:
    """A signed instalment plan that is kept stops collection (card rules of 2010, article 70)."""
    if case.contact.purpose is not Purpose.collect:
        return None
    kept = [m for m in case.marks(Mark.agreement) if m.detail.get(PLAN) == "current" and case.about(m.debts)]
    if not kept:
        return None
    return Finding("an instalment plan for this debt is being kept", _latest([mark.until for mark in kept]))


class Said(Parameters):
    """An outcome that closes the gate by itself until somebody looked into it."""

    outcome: str
    working_days: Annotated[int | None, Field(ge=0, le=260), Tighter.longer] = None
    """Whole working days of quiet after the day it was said; None: until a person decides."""


def said(p: Said, case: Case) -> Finding | None:
    """What was said on a call: "already paid" gives quiet days; a death told to us waits for confirmation.

    How hard it closes is the rule's own answer, so that a longer quiet never answers more softly than a shorter one.
    """
    if not case.telling or case.contact.purpose is Purpose.opt_out_confirmation:
        return None
    heard = [e.at for e in case.telling if e.outcome == p.outcome and case.about(e.debts)]
    if not heard:
        return None
    if p.working_days is None:
        return Finding(f"{p.outcome} was said on a call and is not confirmed")
    until = max(_quiet_until(case, at, p.working_days) for at in heard)
    return Finding(f"{p.outcome} was said on a call; quiet days", until) if until > case.at else None


def _quiet_until(case: Case, at: int, working_days: int) -> int:
    ends = []
    for day in case.days:
        said_on = date.fromordinal(day_of(day.zone, at // QUARTER).ordinal)
        last = _working_days_after(said_on, working_days, case.setting.country)
        ends.append(second_at(day.zone, last.toordinal() + 1))
    return max(ends)


def _working_days_after(day: date, count: int, country: str) -> date:
    if country:
        return add_business_days(day, count, country)
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


class Confirmation(Parameters):
    """Nothing to set: only an opt-out is confirmed."""


def confirmation(p: Confirmation, case: Case) -> Finding | None:
    """The one confirmation of an opt-out needs an opt-out to confirm, in the same medium, and may not be repeated."""
    if case.contact.purpose is not Purpose.opt_out_confirmation:
        return None
    channel = case.contact.channel
    outs = [m for m in case.marks(Mark.opt_out) if m.channel in (None, channel) and case.same_number(m.number)]
    if not outs:
        return Finding("there is no opt-out to confirm in this medium")
    newest = max(mark.at for mark in outs)
    kind = Kind(channel.value)
    sent = [e for e in case.facts.body.events if e.kind is kind and e.direction == "outbound" and e.at >= newest]
    if any(case.same_person(event.person) for event in sent):
        return Finding("the opt-out was confirmed already")
    return None
