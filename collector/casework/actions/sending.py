"""Messages sent, at most once: claimed and committed as `sending`, handed over with no transaction open, recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from collector.casework.actions.campaigns import note_put_back, note_sent
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.receipts import Answered, take_receipts
from collector.casework.addresses import Addresses
from collector.casework.carrier import carrier_of
from collector.casework.office import Office
from collector.dispatch import actions as dispatch
from collector.dispatch.actions import MessageClaims, ReadyMessage
from collector.dispatch.carriers import Carrier, OutgoingMessage, Receipt, Unclear
from collector.dispatch.queries import SILENT, WITHHELD, is_line_down, lock_people
from collector.dispatch.rules import Progress
from collector.dispatch.tables import Submission
from collector.facts import actions as facts_actions
from collector.foundation.clock import Clock
from collector.foundation.database import among, locked
from collector.history import actions as history
from collector.identity.rules import WORKER
from collector.planning.tables import Task

BATCH = 500
AT_ONCE = 50
"""Requests to the carrier that are under way together."""
JUST_NOW, LATELY = timedelta(seconds=10), timedelta(minutes=10)
"""Between these ages, messages without an answer say that the carrier may be down."""
NOT_HANDED_OVER = Receipt(None, Progress.refused, error=WITHHELD, busy=True)

Progressed = Callable[[int, int], None]


def unseen(_done: int, _total: int) -> None:
    """No progress shown."""


@dataclass(slots=True)
class SendResult:
    """What a run of sending came to.

    `unclear`: the carrier's answer never came; the reconciler finds out. `put_back`: the carrier was busy or away, so
    these were not taken, and are planned anew.
    """

    sent: int = 0
    refused_by_gate: int = 0
    refused_by_carrier: int = 0
    unclear: int = 0
    put_back: int = 0

    @property
    def handed_over(self) -> int:
        return self.sent + self.refused_by_carrier + self.unclear


def _never() -> bool:
    return False


async def send_all(
    office: Office,
    clock: Clock,
    *,
    limit: int = 100_000,
    progress: Progressed = unseen,
    carrier: Carrier | None = None,
    batch: int = BATCH,
    is_over: Callable[[], bool] = _never,
) -> SendResult:
    """Send what is due, batch by batch, until nothing is due, the carrier does not answer any more, or `is_over`.

    Each batch is judged by the clock when it is claimed: a long queue must not run on into the quiet hours.
    """
    line = carrier or carrier_of(office)
    result = SendResult()
    try:
        while result.handed_over < limit and not is_over():
            at = clock()
            is_probe = not result.sent and _is_line_down(office, at)
            claims = _claim(office, at, 1 if is_probe else min(batch, limit - result.handed_over))
            result.refused_by_gate += claims.refused
            if not claims.found_any:
                break
            errand = _Errand(line, Addresses(office.settings.public_url))
            answers = await errand.hand_over(claims.ready)
            _record(office, line.name, claims.ready, answers, clock(), result)
            progress(result.sent, 0)
            if errand.is_given_up or (is_probe and not result.sent):
                break
    finally:
        if carrier is None:
            await line.close()
    return result


def _is_line_down(office: Office, at: datetime) -> bool:
    """Whether one message should go first, to see whether the carrier takes it, before a batch is handed over."""
    with office.database.read() as session:
        return is_line_down(session, at - LATELY, at - JUST_NOW)


def _claim(office: Office, at: datetime, limit: int) -> MessageClaims:
    with office.database.begin() as session:
        claims = dispatch.claim_messages(session, office.texts(session), office.capabilities, at, limit)
        note_sent(session, [message.task_id for message in claims.ready], at)
        for contact_point_id, _, rules in claims.closings:
            history.closing_refused(session, contact_point_id, rules, at, WORKER)
        follow_up(session, office, {person for _, person, _ in claims.closings}, at)
    return claims


class _Errand:
    """One batch on its way to the carrier. After several silences in a row, or a carrier that says it is busy, the
    rest is not handed over: nobody knows what became of a message whose answer is missing, so there must be few."""

    def __init__(self, line: Carrier, addresses: Addresses) -> None:
        self._line, self._addresses = line, addresses
        self._gate, self._silences = asyncio.Semaphore(AT_ONCE), 0
        self.is_given_up = False

    async def hand_over(self, ready: Sequence[ReadyMessage]) -> list[Receipt | None]:
        """The carrier's answers in the order of the messages; None where none came."""
        return list(await asyncio.gather(*(self._one(message) for message in ready)))

    async def _one(self, message: ReadyMessage) -> Receipt | None:
        address = self._addresses.message_status(message.token)
        outgoing = OutgoingMessage(message.to, message.sender, message.body, address)
        async with self._gate:
            if self.is_given_up:
                return NOT_HANDED_OVER
            try:
                receipt = await self._line.send(outgoing, message.cleared)
            except Unclear:
                self._silences += 1
                self.is_given_up |= self._silences >= SILENT
                return None
        self._silences = 0
        self.is_given_up |= receipt.busy
        return receipt


def _record(
    office: Office,
    carrier: str,
    ready: Sequence[ReadyMessage],
    answers: Sequence[Receipt | None],
    at: datetime,
    result: SendResult,
) -> None:
    receipts = {message.task_id: answer for message, answer in zip(ready, answers, strict=True) if answer is not None}
    result.unclear += len(ready) - len(receipts)
    if not receipts:
        return
    people = {message.person_id for message in ready if message.task_id in receipts}
    with office.database.begin() as session:
        lock_people(session, people)
        answered = _held(session, receipts, carrier)
        learned = take_receipts(session, office, answered, at)
        not_taken = [task for task, _, receipt in answered if receipt.busy]
        dispatch.never_left(session, not_taken, at)
        note_put_back(session, not_taken, at)
        put_back = {task.person_id for task in not_taken}
        facts_actions.refresh(session, people - put_back - learned, at)
        follow_up(session, office, put_back | learned, at)
    busy = sum(receipt.busy for receipt in receipts.values())
    refused = sum(receipt.progress is Progress.refused for receipt in receipts.values()) - busy
    result.put_back += busy
    result.refused_by_carrier += refused
    result.sent += len(receipts) - busy - refused


def _held(session: Session, receipts: dict[int, Receipt], carrier: str) -> list[Answered]:
    tasks = session.exec(
        locked(select(Task).where(among(session, Task.id, receipts)).order_by(col(Task.id)), session)
    ).all()
    wanted = select(Submission).where(among(session, Submission.task_id, receipts)).order_by(col(Submission.id))
    rows = {row.task_id: row for row in session.exec(locked(wanted, session))}
    for row in rows.values():
        row.carrier = carrier
    return [Answered(task, rows[task.id], receipts[task.id or 0]) for task in tasks]
