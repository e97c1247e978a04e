"""The weeks before the floor opens: contacts lived through with the same simulated borrowers that will answer later.

Each late account was called and written to along its own days; what the borrower did (`sandbox.borrowers`, the last
two digits of the number) became outcomes, promises kept and broken, opt-outs, strangers. Nothing here decides what is
lawful: it is what a creditor's own books would bring along.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from collector.foundation.clock import at_local, local_day
from collector.foundation.phone import normalise
from collector.history.rules import ALIVE, DEAD, Outcome
from collector.sandbox.book.money import owed_on, part_payment
from collector.sandbox.book.world import BookSpec, Event, Loan
from collector.sandbox.borrowers import Borrower, CallFate, borrower

SEED: Final = 1
"""The sandbox's own default: whoever answered before will answer again."""
WEEKS_DAYS: Final = 45
PROMISE_HOUR: Final = time(18)
GIVES_UP_AFTER: Final = 3
RESTS_AFTER_TALK: Final = 6
"""Days without a call after a conversation."""
SMS_EVERY: Final = 3
REGION: Final = {"cn": "CN", "us": "US"}
STOP_WORDS: Final = ("STOP", "退订")
CAUSES: Final = ("careless", "short_of_funds", "short_of_funds", "ability_collapsed", "business_stopped", "unknown")


def live_through(loan: Loan, spec: BookSpec, rng: Random, now: datetime) -> None:
    """Adds to the loan what happened with its borrower so far, and the money that came of it."""
    if loan.late > 1:
        Past(loan, spec, rng, now).walk()


class Past:
    """One borrower's past, day by day."""

    def __init__(self, loan: Loan, spec: BookSpec, rng: Random, now: datetime) -> None:
        self._loan, self._spec, self._rng, self._now = loan, spec, rng, now
        self._zone = loan.borrower.zone or spec.zone
        self._today = local_day(now, spec.zone)
        self._phones = list(loan.borrower.phones)
        self._calls: dict[str, int] = {}
        self._silent: dict[str, int] = {}
        self._quiet_until = 0
        """Day past due before which nobody calls."""
        self._may_text = spec.jurisdiction == "cn"
        self._has_paid = False

    def walk(self) -> None:
        for place, late in enumerate(self._days()):
            if not self._phones:
                return
            if late < self._quiet_until:
                continue
            if self._may_text and place % SMS_EVERY == 0:
                self._text(late)
            else:
                self._call(late)

    def _days(self) -> Iterator[int]:
        """Days past due on which somebody was at it: often at first, weekly in the end, in the last weeks only."""
        day = 1
        while day < self._loan.late:
            if self._loan.late - day <= WEEKS_DAYS:
                yield day
            day += self._rng.randint(1, 3) if day < 10 else self._rng.randint(3, 6) if day < 90 else 7

    def _day(self, late: int) -> date:
        return self._today - timedelta(days=self._loan.late - late)

    def _moment(self, late: int, first: int, last: int) -> datetime:
        """On the borrower's own clock, and before now wherever that clock is."""
        minute = self._rng.randint(first, last)
        found = at_local(self._day(late), time(minute // 60, minute % 60, self._rng.randrange(60)), self._zone)
        return found if found < self._now - timedelta(minutes=10) else found - timedelta(days=1)

    def _person(self) -> Borrower:
        return borrower(SEED, normalise(self._phones[0], REGION[self._spec.jurisdiction]))

    def _add(self, kind: str, at: datetime, phone: str = "", **details: str) -> None:
        kept = {name: value for name, value in details.items() if value}
        self._loan.events.append(Event(self._loan.account_no, kind, at, phone, kept))

    def _text(self, late: int) -> None:
        person = self._person().persona
        if person.refused is not None:
            return
        phone, at = self._phones[0], self._moment(late, 9 * 60, 11 * 60)
        is_received = person.receipt and person.sms_error is None
        arrived = (at + timedelta(seconds=7)).isoformat() if is_received else ""
        self._add("attempt", at, phone, channel="sms", step=f"earlier/{late}", delivered_at=arrived)
        if is_received and person.reply in STOP_WORDS:
            self._may_text = False
            soon = at + timedelta(minutes=2)
            self._add("stop", soon, phone, stop="opt_out", channel="sms", reason=person.reply or "")

    def _call(self, late: int) -> None:
        phone = self._phones[0]
        place = self._calls.get(phone, 0)
        self._calls[phone] = place + 1
        slot, first, last = self._spec.slots[place % len(self._spec.slots)]
        caller = self._spec.callers[place % len(self._spec.callers)]
        at = self._moment(late, first, last)
        region = REGION[self._spec.jurisdiction]
        fate = self._person().on_call(at, normalise(caller, region), place + 1)
        seconds = str(fate.duration) if fate.duration else ""
        self._add(
            "attempt",
            at,
            phone,
            outcome=fate.outcome.value,
            caller=caller,
            slot=slot,
            step=f"earlier/{late}",
            seconds=seconds,
        )
        self._after(fate, late, phone, at)

    def _after(self, fate: CallFate, late: int, phone: str, at: datetime) -> None:
        outcome = fate.outcome
        if outcome in DEAD:
            self._unanswered(late, phone)
        elif outcome in (Outcome.wrong_number, Outcome.deceased):
            self._phones = [] if outcome is Outcome.deceased else self._phones[1:]
        elif outcome is Outcome.says_paid:
            self._quiet_until = late + RESTS_AFTER_TALK
        elif outcome is Outcome.right_party:
            self._talk(fate, late, at)
        if outcome in ALIVE:
            self._silent[phone] = 0

    def _unanswered(self, late: int, phone: str) -> None:
        """After the third silence a last message, then the next phone."""
        self._silent[phone] = self._silent.get(phone, 0) + 1
        if self._silent[phone] < GIVES_UP_AFTER or late + 1 >= self._loan.late:
            return
        if self._may_text and self._rng.random() < 0.75:
            at = self._moment(late + 1, 9 * 60, 11 * 60)
            self._add("attempt", at, phone, channel="sms", purpose="closing")
        self._phones = self._phones[1:]

    def _talk(self, fate: CallFate, late: int, at: datetime) -> None:
        self._quiet_until = late + RESTS_AFTER_TALK
        refuses = fate.promise_in is None and self._loan.late > 30 and self._rng.random() < 0.12
        self._add(
            "disposition",
            at + timedelta(seconds=fate.duration),
            cause="refuses" if refuses else self._rng.choice(CAUSES),
            willingness="unwilling" if refuses else self._rng.choice(("willing", "wavering")),
            ability=self._rng.choice(("able", "soon", "unable")),
            refuses="yes" if refuses else "",
        )
        if fate.promise_in is not None:
            self._promise(late, at + timedelta(seconds=fate.duration + 1), fate.promise_in)

    def _promise(self, late: int, at: datetime, promise_in: timedelta) -> None:
        day = local_day(at, self._spec.zone) + promise_in
        due_at = at_local(day, PROMISE_HOUR, self._spec.zone)
        amount = owed_on(self._loan, self._day(late))
        pays = self._person().pays(amount, late, True, True, day)
        if pays is not None and due_at < self._now and not self._has_paid:
            amount = self._part()
            paid_at = due_at - timedelta(minutes=self._rng.randint(40, 600))
            self._loan.payments.append(part_payment(self._loan, amount, paid_at))
            self._has_paid = True
        self._add("promise", at, amount=self._major(amount), due_at=due_at.isoformat(), way=self._rng.choice(WAYS))
        self._quiet_until = max(self._quiet_until, late + promise_in.days + 2)

    def _part(self) -> int:
        """Half of the oldest unpaid instalment: a kept promise that leaves the account as late as it is."""
        return max(1, self._loan.instalments[self._loan.oldest_unpaid or 0].amount // 2)

    def _major(self, amount: int) -> str:
        return f"{amount // 100}.{amount % 100:02d}"


WAYS: Final = ("app", "transfer", "debit")
