"""The validation notice of a debt and the disputes that answer it (12 CFR 1006.34, 1006.38; handbook 7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from collector.compliance.rules.case import CONVERSATION_WORDS, Case
from collector.compliance.rules.contact import Purpose
from collector.compliance.rules.day import QUARTER, day_of, second_at
from collector.compliance.rules.parameters import Parameters, Tighter
from collector.compliance.rules.verdict import Finding
from collector.facts.rules import Event, Kind, Mark, Standing
from collector.foundation.calendar import add_business_days
from collector.history.rules import Direction

WRITTEN = (Kind.sms, Kind.email, Kind.letter, Kind.visit)
NOT_COLLECTING = (Purpose.opt_out_confirmation, Purpose.closing_notice)


class Dispute(Parameters):
    """In which time after the validation notice a dispute stops collection. Without days: any dispute does."""

    days: int | None = None
    """After the notice was received, or is assumed to be."""
    receipt_days: Annotated[int, Field(ge=0), Tighter.higher] = 5
    """Business days after sending until the notice is assumed to be received."""


def dispute(p: Dispute, case: Case) -> Finding | None:
    """Collection of a disputed debt stops until verification was sent for that debt (12 CFR 1006.38(d), handbook 7)."""
    if case.contact.purpose in NOT_COLLECTING:
        return None
    answers = _answers(case)
    ends: dict[int | None, int | None] = {}
    open_ends = [
        mark.until
        for mark in case.marks(Mark.dispute)
        if case.about(mark.debts) and not _is_late(p, case, mark, ends) and not _is_answered(case, mark, answers)
    ]
    if not open_ends:
        return None
    known = [end for end in open_ends if end is not None]
    until = max(known) if len(known) == len(open_ends) else None
    return Finding("the debt is disputed and the dispute is not answered", until)


def _is_late(p: Dispute, case: Case, mark: Standing, ends: dict[int | None, int | None]) -> bool:
    """Whether the period of every debt it is about had ended. Where no notice is on file, it never does."""
    if p.days is None:
        return False
    for debt in _disputed(case, mark) or (None,):
        if debt not in ends:
            ends[debt] = _period_ends(p, case, debt)
        end = ends[debt]
        if end is None or mark.at < end:
            return False
    return True


def _disputed(case: Case, mark: Standing) -> set[int]:
    """Debts of this contact that the dispute is about; all of them where it names none."""
    disputed, mine = set(mark.debts), set(case.contact.debts)
    return disputed & mine if disputed and mine else disputed or mine


def _period_ends(p: Dispute, case: Case, debt: int | None) -> int | None:
    """The second after the last day for a dispute, by the latest notice and in the last of the zones."""
    sent = [mark.at for mark in _notices(case, debt)]
    if not sent or p.days is None:
        return None
    return max(_day_ends(p, case, day.zone, max(sent)) for day in case.days)


def _day_ends(p: Dispute, case: Case, zone: str, sent: int) -> int:
    received = add_business_days(_local(zone, sent), p.receipt_days, case.setting.country)
    return second_at(zone, (received + timedelta(days=p.days or 0)).toordinal() + 1)


def _local(zone: str, at: int) -> date:
    return date.fromordinal(day_of(zone, at // QUARTER).ordinal)


def _notices(case: Case, debt: int | None) -> Iterator[Standing]:
    for mark in case.marks(Mark.validation_notice):
        if case.same_collector(mark.collector) and (not mark.debts or debt in mark.debts):
            yield mark


Answers = dict[int | None, dict[int | None, int]]
"""By debt (None: all debts) and collector (None: not known): when verification was last sent."""


def _answers(case: Case) -> Answers:
    latest: Answers = {}
    for mark in case.marks(Mark.verification_sent):
        for debt in mark.debts or (None,):
            by = latest.setdefault(debt, {})
            by[mark.collector] = max(mark.at, by.get(mark.collector, 0))
    return latest


def _is_answered(case: Case, mark: Standing, answers: Answers) -> bool:
    """Whether verification was sent since, by whom it was disputed with, for every debt it is about."""

    def sent(debt: int | None) -> bool:
        by = answers.get(debt, {})
        at = max(by.values(), default=0) if not mark.collector else max(by.get(mark.collector, 0), by.get(None, 0))
        return at >= mark.at

    left = _disputed(case, mark)
    return bool(answers) and (sent(None) or (bool(left) and all(sent(debt) for debt in left)))


class Validation(Parameters):
    """How soon after the first communication the validation notice is sent."""

    days: Annotated[int, Field(ge=0), Tighter.lower] = 5


def validation(p: Validation, case: Case) -> Finding | None:
    """A debt of which nothing proves the notice is not collected once its time has run out (12 CFR 1006.34(a)(1))."""
    if case.contact.purpose not in (Purpose.collect, Purpose.reminder, Purpose.remedy_notice):
        return None
    for mark in case.marks(Mark.validation_due):
        for debt in _disputed(case, mark):
            if not any(_notices(case, debt)) and _is_overdue(p, case, debt):
                return Finding(f"no validation notice within {p.days} days of the first communication")
    return None


def _is_overdue(p: Validation, case: Case, debt: int) -> bool:
    first = min((event.at for event in _communications(case, debt)), default=None)
    return first is not None and case.ends(first, p.days + 1) <= case.at


def _communications(case: Case, debt: int) -> Iterable[Event]:
    """What told the person of the debt: talks, and what was sent. A call nobody answered told nothing."""
    people = (None, case.facts.person_id, case.contact.person)
    for event in case.facts.body.events:
        if event.person not in people:
            continue
        is_sent = event.kind in WRITTEN and event.direction is Direction.outbound
        if (is_sent or event.kind is Kind.conversation or event.outcome in CONVERSATION_WORDS) and (
            case.same_collector(event.collector) and (not event.debts or debt in event.debts)
        ):
            yield event
