"""The `details` of an events file: what each kind of event says, as key=value; key=value or a JSON object.

| kind              | details (those marked * must be there)                                                          |
|-------------------|-------------------------------------------------------------------------------------------------|
| attempt           | outcome, channel (default call), direction (default outbound), caller, slot, seconds, purpose,   |
|                   | step, text, note, delivered_at (of an SMS: its receipt)                                          |
| call, sms, email, | as attempt, by that channel                                                                      |
| letter, visit     |                                                                                                  |
| outcome           | outcome*, seconds, note, caller, slot: how the call to that phone at that moment ended, or,      |
|                   | where it is recorded already, a correction                                                       |
| disposition       | cause, willingness, ability, refuses, spoke_to, next_step, note                                  |
| promise           | amount* (major units), due_at*, way, promised_by, plan                                           |
| callback          | due_at*, agent (login)                                                                           |
| says_paid         |                                                                                                  |
| stop              | stop* (or kind): opt_out, cease, attorney ...; channel, until, reason                            |
| opt_out, cease ...| a stop of that kind: channel, until, reason                                                      |
| consent, revoked  | channel, until, evidence                                                                         |
| preference        | not_before, not_after (HH:MM), weekdays (mon tue ...), place, channel, until                     |
| agreement         | evidence*, hours (22:00-23:00), channel, until                                                   |
| verification_sent | evidence; as validation_due and validation_notice, about the account of its row                  |
| validation_due    | the debt came without proof that its validation notice was sent                                  |
| validation_notice | evidence                                                                                         |
| number_checked    | until, evidence: the phone was not given to somebody else                                        |
| mental_health_    | treated_until (a day), evidence                                                                  |
| crisis            |                                                                                                  |
| dispute           | reason, answered_at, answer                                                                      |
| complaint         | text*                                                                                            |
| hold              | scope (account or person), reason, until, note                                                   |

A time without offset is on the portfolio's clock. `phone` of an opt_out, consent or preference makes it one for that
number.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from collector.foundation.errors import BadInput
from collector.foundation.money import parse_amount
from collector.foundation.phone import normalise
from collector.history.rules import (
    Ability,
    Cause,
    Channel,
    Direction,
    HoldReason,
    HoldScope,
    Outcome,
    Standing,
    StopKind,
    Willingness,
)
from collector.portfolio.loading import Book
from collector.portfolio.loading.parsing import meant, moment_of
from collector.portfolio.rules import OBLIGORS, PartyRole


class EventKind(StrEnum):
    """What is written down; every other word of the file is one of these with something said in advance."""

    attempt = "attempt"
    outcome = "outcome"
    disposition = "disposition"
    promise = "promise"
    callback = "callback"
    says_paid = "says_paid"
    stop = "stop"
    standing = "standing"
    dispute = "dispute"
    complaint = "complaint"
    hold = "hold"


class Told(NamedTuple):
    """One event, understood."""

    kind: EventKind
    what: Mapping[str, Any]


Parse = Callable[[str, Book], Any]


class Field(NamedTuple):
    parse: Parse
    required: bool = False


def _text(text: str, _: Book) -> str:
    if len(text) > 500 or not text.isprintable():
        raise BadInput("is longer than 500 characters, or holds control characters")
    return text


def _word(words: type[StrEnum]) -> Parse:
    def parse(text: str, _: Book) -> StrEnum:
        known = [word.value for word in words]
        if text.lower() not in known:
            raise BadInput(f"{text[:40]!r} is not one of {', '.join(known)}{meant(text, known)}")
        return words(text.lower())

    return parse


def _moment(text: str, book: Book) -> datetime:
    return moment_of(text, book.zone)


def _past(text: str, book: Book) -> datetime:
    found = moment_of(text, book.zone)
    if found > book.at:
        raise BadInput("lies in the future of this load")
    return found


def _amount(text: str, book: Book) -> int:
    return parse_amount(text, book.currency)


def _seconds(text: str, _: Book) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= timedelta(days=1).total_seconds()):
        raise BadInput(f"{text[:40]!r} is not a number of seconds")
    return int(text)


def _phone(text: str, book: Book) -> str:
    return normalise(text, book.region)


def _yes(text: str, _: Book) -> bool:
    if text.lower() not in ("yes", "true", "1", "no", "false", "0"):
        raise BadInput(f"{text[:40]!r} is neither yes nor no")
    return text.lower() in ("yes", "true", "1")


def _obligor(text: str, _: Book) -> PartyRole:
    if text.lower() not in set(OBLIGORS):
        raise BadInput(f"only who owes can promise: {', '.join(sorted(OBLIGORS))}")
    return PartyRole(text.lower())


def _scope(text: str, _: Book) -> HoldScope:
    if text.lower() not in (HoldScope.account, HoldScope.person):
        raise BadInput("a hold of one row is for its account or its person")
    return HoldScope(text.lower())


CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _clock(text: str, _: Book) -> str:
    if CLOCK.fullmatch(text) is None:
        raise BadInput(f"{text[:40]!r} is not a time of day such as 09:30")
    return text


def _hours(text: str, book: Book) -> str:
    first, _, last = text.partition("-")
    return f"{_clock(first.strip(), book)}-{_clock(last.strip(), book)}"


def _weekdays(text: str, _: Book) -> list[str]:
    found = [word for word in re.split(r"[ ,+]+", text.lower()) if word]
    if not found or not set(found) <= set(DAYS):
        raise BadInput(f"{text[:40]!r} is not made of {', '.join(DAYS)}")
    return found


def _day(text: str, _: Book) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise BadInput(f"{text[:40]!r} is not a day such as 2026-05-12") from error


TEXT, CHANNEL, UNTIL = Field(_text), Field(_word(Channel)), Field(_moment)
ATTEMPT = {
    "outcome": Field(_word(Outcome)),
    "channel": CHANNEL,
    "direction": Field(_word(Direction)),
    "caller": Field(_phone),
    "slot": TEXT,
    "seconds": Field(_seconds),
    "purpose": TEXT,
    "step": TEXT,
    "text": TEXT,
    "note": TEXT,
    "delivered_at": Field(_past),
}
MARK = {"channel": CHANNEL, "until": UNTIL, "evidence": TEXT}
STOP = {"channel": CHANNEL, "until": UNTIL, "reason": TEXT}
FIELDS: Mapping[str, Mapping[str, Field]] = {
    "attempt": ATTEMPT,
    "outcome": {name: ATTEMPT[name] for name in ("seconds", "note", "caller", "slot")}
    | {"outcome": Field(_word(Outcome), True)},
    "disposition": {
        "cause": Field(_word(Cause)),
        "willingness": Field(_word(Willingness)),
        "ability": Field(_word(Ability)),
        "refuses": Field(_yes),
        "spoke_to": TEXT,
        "next_step": TEXT,
        "note": TEXT,
    },
    "promise": {
        "amount": Field(_amount, True),
        "due_at": Field(_moment, True),
        "way": TEXT,
        "promised_by": Field(_obligor),
        "plan": TEXT,
    },
    "callback": {"due_at": Field(_moment, True), "agent": TEXT},
    "says_paid": {},
    "stop": STOP | {"stop": Field(_word(StopKind), True)},
    "consent": MARK,
    "revoked": MARK,
    "preference": {
        "not_before": Field(_clock),
        "not_after": Field(_clock),
        "weekdays": Field(_weekdays),
        "place": TEXT,
        "channel": CHANNEL,
        "until": UNTIL,
    },
    "agreement": {"evidence": Field(_text, True), "hours": Field(_hours), "channel": CHANNEL, "until": UNTIL},
    "verification_sent": {"evidence": TEXT},
    "validation_due": {},
    "validation_notice": {"evidence": TEXT},
    "number_checked": {"until": UNTIL, "evidence": TEXT},
    "mental_health_crisis": {"treated_until": Field(_day), "evidence": TEXT},
    "dispute": {"reason": TEXT, "answered_at": Field(_past), "answer": TEXT},
    "complaint": {"text": Field(_text, True)},
    "hold": {"scope": Field(_scope), "reason": Field(_word(HoldReason)), "until": UNTIL, "note": TEXT},
}
CHANNELS = {channel.value: channel for channel in Channel}
STOPS = {stop.value: stop for stop in StopKind}
MARKS = {mark.value: mark for mark in Standing}
KINDS = (*FIELDS, *CHANNELS, *STOPS)


def understand(word: str, details: Mapping[str, Any] | None, book: Book) -> Told:
    """The event that a row tells of; `BadInput` says what is wrong with its kind or details."""
    given = {name.lower(): value for name, value in (details or {}).items() if value is not None}
    if word in CHANNELS:
        return Told(EventKind.attempt, {"channel": CHANNELS[word], **_parsed("attempt", given, book, {"channel"})})
    if word in STOPS:
        return Told(EventKind.stop, {"stop": STOPS[word], **_parsed("stop", given, book, {"stop"})})
    if word == "stop" and "kind" in given:
        given["stop"] = given.pop("kind")
    if word not in FIELDS:
        raise BadInput(f"the kind {word!r} is none of {', '.join(KINDS)}{meant(word, KINDS)}")
    found = _parsed(word, given, book, set())
    if word in MARKS:
        return Told(EventKind.standing, {"mark": MARKS[word], **found})
    return Told(EventKind(word), found)


def _parsed(word: str, given: Mapping[str, Any], book: Book, said: set[str]) -> dict[str, Any]:
    """The details of one kind. `said`: what the row's kind says already."""
    fields = {name: field for name, field in FIELDS[word].items() if name not in said}
    unknown = sorted(given.keys() - fields.keys())
    if unknown:
        raise BadInput(f"{unknown[0][:40]!r} is no detail of {word}{meant(unknown[0], tuple(fields))}")
    missing = [name for name, field in fields.items() if field.required and not _cell(given.get(name))]
    if missing:
        raise BadInput(f"{word} needs {' and '.join(missing)}")
    return {name: _one(name, fields[name], _cell(value), book) for name, value in given.items() if _cell(value)}


def _one(name: str, field: Field, text: str, book: Book) -> Any:
    try:
        return field.parse(text, book)
    except BadInput as error:
        raise BadInput(f"{name}: {error.message}") from error


def _cell(value: Any) -> str:
    """A JSON value as the cell it stands for."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, dict):
        raise BadInput("details hold no objects inside objects")
    return ("true" if value else "false") if isinstance(value, bool) else str(value or "").strip()


DIGEST = 32
"""Characters of the hexadecimal digest: 128 bits tell any number of events apart."""


def natural_key(*parts: Any) -> str:
    """The same event, written again or in another way, has the same key: "event:<digest>"."""
    text = json.dumps(parts, default=_plain, sort_keys=True, ensure_ascii=False)
    return f"event:{hashlib.sha256(text.encode()).hexdigest()[:DIGEST]}"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
