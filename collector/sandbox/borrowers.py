"""Simulated borrowers: the same seed and number live the same life. `personas` holds the table of behaviour.

Amounts are integers in minor units; seconds are the sandbox's own, which may run faster than real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from collector.foundation.clock import local
from collector.history.rules import Outcome
from collector.sandbox.personas import ENDINGS, PERSONAS, WEIGHTS, Payer, Persona


@dataclass(frozen=True, slots=True)
class Step:
    """A status the carrier reports, so many seconds after the message was accepted."""

    after: float
    status: str
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    after: float
    body: str


@dataclass(frozen=True, slots=True)
class MessageFate:
    """What becomes of a text: `refused` is a published error code, or the steps it goes through."""

    steps: tuple[Step, ...] = ()
    reply: Reply | None = None
    refused: int | None = None


@dataclass(frozen=True, slots=True)
class CallFate:
    """What becomes of a call: the carrier's words, and the outcome an agent on the line would record."""

    status: str
    ring: int
    duration: int
    answered_by: str | None
    outcome: Outcome
    sip_code: int
    promise_in: timedelta | None = None

    @property
    def answered(self) -> bool:
        return self.status == "completed"


@dataclass(frozen=True, slots=True)
class Payment:
    amount: int
    minute_of_day: int


RINGS: Final = {
    # outcome: (carrier status, seconds of ringing, seconds of talk, what machine detection says)
    Outcome.no_answer: ("no-answer", 60, 0, None),
    Outcome.voicemail: ("completed", 20, 25, "machine_end_beep"),
    Outcome.assistant: ("completed", 8, 15, "machine_start"),
    Outcome.busy: ("busy", 2, 0, None),
    Outcome.rejected: ("busy", 5, 0, None),
    Outcome.switched_off: ("no-answer", 4, 0, None),
    Outcome.suspended: ("failed", 2, 0, None),
    Outcome.vacant: ("failed", 1, 0, None),
    Outcome.unreachable: ("no-answer", 6, 0, None),
    Outcome.wrong_number: ("completed", 10, 12, "human"),
    Outcome.third_party: ("completed", 12, 35, "human"),
    Outcome.right_party: ("completed", 9, 90, "human"),
    Outcome.says_paid: ("completed", 9, 45, "human"),
    Outcome.deceased: ("completed", 14, 40, "human"),
    Outcome.failed: ("failed", 0, 0, None),
}

SIP_CODES: Final = {
    Outcome.no_answer: 487,
    Outcome.busy: 486,
    Outcome.rejected: 603,
    Outcome.switched_off: 480,
    Outcome.suspended: 403,
    Outcome.vacant: 404,
    Outcome.unreachable: 480,
    Outcome.failed: 503,
}
"""The network's word behind the carrier's (RFC 3261, section 21); an answered call is 200."""

DAILY_CHANCE: Final = {Payer.prompt: 0.12, Payer.slow: 0.04, Payer.never: 0.0}
KEEPS_PROMISE: Final = {Payer.prompt: 0.95, Payer.slow: 0.6, Payer.never: 0.0}
REMINDED_FACTOR: Final = 2.5
MISSES: Final = (Outcome.no_answer,) * 7 + (Outcome.rejected,) * 2 + (Outcome.voicemail,)
EVASIONS: Final = (*MISSES[3:], Outcome.rejected, Outcome.assistant, Outcome.busy)


@dataclass(frozen=True, slots=True)
class Borrower:
    """The person behind one number. Everything below is a pure function of seed, number and arguments."""

    seed: int
    number: str
    persona: Persona

    def on_message(self, text: str, at: datetime) -> MessageFate:
        """The carrier's receipts and the borrower's answer to a text accepted at `at`."""
        persona = self.persona
        if persona.refused is not None:
            return MessageFate(refused=persona.refused)
        sent = Step(1.0, "sent")
        if not persona.receipt:
            return MessageFate((sent,))
        after = 2.0 + round(6.0 * self._chance("receipt", text, at.isoformat()), 1)
        if persona.sms_error is not None:
            status = "failed" if persona.sms_error == 30008 else "undelivered"
            return MessageFate((sent, Step(after, status, persona.sms_error)))
        return MessageFate((sent, Step(after, "delivered")), self._reply(after))

    def on_call(self, at: datetime, caller: str, attempt_no: int) -> CallFate:
        """The fate of the `attempt_no`th call (from 1) to this number, placed at `at` (aware) by `caller`."""
        outcome = self._outcome(at, caller, attempt_no)
        status, ring, duration, answered_by = RINGS[outcome]
        days = self.persona.promise_days
        promises = outcome is Outcome.right_party and days is not None
        promise_in = timedelta(days=days) if promises and days is not None else None
        sip_code = SIP_CODES.get(outcome, 200)
        return CallFate(status, ring, duration, answered_by, outcome, sip_code, promise_in)

    def pays(self, overdue: int, days_past_due: int, reminded: bool, promised: bool, day: date) -> Payment | None:
        """What comes in on `day`: `overdue` is what could be paid (minor units), `reminded` whether a contact
        arrived lately, `promised` whether an open promise falls due on this day."""
        if overdue <= 0:
            return None
        payer = self.persona.payer
        odds = DAILY_CHANCE[payer] * (REMINDED_FACTOR if reminded else 1.0) / (1 + max(days_past_due, 0) / 90)
        if promised:
            odds = KEEPS_PROMISE[payer]
        if self._chance("pays", day.isoformat()) >= odds:
            return None
        part = payer is Payer.slow and not promised and self._chance("part", day.isoformat()) < 0.3
        amount = max(1, overdue // 2) if part else overdue
        return Payment(amount, 8 * 60 + int(self._chance("minute", day.isoformat()) * 12 * 60))

    def _outcome(self, at: datetime, caller: str, attempt_no: int) -> Outcome:
        if self.persona.outcome is not None:
            return self.persona.outcome
        if self.persona.name == "trunk_fault":
            return Outcome.failed if attempt_no <= 1 else Outcome.right_party
        if self.persona.name == "third_time":
            return Outcome.no_answer if attempt_no < 3 else Outcome.right_party
        if self.persona.name == "screener":
            return Outcome.right_party if self._chance("screens", caller) < 1 / 3 else Outcome.rejected
        key = ("call", at.isoformat(), caller, str(attempt_no))
        if self.persona.name == "evasive":
            return EVASIONS[int(self._chance(*key) * len(EVASIONS))]
        answers = 0.55 if self._part_of_day(at) == int(self._chance("habit") * 3) else 0.2
        if self._chance(*key) < answers:
            return Outcome.right_party
        return MISSES[int(self._chance("miss", *key) * len(MISSES))]

    def _part_of_day(self, at: datetime) -> int:
        hour = local(at, zone_of(self.number)).hour
        return 0 if hour < 12 else 1 if hour < 18 else 2

    def _reply(self, delivered_after: float) -> Reply | None:
        wording = self.persona.reply
        if wording is None:
            return None
        if self.persona.reply_zh is not None and self.number.startswith("+86"):
            wording = self.persona.reply_zh
        return Reply(delivered_after + 20.0 + round(40.0 * self._chance("reply"), 1), wording)

    def _chance(self, *what: str) -> float:
        """A number in [0, 1) that depends on nothing but seed, number and `what`."""
        return chance(self.seed, self.number, *what)


def chance(seed: int, *what: str) -> float:
    """A number in [0, 1), evenly spread, the same for the same arguments on every machine."""
    digest = blake2b("\x1f".join((str(seed), *what)).encode(), digest_size=7).digest()
    return int.from_bytes(digest) / 2**56


def zone_of(number: str) -> str:
    """The IANA zone a simulated number lives in."""
    if number.startswith("+86"):
        return "Asia/Shanghai"
    return "America/New_York" if number.startswith("+1") else "UTC"


@lru_cache(maxsize=200_000)
def borrower(seed: int, number: str) -> Borrower:
    """The person who lives at this number (E.164) under this seed."""
    name = ENDINGS.get(number[-2:]) or _drawn(chance(seed, number, "persona"))
    return Borrower(seed, number, PERSONAS[name])


def _drawn(share: float) -> str:
    rest = share * sum(weight for _, weight in WEIGHTS)
    for name, weight in WEIGHTS:
        rest -= weight
        if rest < 0:
            return name
    return WEIGHTS[-1][0]
