"""Who may be spoken to, at which number, and about what."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from collector.compliance.rules.case import Case
from collector.compliance.rules.contact import NumberKind, Purpose, Role, Whom
from collector.compliance.rules.parameters import Parameters, Tighter
from collector.compliance.rules.verdict import Answer, Finding
from collector.facts.rules import AccountFacts, Event, Kind, Mark, extra_of, may_have_asked
from collector.history.rules import Channel
from collector.portfolio.rules import ContactOwner, ContactStatus

CLOSED_NUMBERS = {
    ContactStatus.wrong: "the number is not this person's",
    ContactStatus.struck: "the number was struck off",
    ContactStatus.given_up: "the number was given up and not verified since",
}
"""Contact point status → why it is not used."""
_ACTIVE, _OWN, _WORK = ContactStatus.active, ContactOwner.own, ContactOwner.work


class ThirdParty(Parameters):
    """What a third person may be asked."""

    also: Annotated[tuple[Whom, ...], Tighter.fewer] = ()
    """Who is not a third person: those who answer for the debtor."""
    location: Annotated[bool, Tighter.off] = False
    """Whether they may be asked where the debtor is at all."""
    when: Annotated[tuple[str, ...], Tighter.fewer] = ("unreachable",)
    """Flags of the debtor, one of which must be documented."""
    once: Annotated[bool, Tighter.on] = True


def is_third(also: Sequence[Whom], case: Case) -> bool:
    contact = case.contact
    if contact.to_whom is Whom.debtor:
        return contact.role is Role.contact
    return contact.to_whom not in also


def third_party(p: ThirdParty, case: Case) -> Finding | None:
    """Never about the debt, never asked to pay; once where the debtor is, while the debtor can not be reached."""
    if not is_third(p.also, case):
        return None
    if case.contact.purpose is not Purpose.location or not p.location:
        return Finding("third persons are never contacted about a debt")
    if any(case.same_number(mark.number) for mark in case.marks(Mark.contact_refused)):
        return Finding("this person refused to be contacted")
    if not any(flag in case.facts.body.flags for flag in p.when):
        return Finding("the debtor is not documented as unreachable")
    if p.once and _was_asked(case):
        return Finding("this person was asked already")
    return None


def _was_asked(case: Case) -> bool:
    body = case.facts.body
    return any(case.same_person(event.person) and may_have_asked(event) for event in (*body.enquiries, *body.events))


class Number(Parameters):
    """Nothing to set: a wrong number is not used."""


def number(p: Number, case: Case) -> Finding | None:
    """The contact point itself: wrong, given up or struck off, or another person's (handbook 6 and 9)."""
    phone = case.contact.phone
    if phone is None:
        return None
    if phone.status is not _ACTIVE:
        return Finding(CLOSED_NUMBERS[phone.status])
    is_ours = phone.owner is _OWN or phone.owner is _WORK
    if not is_ours and case.contact.role is not Role.contact and case.contact.to_whom is Whom.debtor:
        return Finding("the number belongs to someone else")
    return None


class WrongNumber(Parameters):
    """Nothing to set: a number where a stranger answered is not dialled again."""


def wrong_number(p: WrongNumber, case: Case) -> Finding | None:
    """A stranger answered there. Where it is not known which number that was, a person decides."""
    contact = case.contact
    if not case.telling or contact.channel not in (Channel.call, Channel.sms):
        return None
    strangers = [event for event in case.calls if event.outcome == "wrong_number"]
    if not strangers or (_is_verified(case, strangers) and contact.number):
        return None
    if contact.number is not None and any(event.number == contact.number for event in strangers):
        return Finding("a stranger answered at this number")
    if any(case.same_number(event.number) for event in strangers):
        return Finding("a stranger answered, perhaps at this number", None, Answer.review)
    return None


def _is_verified(case: Case, strangers: Sequence[Event]) -> bool:
    phone = case.contact.phone
    checked = phone.verified_at if phone is not None else None
    return checked is not None and all(event.at < checked <= case.at for event in strangers)


class WorkMail(Parameters):
    """Nothing to set."""


def work_mail(p: WorkMail, case: Case) -> Finding | None:
    """No e-mail to an address of the employer unless the person wrote from there (12 CFR 1006.22(f)(3))."""
    contact = case.contact
    if contact.channel is not Channel.email or contact.number_kind is not NumberKind.work:
        return None
    if case.heard_from(Kind.email):
        return None
    return Finding("an e-mail address of the employer that the person did not use")


class Guarantee(Parameters):
    """How long a guarantor answers where nothing was agreed."""

    months: Annotated[int, Field(ge=0), Tighter.lower] = 6
    """Months from maturity (Civil Code 692)."""


def guarantee(p: Guarantee, case: Case) -> Finding | None:
    """A guarantor is asked inside the guarantee period, a general one once the debtor was sued (CN: 686, 692, 693)."""
    if case.contact.role is not Role.guarantor or case.contact.purpose is Purpose.opt_out_confirmation:
        return None
    accounts = case.accounts()
    if not accounts or len(accounts) < len(case.contact.debts):
        return Finding("the terms of the guarantee are not on file", None, Answer.review)
    findings = [found for account in accounts if (found := _guaranteed(p, case, account))]
    denied = [found for found in findings if found.answer is None]
    return next(iter(denied or findings), None)


def _guaranteed(p: Guarantee, case: Case, account: AccountFacts) -> Finding | None:
    until = account.guarantee_until
    if until is None and account.matures_on is not None:
        until = add_months(account.matures_on, p.months)
    if until is None:
        return Finding("the end of the guarantee period is not known", None, Answer.review)
    kind, extra = account.guarantee_kind, extra_of(account)
    is_preserved = kind not in (None, "joint") and extra.sued_on is not None and extra.sued_on <= until
    if any(date.fromordinal(day.ordinal) > until for day in case.days) and not is_preserved:
        return Finding(f"the guarantee period ended on {until}")
    if kind == "joint":
        return None
    if kind is None:
        return Finding("the kind of guarantee is not known", None, Answer.review)
    if is_preserved or is_referred(account):
        return None
    return Finding("a general guarantor is asked only after the debtor was sued", None, Answer.review)


class OneVoice(Parameters):
    """Nothing to set: who talks was named by the legal team."""


def one_voice(p: OneVoice, case: Case) -> Finding | None:
    """Of a debt that the legal team has, one named person calls and visits, and nothing is sent but letters and what
    was asked for (handbook section 8)."""
    contact = case.contact
    if contact.channel is Channel.letter or contact.purpose not in (Purpose.collect, Purpose.location):
        return None
    for mark in case.marks(Mark.with_legal):
        named = mark.detail.get("negotiator")
        if case.about(mark.debts) and (not named or contact.by != f"user:{named}"):
            if not named:
                return Finding("with legal; nobody is named to negotiate")
            return Finding(f"with legal; negotiator {named}")
    return None


def is_referred(account: AccountFacts) -> bool:
    """Whether legal took the case; a proposal is none."""
    return any(word.startswith("legal/") and word != "legal/proposed" for word in extra_of(account).referrals)


def add_months(day: date, months: int) -> date:
    """The same day that many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
