"""Texts: accepted, receipted and answered; and those that borrowers send of themselves."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Final

from collector.foundation.errors import BadInput
from collector.sandbox.borrowers import MessageFate
from collector.sandbox.carrier import API_VERSION, E164, Carrier
from collector.sandbox.forms import Form
from collector.sandbox.listing import Query, within
from collector.sandbox.refusals import RECEIPTS, RestError
from collector.sandbox.shapes import Message
from collector.sandbox.twiml import parse
from collector.sandbox.webhooks import Answer, Params

LONGEST_BODY: Final = 1600
QUIET_AFTER_REPLY: Final = timedelta(hours=1)
STOPS: Final = frozenset(["STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"])
STARTS: Final = frozenset(["START", "YES", "UNSTOP"])
GSM7: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION: Final = frozenset("^{}\\[~]|€\f")


def create(carrier: Carrier, form: Form) -> Message:
    """Accepts a text, or refuses it with a published code; its life goes on by itself."""
    to, sender, body = form.one("To"), form.one("From"), form.one("Body")
    media = len(form.many("MediaUrl"))
    _check(carrier, form, to, sender, body, media)
    fate = carrier.person_at(to).on_message(body, carrier.timeline.now())
    refused = 21610 if (to, sender) in carrier.opted_out else fate.refused
    if refused is not None:
        carrier.record.write("message.refused", carrier.timeline.now(), to=to, sender=sender, code=refused)
        raise RestError(refused)
    message = _store(carrier, "MM" if media else "SM", to, sender, body, "outbound-api", "queued")
    message.media = media
    message.status_callback = form.one("StatusCallback")
    carrier.record.write("message.accepted", message.created, sid=message.sid, to=to, sender=sender, body=body)
    carrier.starts(_live(carrier, message, fate))
    return message


async def receive(carrier: Carrier, sender: str, to: str, body: str) -> tuple[Message, Answer | None]:
    """A borrower texts one of our numbers: STOP and START are remembered, the owner's webhook is told."""
    message = _store(carrier, "SM", to, sender, body, "inbound", "received")
    message.sent = message.created
    carrier.record.write("message.inbound", message.created, sid=message.sid, to=to, sender=sender, body=body)
    word = body.strip().upper()
    if word in STOPS:
        carrier.opted_out.add((sender, to))
    elif word in STARTS:
        carrier.opted_out.discard((sender, to))
    owned = carrier.config.numbers.get(to)
    if owned is None or not owned.sms_url:
        return message, None
    answer = await carrier.hooks.fetch(owned.sms_url, _inbound_params(carrier, message))
    if answer is not None and answer.good and answer.text.strip():
        _obey(carrier, message, answer.text)
    return message, answer


def matches(message: Message, query: Query) -> bool:
    return (
        query.get("To", message.to) == message.to
        and query.get("From", message.sender) == message.sender
        and within(message.sent, query, "DateSent")
    )


def render(carrier: Carrier, message: Message) -> dict[str, object]:
    """The message as the published schema describes it."""
    uri = f"{carrier.account_path}/Messages/{message.sid}"
    return {
        "sid": message.sid,
        "account_sid": carrier.config.account_sid,
        "messaging_service_sid": None,
        "to": message.to,
        "from": message.sender,
        "body": message.body,
        "status": message.status,
        "direction": message.direction,
        "num_segments": str(segments(message.body)),
        "num_media": str(message.media),
        "date_created": format_datetime(message.created),
        "date_updated": format_datetime(message.updated),
        "date_sent": format_datetime(message.sent) if message.sent else None,
        "error_code": message.error_code,
        "error_message": RECEIPTS.get(message.error_code) if message.error_code else None,
        "price": None,
        "price_unit": "USD",
        "api_version": API_VERSION,
        "uri": uri + ".json",
        "subresource_uris": {"media": uri + "/Media.json"},
    }


def segments(body: str) -> int:
    """Parts a text is carried in: 160 or 153 septets of GSM 7-bit, else 70 or 67 UTF-16 units."""
    if all(letter in GSM7 or letter in GSM7_EXTENSION for letter in body):
        units, single, part = len(body) + sum(letter in GSM7_EXTENSION for letter in body), 160, 153
    else:
        units, single, part = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if units <= single else -(-units // part)


def _check(carrier: Carrier, form: Form, to: str, sender: str, body: str, media: int) -> None:
    code = None
    callback = form.one("StatusCallback")
    if not to:
        code = 21604
    elif not E164.fullmatch(to):
        code = 21211
    elif not sender:
        code = 21701 if form.one("MessagingServiceSid") else 21603
    elif sender not in carrier.config.numbers:
        code = 21606
    elif not body and not media:
        code = 21602
    elif len(body) > LONGEST_BODY:
        code = 21617
    elif callback and not carrier.hooks.allows(callback):
        code = 21609
    if code is not None:
        carrier.record.write("message.refused", carrier.timeline.now(), to=to, sender=sender, code=code)
        raise RestError(code)


def _store(carrier: Carrier, prefix: str, to: str, sender: str, body: str, direction: str, status: str) -> Message:
    ordinal, now = carrier.next_ordinal(), carrier.timeline.now()
    message = Message(carrier.sid(prefix, ordinal), ordinal, to, sender, body, direction, status, now, now)
    carrier.messages.add(message)
    return message


async def _live(carrier: Carrier, message: Message, fate: MessageFate) -> None:
    for step in fate.steps:
        moment = message.created + timedelta(seconds=step.after)
        await carrier.timeline.until(moment)
        message.status, message.updated, message.error_code = step.status, moment, step.error_code
        message.sent = message.sent or moment
        carrier.record.write("message." + step.status, moment, sid=message.sid, error_code=step.error_code)
        if message.status_callback:
            await carrier.hooks.report("messages", message.status_callback, _status_params(carrier, message))
    if fate.reply is not None and _willing(carrier, message):
        await carrier.timeline.until(message.created + timedelta(seconds=fate.reply.after))
        await receive(carrier, message.to, message.sender, fate.reply.body)


def _willing(carrier: Carrier, message: Message) -> bool:
    """Nobody answers twice within the hour: two machines that thank each other would never stop."""
    talk = (message.to, message.sender)
    last = carrier.replied.get(talk)
    if last is not None and timedelta(0) <= message.created - last < QUIET_AFTER_REPLY:
        return False
    carrier.replied[talk] = message.created
    return True


def _obey(carrier: Carrier, message: Message, document: str) -> None:
    """Sends the `<Message>`s with which the application answers a text."""
    try:
        verbs = parse(document)
    except BadInput as error:
        carrier.record.write("twiml.invalid", carrier.timeline.now(), sid=message.sid, reason=error.message)
        return
    for verb in verbs:
        body = verb.text.strip() or "".join(noun.text for noun in verb.children if noun.name == "Body")
        if verb.name == "Message" and body and (message.sender, message.to) not in carrier.opted_out:
            reply = _store(carrier, "SM", message.sender, message.to, body, "outbound-reply", "queued")
            carrier.record.write(
                "message.reply", reply.created, sid=reply.sid, to=reply.to, sender=reply.sender, body=body
            )
            fate = carrier.person_at(reply.to).on_message(body, reply.created)
            carrier.starts(_live(carrier, reply, MessageFate(fate.steps)))


def _status_params(carrier: Carrier, message: Message) -> Params:
    params = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": message.status,
        "SmsStatus": message.status,
        "To": message.to,
        "From": message.sender,
        "AccountSid": carrier.config.account_sid,
        "ApiVersion": API_VERSION,
    }
    if message.error_code is not None:
        params |= {"ErrorCode": str(message.error_code), "ErrorMessage": RECEIPTS[message.error_code]}
    return params


def _inbound_params(carrier: Carrier, message: Message) -> Params:
    return {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "SmsStatus": "received",
        "AccountSid": carrier.config.account_sid,
        "From": message.sender,
        "To": message.to,
        "Body": message.body,
        "NumMedia": "0",
        "NumSegments": str(segments(message.body)),
        "ApiVersion": API_VERSION,
    }
