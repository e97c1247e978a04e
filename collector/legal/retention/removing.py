"""Removing what may go: words, numbers and names are emptied, files are listed for removal; what others point to, sums
and dates stay. By set, in the transaction of the door; nothing here commits."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import String, cast, delete, literal, update
from sqlalchemy import select as columns
from sqlmodel import Session, col

from collector.compliance.rules import Retained
from collector.dispatch.rules import RecordingState
from collector.dispatch.tables import CarrierEvent, InboundCall, InboundMessage, Recording, Submission
from collector.foundation.database import among
from collector.foundation.keys import Keys
from collector.history.rules import Channel
from collector.history.tables import (
    Attempt,
    Complaint,
    Disposition,
    Dispute,
    Document,
    Hold,
    LetterCorrection,
    LetterEvent,
    LetterRow,
    Look,
    OutcomeRow,
    Promise,
    Referral,
    StandingRow,
    Stop,
)
from collector.planning.tables import Task
from collector.portfolio.rules import ContactKind, ContactStatus
from collector.portfolio.tables import Account, ContactPoint, PaymentRow, Person

WRITTEN = (Channel.sms, Channel.email)
GONE = "removed"
"""Stands where a column must hold something, before the row's own number."""


@dataclass(slots=True)
class Taken:
    """What was taken out, by record: digest-able words and how many pieces."""

    words: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    files: list[tuple[int, str, str | None]] = field(default_factory=list)
    """Number, ending and SHA-256 of each file that is to go."""

    def digest(self, keys: Keys, kind: Retained, number: int) -> str:
        """Over all of it, in its order, under a key of this office."""
        told = json.dumps(self.words.get(number, []), ensure_ascii=False, sort_keys=True, default=str)
        return keys.mac("retention", kind.value, str(number), told)

    def pieces(self, number: int) -> int:
        return len(self.words.get(number, []))


def remove(session: Session, kind: Retained, ids: Collection[int]) -> Taken:
    """Remove these records of that kind. What was there is returned once, for its digests, and kept nowhere."""
    taken = Taken()
    if ids:
        REMOVERS[kind](session, ids, taken)
    return taken


def _rows(session: Session, wanted: Any) -> list[Any]:
    return list(session.connection().execute(wanted).all())


def _take(session: Session, taken: Taken, table: str, wanted: Any) -> None:
    """Each row: the record it belongs to, its own id, and what is removed of it. What holds nothing is no piece."""
    for number, own, *parts in _rows(session, wanted):
        if any(part not in (None, "", {}, []) for part in parts):
            taken.words[number].append([table, own, *parts])


def _recordings(session: Session, ids: Collection[int], taken: Taken) -> None:
    wanted = columns(col(Recording.id), col(Recording.id), col(Recording.sha256))
    wanted = wanted.where(among(session, Recording.id, ids)).order_by(col(Recording.id))
    for number, own, digest in _rows(session, wanted):
        taken.words[number].append(["recording", own, digest])
        taken.files.append((number, "wav", digest))
    session.execute(
        update(Recording).where(among(session, Recording.id, ids)).values(state=RecordingState.removed),
        execution_options=UNSEEN,
    )


UNSEEN = {"synchronize_session": False}


def _papers(session: Session, ids: Collection[int], taken: Taken) -> None:
    """Scans with their titles and notes; letters with their words and steps. The row of a scan says what was there."""
    scans = columns(
        col(Document.account_id),
        col(Document.id),
        col(Document.sha256),
        col(Document.media),
        col(Document.name),
        col(Document.note),
    ).where(among(session, Document.account_id, ids), col(Document.name) != "")
    for number, own, digest, media, *words in _rows(session, scans.order_by(col(Document.id))):
        taken.words[number].append(["document", own, digest, *words])
        taken.files.append((own, media.value, digest))
    letters = columns(col(LetterRow.account_id), col(LetterRow.id), col(LetterRow.body))
    mine = letters.where(among(session, LetterRow.account_id, ids)).order_by(col(LetterRow.id))
    _take(session, taken, "letter", mine)
    numbers = columns(col(LetterRow.id)).where(among(session, LetterRow.account_id, ids)).scalar_subquery()
    for gone in (
        delete(LetterCorrection).where(
            col(LetterCorrection.event_id).in_(
                columns(col(LetterEvent.id)).where(col(LetterEvent.letter_id).in_(numbers))
            )
        ),
        delete(LetterEvent).where(col(LetterEvent.letter_id).in_(numbers)),
        delete(LetterRow).where(among(session, LetterRow.account_id, ids)),
        update(Document)
        .where(among(session, Document.account_id, ids), col(Document.name) != "")
        .values(name="", note=""),
    ):
        session.execute(gone, execution_options=UNSEEN)


def _empty(
    session: Session, ids: Collection[int], taken: Taken, table: Any, owner: Any, *more: Any, **values: Any
) -> None:
    """Take these columns of the rows that `owner` gives to the records, and set them to their empty values."""
    parts = [getattr(table, name) for name in values]
    mine = (among(session, owner, ids), *more)
    _take(
        session, taken, table.__tablename__, columns(owner, col(table.id), *parts).where(*mine).order_by(col(table.id))
    )
    session.execute(update(table).where(*mine).values(**values), execution_options=UNSEEN)


def _messages(session: Session, ids: Collection[int], taken: Taken) -> None:
    _empty(session, ids, taken, Attempt, Attempt.person_id, col(Attempt.channel).in_(WRITTEN), text=None)
    _empty(session, ids, taken, Submission, Submission.person_id, body=None)
    _empty(session, ids, taken, InboundMessage, InboundMessage.person_id, body="")


def _contacts(session: Session, ids: Collection[int], taken: Taken) -> None:
    """Numbers and notes. The number of an opt-out stays: whoever asked to be left alone is left alone."""
    attempts = columns(col(Attempt.id)).where(among(session, Attempt.person_id, ids))
    _outcomes(session, ids, taken, attempts)
    _carrier_events(session, ids, taken)
    _empty(session, ids, taken, Attempt, Attempt.person_id, col(Attempt.channel).in_(WRITTEN), number=None)
    _empty(session, ids, taken, Attempt, Attempt.person_id, ~col(Attempt.channel).in_(WRITTEN), number=None, text=None)
    _empty(session, ids, taken, Submission, Submission.person_id, to_number="")
    _empty(session, ids, taken, InboundMessage, InboundMessage.person_id, from_number="")
    _empty(session, ids, taken, InboundCall, InboundCall.person_id, from_number="")
    _empty(session, ids, taken, Task, Task.person_id, number=None)
    _empty(session, ids, taken, Disposition, Disposition.person_id, note=None, next_step=None)
    _empty(session, ids, taken, Promise, Promise.person_id, way="", withdrawn_because=None)
    _empty(session, ids, taken, Complaint, Complaint.person_id, text="")
    _empty(session, ids, taken, Dispute, Dispute.person_id, reason="", answer=None)
    _empty(session, ids, taken, Hold, Hold.person_id, note="")
    _hold_notes(session, ids, taken)
    _empty(session, ids, taken, Stop, Stop.person_id, reason="", lifted_because=None)
    _empty(session, ids, taken, Referral, Referral.person_id, state_reason="", evidence={})
    _empty(session, ids, taken, Look, Look.person_id, col(Look.why).is_not(None), why=None)


def _outcomes(session: Session, ids: Collection[int], taken: Taken, attempts: Any) -> None:
    """Notes of outcomes, which know their attempt only."""
    wanted = (
        columns(col(Attempt.person_id), col(OutcomeRow.id), col(OutcomeRow.note))
        .join(Attempt, col(Attempt.id) == col(OutcomeRow.attempt_id))
        .where(among(session, Attempt.person_id, ids), col(OutcomeRow.note).is_not(None))
    )
    _take(session, taken, "outcome", wanted.order_by(col(OutcomeRow.id)))
    mine = col(OutcomeRow.attempt_id).in_(attempts.scalar_subquery()), col(OutcomeRow.note).is_not(None)
    session.execute(update(OutcomeRow).where(*mine).values(note=None), execution_options=UNSEEN)


def _hold_notes(session: Session, ids: Collection[int], taken: Taken) -> None:
    """Notes of holds on an account of theirs, which name no person."""
    wanted = columns(col(Account.person_id), col(Hold.id), col(Hold.note))
    wanted = wanted.join(Hold, col(Hold.account_id) == col(Account.id)).where(among(session, Account.person_id, ids))
    _take(session, taken, "hold", wanted.order_by(col(Hold.id)))
    accounts = columns(col(Account.id)).where(among(session, Account.person_id, ids)).scalar_subquery()
    session.execute(update(Hold).where(col(Hold.account_id).in_(accounts)).values(note=""), execution_options=UNSEEN)


def _carrier_events(session: Session, ids: Collection[int], taken: Taken) -> None:
    """What the carrier told, as it told it: it names both numbers."""
    sources: tuple[tuple[Any, Any], ...] = (
        (Submission, Submission.sid),
        (Submission, Submission.child_sid),
        (InboundMessage, InboundMessage.sid),
        (InboundCall, InboundCall.sid),
    )
    for table, sid in sources:
        owner, mine = col(table.person_id), among(session, table.person_id, ids)
        sids = columns(col(sid)).where(mine, col(sid).is_not(None))
        told = columns(owner, col(CarrierEvent.id), col(CarrierEvent.payload))
        told = told.select_from(table).join(CarrierEvent, col(CarrierEvent.sid) == col(sid)).where(mine)
        _take(session, taken, "carrier_event", told.order_by(col(CarrierEvent.id)))
        gone = update(CarrierEvent).where(col(CarrierEvent.sid).in_(sids.scalar_subquery()))
        session.execute(gone.values(payload={}), execution_options=UNSEEN)


def _people(session: Session, ids: Collection[int], taken: Taken) -> None:
    """Who they are. With the salt goes what the audit holds of their words: its digests can not be tried any more."""
    own = col(PaymentRow.payer_name).is_not(None) | col(PaymentRow.card_no).is_not(None)
    payer = (col(PaymentRow.payer_name), col(PaymentRow.card_no))
    payers = columns(col(Account.person_id), col(PaymentRow.id), *payer)
    payers = payers.join(PaymentRow, col(PaymentRow.account_id) == col(Account.id))
    payers = payers.where(among(session, Account.person_id, ids), own).order_by(col(PaymentRow.id))
    _take(session, taken, "payment", payers)
    accounts = columns(col(Account.id)).where(among(session, Account.person_id, ids)).scalar_subquery()
    session.execute(
        update(PaymentRow).where(col(PaymentRow.account_id).in_(accounts)).values(payer_name=None, card_no=None),
        execution_options=UNSEEN,
    )
    _empty(session, ids, taken, Account, Account.person_id, col(Account.card_no).is_not(None), card_no=None)
    _points(session, ids, taken)
    said = columns(col(StandingRow.person_id), col(StandingRow.id), col(StandingRow.detail), col(StandingRow.number))
    mine = among(session, StandingRow.person_id, ids)
    _take(session, taken, "standing", said.where(mine).order_by(col(StandingRow.id)))
    session.execute(delete(StandingRow).where(mine), execution_options=UNSEEN)
    _empty(
        session, ids, taken, Person, Person.id,
        name="", id_type=None, id_sealed=None, id_index=None, natural_key=None, employer=None, salt="",
    )  # fmt: skip


def _points(session: Session, ids: Collection[int], taken: Taken) -> None:
    """Phones and addresses: the row stays for the contacts that point to it, struck off and of no kind that is dialled
    or written to."""
    mine = among(session, ContactPoint.person_id, ids)
    wanted = columns(col(ContactPoint.person_id), col(ContactPoint.id), col(ContactPoint.value))
    _take(session, taken, "contact_point", wanted.where(mine).order_by(col(ContactPoint.id)))
    value = literal(f"{GONE}:") + cast(col(ContactPoint.id), String)
    gone = {"value": value, "kind": ContactKind.handle, "status": ContactStatus.struck, "timezone": None}
    session.execute(update(ContactPoint).where(mine).values(gone), execution_options=UNSEEN)


REMOVERS: Mapping[Retained, Any] = {
    Retained.recording: _recordings,
    Retained.message: _messages,
    Retained.contact: _contacts,
    Retained.paper: _papers,
    Retained.person: _people,
}
