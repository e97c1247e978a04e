"""Answers to the person's own message. What keeps us from beginning a contact (hours, wishes, counts, holds, disputes)
does not keep us from answering one at once; what stops a medium or all contact still does."""

from __future__ import annotations

from collector.compliance.rules.case import Case
from collector.compliance.rules.contact import Purpose
from collector.compliance.rules.parameters import Parameters
from collector.compliance.rules.verdict import Finding
from collector.facts.rules import Kind, Mark
from collector.history.rules import Direction

ANSWERS = (Purpose.opt_out_confirmation, Purpose.answer)
AT_ONCE = 300
"""Seconds. A confirmation within five minutes falls within the consent that there was (47 CFR 64.1200(a)(12))."""


def is_answer(case: Case) -> bool:
    """Whether the contact answers at once what the person wrote from there, in that medium."""
    contact, since = case.contact, case.at - AT_ONCE
    if contact.purpose not in ANSWERS:
        return False
    if any(event.at >= since for event in case.heard_from(Kind(contact.channel.value))):
        return True
    return contact.purpose is Purpose.opt_out_confirmation and any(
        mark.at >= since and mark.channel in (None, contact.channel) and case.same_number(mark.number)
        for mark in case.marks(Mark.opt_out)
    )


class Answering(Parameters):
    """Nothing to set: an answer needs a question."""


def answering(p: Answering, case: Case) -> Finding | None:
    """An answer answers a message of the last minutes, from there, and only once: machines do not talk on."""
    if case.contact.purpose is not Purpose.answer:
        return None
    if not is_answer(case):
        return Finding("the person wrote nothing from there that is answered at once")
    kind = Kind(case.contact.channel.value)
    asked = max(event.at for event in case.heard_from(kind))
    sent = [e for e in case.facts.body.events if e.kind is kind and e.direction is Direction.outbound and e.at >= asked]
    if any(case.same_person(event.person) for event in sent):
        return Finding("the message was answered already")
    return None
