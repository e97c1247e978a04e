"""What the carrier can lawfully carry: carriers forbid more than the law."""

from __future__ import annotations

from typing import Annotated

from collector.compliance.rules.case import Capabilities, Case
from collector.compliance.rules.contact import Purpose
from collector.compliance.rules.parameters import Parameters, Tighter
from collector.compliance.rules.verdict import Answer, Finding
from collector.compliance.rules.wording import find, has_cjk
from collector.history.rules import Channel

CARRIED = (Channel.call, Channel.sms)
"""Channels that go through a carrier at all."""


class Carrier(Parameters):
    """Nothing to set: the carrier says what it can do."""


def _carrier(case: Case) -> Capabilities | None:
    return case.setting.capabilities if case.contact.channel in CARRIED else None


def carrier_channel(p: Carrier, case: Case) -> Finding | None:
    """The carrier has this channel."""
    able = _carrier(case)
    if able is None or case.contact.channel.value in able.channels:
        return None
    return Finding(f"{able.carrier} does not carry {case.contact.channel.value}")


def carrier_country(p: Carrier, case: Case) -> Finding | None:
    """The carrier reaches the country of the number."""
    able, number = _carrier(case), case.contact.number
    if able is None or able.countries is None or number is None:
        return None
    if any(number.startswith(code) for code in able.countries):
        return None
    return Finding(f"{able.carrier} does not reach this country")


def content_class(purpose: Purpose, collector_type: str) -> str:
    """What carriers call the content: they look at who collects."""
    if purpose is Purpose.collect:
        return "collection" if collector_type == "creditor" else "third_party_collection"
    return purpose.value if purpose in (Purpose.reminder, Purpose.location) else "notice"


def carrier_content(p: Carrier, case: Case) -> Finding | None:
    """The carrier carries this class of content (Twilio, for one, carries no third-party collection in the US)."""
    able = _carrier(case)
    if able is None or able.content is None or case.contact.channel is not Channel.sms:
        return None
    kind = content_class(case.contact.purpose, case.setting.collector_type)
    return None if kind in able.content else Finding(f"{able.carrier} does not carry {kind} messages")


def carrier_template(p: Carrier, case: Case) -> Finding | None:
    """Where templates are registered, the message is one of them. A contact without text is not written yet."""
    able, contact = _carrier(case), case.contact
    if able is None or able.templates is None or contact.channel is not Channel.sms or contact.text is None:
        return None
    if contact.template in able.templates:
        return None
    return Finding(f"the template is not registered with {able.carrier}")


def carrier_language(p: Carrier, case: Case) -> Finding | None:
    """The carrier carries this script."""
    able, text = _carrier(case), case.contact.text
    if able is None or able.languages is None or text is None or case.contact.channel is not Channel.sms:
        return None
    if not has_cjk(text) or any(language.startswith("zh") for language in able.languages):
        return None
    return Finding(f"{able.carrier} does not carry Chinese text")


class TwoWay(Parameters):
    """Ways to ask for a reply by text."""

    phrases: Annotated[tuple[str, ...], Tighter.more]


def carrier_two_way(p: TwoWay, case: Case) -> Finding | None:
    """A message that asks for a reply goes over a route that takes one."""
    able, text = _carrier(case), case.contact.text
    if able is None or able.two_way or text is None or case.contact.channel is not Channel.sms:
        return None
    hit = find(p.phrases, text)
    if hit is None:
        return None
    return Finding(f"asks for a reply, which {able.carrier} does not take: {hit!r}", None, Answer.review)
