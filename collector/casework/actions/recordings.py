"""Recordings of calls: announced, fetched from the carrier, kept for the pack's term, then removed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
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
from collector.dispatch.queries import held_submission
from collector.dispatch.rules import Criterion, RecordingState, add_years, score
from collector.dispatch.tables import CallScore, Recording
from collector.dispatch.twilio_words import RECORDING_SID
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.foundation.files import replace_file
from collector.identity.rules import CARRIER, WORKER, Actor
from collector.legal.retention.actions import decide_all
from collector.legal.retention.reading import recordings
from collector.planning.tables import Task
from collector.portfolio.tables import Portfolio

AT_ONCE = 50
"""Recordings that one bell fetches."""
FOLDER_HOLDS = 1000
ANNOUNCED = {"en": "This call is recorded.", "zh": "本次通话将会录音。"}


def term(session: Session, office: Office, task: Task) -> int | None:
    """Years that a recording of this call is kept; None: it is not recorded."""
    pack = load_pack(session.get_one(Portfolio, task.portfolio_id).jurisdiction)
    return pack.recording.keep_years if office.settings.record_calls and pack.recording is not None else None


def announcement(session: Session, *, token: str) -> str:
    """What the borrower hears first, as TwiML."""
    held = held_submission(session, token)
    if held is None:
        return twiml.hang_up()
    chinese = session.get_one(Portfolio, held[0].portfolio_id).language.startswith("zh")
    language = "zh" if chinese else "en"
    return twiml.announce(ANNOUNCED[language], language)


def recording_made(
    session: Session, office: Office, *, token: str, sid: str, seconds: int | None, at: datetime
) -> Recording | None:
    """The carrier has a recording of a call of ours: a worker fetches it. Told again, nothing changes."""
    if not RECORDING_SID.fullmatch(sid):
        raise BadInput("RecordingSid is not the name of a recording")
    held = held_submission(session, token)
    if held is None or seen_before(session, sid, "recording", "completed", at):
        return None
    task = held[0]
    years = term(session, office, task)
    zone = session.get_one(Portfolio, task.portfolio_id).timezone
    row = Recording(
        sid=sid,
        task_id=task.id or 0,
        person_id=task.person_id,
        portfolio_id=task.portfolio_id,
        agent=task.claimed_by or "",
        at=task.submitted_at or at,
        seconds=seconds or 0,
        keep_until=add_years(local_day(at, zone), years or 1),
    )
    session.add(row)
    session.flush()
    record(session, CARRIER.name, "recording.made", f"recording:{row.id}", {"task": task.id, "seconds": seconds}, at)
    return row


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
        detail = {"task": row.task_id, "sha256": row.sha256, "size": row.size}
        record(session, WORKER.name, f"recording.{state.value}", f"recording:{number}", detail, now)


def remove_recordings(office: Office, now: datetime) -> int:
    """Remove the sound of those whose term is over and that nothing holds; the row stays, and says so."""
    numbers = list(_over(office, now))
    for number in numbers:
        file_of(office, number).unlink(missing_ok=True)  # first: what the row calls removed must not lie there for ever
        with office.database.begin() as session:
            row = session.get_one(Recording, number, with_for_update=True)
            row.state = RecordingState.removed
            session.add(row)
            detail = {"task": row.task_id, "keep_until": row.keep_until.isoformat()}
            record(session, WORKER.name, "recording.removed", f"recording:{number}", detail, now)
    return len(numbers)


def _over(office: Office, now: datetime) -> Iterator[int]:
    """Those of which neither the term that was promised, nor a longer one of a pack, nor a hold is left."""
    day = (now - timedelta(days=1)).date()
    after: int | None = 0
    while after is not None:
        with office.database.read() as session:
            batch = recordings(session, after, AT_ONCE * 20, day, before=day)
        yield from (one.record.id for one in decide_all(batch.records, day) if one.goes)
        after = batch.last


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
