"""Recordings of calls: announced, fetched from the carrier, kept for the pack's term, then removed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework.actions.receipts import seen_before
from collector.casework.carrier import carrier_of
from collector.casework.office import Office
from collector.compliance.packs import load_pack
from collector.dispatch import twiml
from collector.dispatch.carriers import Carrier, Unclear
from collector.dispatch.queries import held_inbound, held_submission, lock_people
from collector.dispatch.rules import Criterion, RecordingState, add_years, score
from collector.dispatch.tables import CallScore, Recording
from collector.dispatch.twilio_words import RECORDING_SID
from collector.dispatch.twiml import Announcement
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.foundation.files import replace_file
from collector.identity.actions import actor_of
from collector.identity.rules import CARRIER, WORKER, Actor
from collector.identity.tables import User
from collector.legal.retention.actions import decide_all, no_new_holds
from collector.legal.retention.reading import recordings
from collector.portfolio.tables import Portfolio

AT_ONCE = 50
"""Recordings that one bell fetches."""
FOLDER_HOLDS = 1000
ANNOUNCED = {"en": "This call is recorded.", "zh": "本次通话将会录音。"}


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that was recorded: one of ours or one that came in."""

    portfolio_id: int
    agent: str
    began_at: datetime
    task_id: int | None = None
    inbound_call_id: int | None = None


def keeps_years(office: Office, book: Portfolio) -> int | None:
    """Years that recordings of this portfolio's calls are kept; None: they are not recorded."""
    kept = load_pack(book.jurisdiction).recording
    return kept.keep_years if office.settings.record_calls and kept is not None else None


def announced(book: Portfolio) -> Announcement:
    """That the call is recorded, in the portfolio's language."""
    language = "zh" if book.language.startswith("zh") else "en"
    return Announcement(ANNOUNCED[language], language)


def announcement(session: Session, *, token: str) -> str:
    """What the borrower hears first, as TwiML."""
    held = held_submission(session, token)
    if held is None:
        return twiml.hang_up()
    return twiml.announce(announced(session.get_one(Portfolio, held[0].portfolio_id)))


def recording_made(
    session: Session, office: Office, *, token: str, sid: str, seconds: int | None, at: datetime
) -> Recording | None:
    """The carrier has a recording of a call of ours: a worker fetches it. Told again, nothing changes."""
    _check(sid)
    held = held_submission(session, token)
    if held is None or seen_before(session, sid, "recording", "completed", at):
        return None
    task = held[0]
    call = _Call(task.portfolio_id, task.claimed_by or "", task.submitted_at or at, task_id=task.id)
    return _made(session, office, call, sid, seconds, at)


def inbound_recording_made(
    session: Session, office: Office, *, call_sid: str, sid: str, seconds: int | None, at: datetime
) -> Recording | None:
    """The same of a call that came in: whoever's desk took it was on the line."""
    _check(sid)
    call = held_inbound(session, sid=call_sid)
    if call is None or call.portfolio_id is None or seen_before(session, sid, "recording", "completed", at):
        return None
    user = session.get(User, call.user_id) if call.user_id is not None else None
    agent = actor_of(user).name if user is not None else ""
    recorded = _Call(call.portfolio_id, agent, call.answered_at or call.at, inbound_call_id=call.id)
    return _made(session, office, recorded, sid, seconds, at)


def _check(sid: str) -> None:
    """It becomes part of an address at the carrier."""
    if not RECORDING_SID.fullmatch(sid):
        raise BadInput("RecordingSid is not the name of a recording")


def _made(session: Session, office: Office, call: _Call, sid: str, seconds: int | None, at: datetime) -> Recording:
    book = session.get_one(Portfolio, call.portfolio_id)
    row = Recording(
        sid=sid,
        task_id=call.task_id,
        inbound_call_id=call.inbound_call_id,
        portfolio_id=call.portfolio_id,
        agent=call.agent,
        at=call.began_at,
        seconds=seconds or 0,
        keep_until=add_years(local_day(at, book.timezone), keeps_years(office, book) or 1),
    )
    session.add(row)
    session.flush()
    detail = _call_of(row) | {"seconds": seconds}
    record(session, CARRIER.name, "recording.made", f"recording:{row.id}", detail, at)
    return row


def _call_of(row: Recording) -> dict[str, int | str | None]:
    """Whose sound it is, for the audit."""
    return {"task": row.task_id} if row.task_id is not None else {"inbound_call": row.inbound_call_id}


def file_of(office: Office, recording_id: int) -> Path:
    """Where the sound lies: by our own number, a thousand in a folder."""
    return office.settings.recordings / f"{recording_id // FOLDER_HOLDS:06}" / f"{recording_id}.wav"


async def fetch_recordings(office: Office, now: datetime, carrier: Carrier | None = None) -> int:
    """Copy what waits at the carrier, and have it forgotten there once the copy is on disk. How many were copied."""
    with office.database.read() as session:
        waiting = select(Recording.id, Recording.sid).where(col(Recording.state) == RecordingState.waiting)
        rows = list(session.exec(waiting.order_by(col(Recording.id)).limit(AT_ONCE)))
    if not rows:
        return 0
    line = carrier or carrier_of(office)
    try:
        return sum([await _fetch(office, number or 0, sid, line, now) for number, sid in rows])
    finally:
        if carrier is None:
            await line.close()


async def _fetch(office: Office, number: int, sid: str, line: Carrier, now: datetime) -> bool:
    """What the carrier can not answer now is asked for again at the next bell."""
    try:
        sound = await line.recording(sid)
    except NotFound:
        _settle(office, number, RecordingState.missing, None, now)
        return False
    except Unclear:
        return False
    path = file_of(office, number)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def write(file: BinaryIO) -> None:
        file.write(sound)

    replace_file(path, write)
    _settle(office, number, RecordingState.kept, sound, now)
    try:
        await line.forget_recording(sid)
    except Unclear:
        return True  # it is safe here; the carrier's own retention removes its copy
    return True


def _settle(office: Office, number: int, state: RecordingState, sound: bytes | None, now: datetime) -> None:
    with office.database.begin() as session:
        row = session.get_one(Recording, number, with_for_update=True)
        if row.state is not RecordingState.waiting:
            return
        row.state = state
        if sound is not None:
            row.size, row.sha256 = len(sound), hashlib.sha256(sound).hexdigest()
        session.add(row)
        detail = _call_of(row) | {"sha256": row.sha256, "size": row.size}
        record(session, WORKER.name, f"recording.{state.value}", f"recording:{number}", detail, now)


def remove_recordings(office: Office, now: datetime) -> int:
    """Remove the sound of those whose term is over and that nothing holds; the row stays, and says so."""
    gone = 0
    for number in _over(office, now):
        with office.database.begin() as session:
            gone += _removed(session, office, number, now)
    return gone


def _removed(session: Session, office: Office, number: int, now: datetime) -> bool:
    """Whether it went. It is decided once more, with everybody held: since it was found, somebody may have put a hold
    on it, or a purge may have removed it."""
    day = _day(now)
    no_new_holds(session)
    batch = recordings(session, number - 1, 1, day, lock_people, before=day)
    if not any(one.goes and one.record.id == number for one in decide_all(batch.records, day)):
        return False
    file_of(office, number).unlink(missing_ok=True)  # first: what the row calls removed must not lie there for ever
    row = session.get_one(Recording, number, with_for_update=True)
    row.state = RecordingState.removed
    session.add(row)
    detail = _call_of(row) | {"keep_until": row.keep_until.isoformat()}
    record(session, WORKER.name, "recording.removed", f"recording:{number}", detail, now)
    return True


def _over(office: Office, now: datetime) -> Iterator[int]:
    """Those of which neither the term that was promised, nor a longer one of a pack, nor a hold is left."""
    day = _day(now)
    after: int | None = 0
    while after is not None:
        with office.database.read() as session:
            batch = recordings(session, after, AT_ONCE * 20, day, before=day)
        yield from (one.record.id for one in decide_all(batch.records, day) if one.goes)
        after = batch.last


def _day(now: datetime) -> date:
    """The day that is over everywhere."""
    return (now - timedelta(days=1)).date()


def note_played(session: Session, recording_id: int, at: datetime, actor: Actor) -> None:
    """Who listened: every look at a person is on record (security section 2)."""
    record(session, actor.name, "recording.played", f"recording:{recording_id}", {}, at)


def score_call(
    session: Session, recording_id: int, met: list[Criterion], note: str, at: datetime, actor: Actor
) -> CallScore:
    """What a listener found. Nobody scores their own call."""
    row = session.get(Recording, recording_id)
    if row is None:
        raise NotFound(f"there is no recording {recording_id}")
    if row.agent == actor.name:
        raise Conflict("nobody scores their own call; leave it to another")
    found = CallScore(
        recording_id=recording_id,
        at=at,
        actor=actor.name,
        met=[one.value for one in Criterion if one in met],
        percent=score(met),
        note=note,
    )
    session.add(found)
    session.flush()
    detail = {"recording": recording_id, "met": found.met, "percent": found.percent}
    record(session, actor.name, "call.scored", f"call_score:{found.id}", detail, at)
    return found
