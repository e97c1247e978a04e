"""What is said. Texts are judged when they are written: a contact without a text is not objected to here."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import Field, field_validator

from collector.compliance.rules.case import Case
from collector.compliance.rules.contact import Purpose, Whom
from collector.compliance.rules.parameters import Parameters, Tighter
from collector.compliance.rules.parties import is_referred, is_third
from collector.compliance.rules.verdict import Answer, Finding
from collector.compliance.rules.wording import find, is_chinese, names, plain, spread
from collector.facts.rules import extra_of
from collector.history.rules import Channel
from collector.texts.rules.segment import count_segments

_HEAD = re.compile(r"【([^【】]{2,20})】")
_NUMBER_TO_CALL = re.compile(r"\d(?:[\s().-]*\d){4,}")
_UNIT = r"(?:usd|cny|rmb|inr|gbp|eur|hkd|rs|dollars?|bucks|pounds?|quid|rupees?|euros?|yuan|cents?)"
_AMOUNT = re.compile(
    rf"[$¥£€₹]\s*\d|(?<![a-z]){_UNIT}\.?\s*\d|\d\s*(?:[元万块圆角]|{_UNIT}(?![a-z]))"
    r"|[一二三四五六七八九十百千万两]+\s*[元块圆]|(?<![\d.:,])\d{1,3}(?:,\d{3})+(?![\d:])|(?<![\d.:])\d+\.\d\d(?![\d.:])"
)
"""An amount in folded text, with or without its currency."""
_REMEDY = Purpose.remedy_notice
_WRITTEN = (Channel.sms, Channel.email, Channel.letter)

Words = Annotated[tuple[str, ...], Tighter.more]


class Signature(Parameters):
    """The sender's name in 【】 at the head of a text message."""

    name: Annotated[str, Tighter.named] = ""
    """The registered signature, which the portfolio names; empty: any."""


def signature(p: Signature, case: Case) -> Finding | None:
    """A text message opens with the sender's registered signature."""
    text = case.contact.text
    if text is None or case.contact.channel is not Channel.sms:
        return None
    head = _HEAD.match(text)
    if head is None:
        return Finding("the message does not open with a signature 【…】")
    return Finding("the signature is not the registered one") if p.name and head.group(1) != p.name else None


class OptOutText(Parameters):
    """Ways to say how to opt out."""

    phrases: Annotated[tuple[str, ...], Tighter.fewer]
    about: Annotated[tuple[str, ...], Tighter.fixed] = ()
    """Only messages with one of these words need it; empty: all."""


def opt_out_text(p: OptOutText, case: Case) -> Finding | None:
    """Each electronic message, or each that advertises, tells how to opt out, simply (12 CFR 1006.6(e), CN-SMS)."""
    contact = case.contact
    if contact.text is None or contact.channel not in (Channel.sms, Channel.email):
        return None
    if contact.purpose is Purpose.opt_out_confirmation or find(p.phrases, contact.text):
        return None
    return Finding("the message does not say how to opt out") if not p.about or find(p.about, contact.text) else None


class Identity(Parameters):
    """Names of which a message must carry one; the portfolio gives them."""

    names: Annotated[tuple[str, ...], Tighter.named] = ()

    @property
    def is_idle(self) -> bool:
        return not self.names


def identity(p: Identity, case: Case) -> Finding | None:
    """A message says who writes."""
    contact = case.contact
    if contact.text is None or contact.channel not in _WRITTEN or not p.names or find(p.names, contact.text):
        return None
    return Finding("the message does not say who writes")


class Forbidden(Parameters):
    """Word lists by what is wrong with them."""

    deny: Annotated[dict[str, tuple[str, ...]], Tighter.more] = Field(default_factory=dict)
    """A phrase may stand for several: "{tell,call} your {boss,family}"."""
    suit: Words = ()
    """Announcements of a suit: true only when the case was referred; otherwise a person looks."""
    harmless: Annotated[tuple[str, ...], Tighter.fewer] = ()
    """Phrases that hold a listed word and do no harm, such as a warning of swindlers."""

    @field_validator("deny")
    @classmethod
    def _spread(cls, lists: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {wrong: tuple(word for phrase in words for word in spread(phrase)) for wrong, words in lists.items()}


def forbidden(p: Forbidden, case: Case) -> Finding | None:
    """Posing, threats, insults, invented consequences, urging new borrowing; a suit that nobody decided."""
    text = case.contact.text
    if text is None:
        return None
    for wrong, words in p.deny.items():
        if hit := find(words, text, p.harmless):
            return Finding(f"{wrong}: {hit!r}")
    hit = find(p.suit, text, p.harmless) if p.suit else None
    if hit is None or _is_referred(case):
        return None
    return Finding(f"a suit is announced without a referral on file: {hit!r}", None, Answer.review)


def _is_referred(case: Case) -> bool:
    accounts = case.accounts()
    return bool(accounts) and all(is_referred(a) or extra_of(a).sued_on is not None for a in accounts)


class Discreet(Parameters):
    """Words that tell of a debt."""

    words: Words
    also: Annotated[tuple[Whom, ...], Tighter.fewer] = ()


def discreet(p: Discreet, case: Case) -> Finding | None:
    """No word and no amount that lets a third person learn of the debt."""
    text = case.contact.text
    if text is None or not is_third(p.also, case):
        return None
    if hit := find(p.words, text):
        return Finding(f"tells a third person of the debt: {hit!r}")
    return Finding("names an amount to a third person") if _AMOUNT.search(plain(text)) else None


class Voicemail(Parameters):
    """What a message left on a machine may and must hold."""

    words: Words
    """Words that show collection."""
    reply: Annotated[tuple[str, ...], Tighter.fewer]
    """Ways to ask for a reply."""
    person: Annotated[tuple[str, ...], Tighter.fewer] = ()
    """Words before the name of who may be called back."""
    business: Annotated[tuple[str, ...], Tighter.fewer] = ()
    """Words before the name of the business."""


def voicemail(p: Voicemail, case: Case) -> Finding | None:
    """Limited content: a business name that does not show collection, a request to reply, a person's name, a number
    (12 CFR 1006.2(j))."""
    text = case.contact.text
    if text is None or case.contact.channel is not Channel.call:
        return None
    if hit := find(p.words, text):
        return Finding(f"the message left shows that it is about a debt: {hit!r}")
    missing = [
        what
        for what, is_there in (
            ("a request to reply", find(p.reply, text)),
            ("a number to call", _NUMBER_TO_CALL.search(text)),
            ("a person's name", names(p.person, text)),
            ("the name of the business", names(p.business, text)),
        )
        if not is_there
    ]
    return Finding(f"the message left lacks {', '.join(missing)}") if missing else None


class TimeBarred(Parameters):
    """Words that announce a suit."""

    words: Words


def time_barred(p: TimeBarred, case: Case) -> Finding | None:
    """No suit, and no threat of one, on a debt whose limitation period is over (12 CFR 1006.26(b))."""
    contact = case.contact
    if contact.text is None and contact.purpose is not _REMEDY:
        return None
    threatens = contact.purpose is _REMEDY or (contact.text and find(p.words, contact.text))
    if not threatens:
        return None
    for account in case.accounts():
        lapses = extra_of(account).limitation_on
        if lapses is not None and any(date.fromordinal(day.ordinal) > lapses for day in case.days):
            return Finding(f"a suit is announced on a debt that lapsed on {lapses}")
    return None


class Length(Parameters):
    """The longest text message."""

    parts: Annotated[int, Field(ge=1), Tighter.lower] = 6


def length(p: Length, case: Case) -> Finding | None:
    """A text message has a sensible number of parts, and is not empty."""
    text = case.contact.text
    if text is None:
        return None
    if not text.strip():
        return Finding("the message is empty")
    if case.contact.channel is not Channel.sms:
        return None
    parts = count_segments(text).parts
    return Finding(f"{parts} parts; at most {p.parts}") if parts > p.parts else None


class Language(Parameters):
    """Nothing to set."""


def language(p: Language, case: Case) -> Finding | None:
    """A text in a script that the person does not read: a person looks."""
    text, spoken = case.contact.text, case.facts.body.language
    if text is None or not spoken or case.contact.channel not in _WRITTEN:
        return None
    if spoken.startswith("zh") == is_chinese(text):
        return None
    return Finding(f"the text is not in the person's language ({spoken})")
