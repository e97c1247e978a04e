"""The open 3:3:3 round of a phone, as it follows from contacts, receipts and recorded ends (handbook section 6).

A round begins after the last recorded end, with the last call that proved the phone alive, or after anything that
came in from it. Closing SMS and receipts are told as they are: what they mean is decided by planning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from collector.facts.rules.records import AttemptRecord, ClosingRefusedRecord, PhoneRecord, RoundEndRecord
from collector.facts.rules.words import Phone, RoundCall
from collector.history.rules import ALIVE, ANSWERED, CONVERSATION, Outcome
from collector.portfolio.rules import ContactOwner, ContactStatus

PROOFS = ALIVE | CONVERSATION
CLOSING = "closing"
OUTCOMES = {outcome.value: outcome for outcome in Outcome}
OWNERS = {owner.value: owner for owner in ContactOwner}
STATUSES = {status.value: status for status in ContactStatus}


class RoundView(NamedTuple):
    """The fields of `Phone` that make up its round; the words are explained there."""

    calls: tuple[RoundCall, ...] = ()
    closing_at: int | None = None
    closing_refused: tuple[str, ...] = ()
    closing_delivered: bool = False
    reopened: bool = False
    ended: str | None = None

    def closed(self, at: int, refused: tuple[str, ...]) -> RoundView:
        """A closing SMS was sent, or refused. After a sign of life since an earlier one, the round was reopened."""
        reopened = self.reopened or (self.closing_at is not None and self._alive_since(self.closing_at))
        return self._replace(closing_at=at, closing_refused=refused, closing_delivered=False, reopened=reopened)

    def _alive_since(self, at: int) -> bool:
        return self.closing_delivered or any(call.at > at and call.outcome in ANSWERED for call in self.calls)

    def called(self, call: RoundCall) -> RoundView:
        if call.outcome in PROOFS:
            return RoundView((call,))
        calls = (*self.calls, call)
        return RoundView(calls, self.closing_at, self.closing_refused, self.closing_delivered, self.reopened)


FRESH = RoundView()


def fold_round(
    attempts: Iterable[AttemptRecord],
    ends: Sequence[RoundEndRecord],
    refused: Sequence[ClosingRefusedRecord],
    now: int,
) -> RoundView:
    """The round of a phone at `now` (seconds), from the contacts on it and what was recorded about it."""
    view = FRESH
    for _, _, event in sorted(_timeline(attempts, ends, refused, now), key=itemgetter(0, 1)):
        match event:
            case RoundCall():
                view = view.called(event)
            case RoundEndRecord():
                view = RoundView(ended=event.how)
            case ClosingRefusedRecord():
                view = view.closed(event.at, event.rules)
            case AttemptRecord(direction="inbound"):
                view = FRESH
            case AttemptRecord():
                view = view.closed(event.at, ())
            case int() if event == view.closing_at:
                view = view._replace(closing_delivered=True)
    return view


Happening = RoundCall | RoundEndRecord | ClosingRefusedRecord | AttemptRecord | int
"""The bare number is a receipt: the moment of the closing SMS that was delivered."""


def _timeline(
    attempts: Iterable[AttemptRecord],
    ends: Sequence[RoundEndRecord],
    refused: Sequence[ClosingRefusedRecord],
    now: int,
) -> Iterable[tuple[int, int, Happening]]:
    """What happened up to `now`, as (moment, order within a second, happening)."""
    for attempt in attempts:
        if attempt.at > now:
            continue
        if attempt.direction == "inbound":
            yield attempt.at, 0, attempt
        elif attempt.channel == "call" and attempt.outcome is not None:
            yield attempt.at, 0, _round_call(attempt, OUTCOMES[attempt.outcome])
        elif attempt.channel == "sms" and attempt.purpose == CLOSING:
            yield attempt.at, 1, attempt
            if attempt.delivered_at is not None and attempt.delivered_at <= now:
                yield max(attempt.delivered_at, attempt.at), 2, attempt.at
    yield from ((row.at, 1, row) for row in refused if row.at <= now)
    yield from ((row.at, 3, row) for row in ends if row.at <= now)


def _round_call(attempt: AttemptRecord, outcome: Outcome) -> RoundCall:
    return RoundCall(attempt.at, attempt.day, attempt.caller or "", attempt.slot or "", outcome)


def phone_of(
    record: PhoneRecord,
    zones: tuple[str, ...],
    attempts: Sequence[AttemptRecord],
    ends: Sequence[RoundEndRecord],
    refused: Sequence[ClosingRefusedRecord],
    now: int,
) -> Phone:
    """A number of the person with its open round. `attempts` are the contacts on it that were placed."""
    view = fold_round(attempts, ends, refused, now) if attempts or ends or refused else FRESH
    last = next((a for a in reversed(attempts) if a.channel == "call" and a.direction == "outbound"), None)
    return Phone(
        id=record.id,
        number=record.number,
        owner=OWNERS[record.owner],
        status=STATUSES[record.status],
        label=record.label,
        zones=zones,
        verified_at=record.verified_at,
        portfolio_id=record.portfolio_id,
        round=view.calls,
        closing_at=view.closing_at,
        closing_refused=view.closing_refused,
        closing_delivered=view.closing_delivered,
        reopened=view.reopened,
        ended=view.ended,
        last_outcome=OUTCOMES[last.outcome] if last is not None and last.outcome else None,
        last_at=last.at if last is not None else None,
    )
