"""A contact that somebody wants to make. When is asked apart: the same contact is judged at many moments."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from collector.facts.rules import Phone
from collector.history.rules import Channel


class Role(StrEnum):
    """How the person contacted stands to the debts."""

    debtor = "debtor"
    co_borrower = "co_borrower"
    guarantor = "guarantor"
    contact = "contact"
    """A third person: never told, never asked to pay."""


class Purpose(StrEnum):
    collect = "collect"
    reminder = "reminder"
    """Before the due date."""
    location = "location"
    """Asking a third person where the borrower is, nothing else."""
    closing_notice = "closing_notice"
    remedy_notice = "remedy_notice"
    opt_out_confirmation = "opt_out_confirmation"
    answer = "answer"
    """Answering what the person just wrote: it collects nothing."""


class Whom(StrEnum):
    """Who answers for the person of the facts, when it is not that person."""

    debtor = "debtor"
    attorney = "attorney"
    executor = "executor"
    administrator = "administrator"
    spouse = "spouse"
    guardian = "guardian"
    parent = "parent"
    relative = "relative"
    friend = "friend"
    neighbour = "neighbour"
    colleague = "colleague"
    employer = "employer"
    credit_bureau = "credit_bureau"
    creditor = "creditor"
    other = "other"


class NumberKind(StrEnum):
    mobile = "mobile"
    home = "home"
    work = "work"


class Contact(msgspec.Struct, frozen=True):
    """One intended contact with one person."""

    channel: Channel
    debts: tuple[int, ...] = ()
    """Account ids it is about. Empty: not known, so every debt's history counts."""
    collector: int = 0
    """Who contacts (caps of US law are per collector); 0: not known, so everybody's history counts."""
    role: Role = Role.debtor
    number: str | None = None
    """E.164 number, or e-mail address. None: not known, so it may be any number of the person."""
    number_kind: NumberKind | None = None
    purpose: Purpose = Purpose.collect
    to_whom: Whom = Whom.debtor
    text: str | None = None
    """What is to be sent, or left as a voicemail. None: not written yet; content is judged before it is sent."""
    phone: Phone | None = None
    person: int | None = None
    """Who is contacted, when it is a third person about the person of the facts."""
    template: str | None = None
    """Name of the template registered with the carrier."""
    by: str = ""
    """Who calls or visits, as "user:li"; empty: nobody does, it is sent."""
