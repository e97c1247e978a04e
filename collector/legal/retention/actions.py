"""A purge, batch by batch: what was read under lock is decided, removed, and written down in one transaction."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from collector.audit.actions import record
from collector.compliance.rules import Retained
from collector.dispatch.queries import lock_people
from collector.facts.actions import refresh
from collector.foundation.database import lock_key
from collector.foundation.errors import Conflict
from collector.foundation.keys import Keys
from collector.history.actions.keep import add, change, fetch, id_of
from collector.identity.rules import Actor
from collector.legal.retention.reading import PEOPLE, READERS, terms_by_pack
from collector.legal.retention.removing import Taken, remove
from collector.legal.retention.rules import PURGE_MOVES, Decision, Fate, PurgeState, Record, decide
from collector.legal.retention.tables import Purge, Purged, PurgedFile, RetentionHold

Counted = Counter[tuple[str, str, str, str]]
"""How many, by pack, kind, fate and what decides."""
OF_FILES = (Retained.recording, Retained.paper)


@dataclass(frozen=True, slots=True)
class Decided:
    """A record and what becomes of it."""

    record: Record
    decision: Decision

    @property
    def goes(self) -> bool:
        return self.decision.fate is not Fate.keep

    @property
    def told(self) -> tuple[str, str, str, str]:
        pack = self.record.accounts[0].pack if self.record.accounts else ""
        return (pack, self.record.kind.value, self.decision.fate.value, self.decision.by)


def decide_all(records: Iterable[Record], as_of: date) -> list[Decided]:
    """Each with its fate on that day."""
    terms = terms_by_pack()
    return [Decided(one, decide(one, terms, as_of)) for one in records]


def counted(counts: Counted) -> list[list[Any]]:
    """As a row keeps it, in an order of its own."""
    return [[*key, number] for key, number in sorted(counts.items())]


def counts_of(stored: Sequence[Sequence[Any]]) -> Counted:
    """The inverse of `counted`."""
    return Counter({(pack, kind, fate, by): number for pack, kind, fate, by, number in stored})


def going(stored: Sequence[Sequence[Any]]) -> int:
    """How many of what was counted may or must go."""
    return sum(row[4] for row in stored if row[2] != Fate.keep.value)


def plan(session: Session, as_of: date, counts: Counted, at: datetime, actor: Actor) -> Purge:
    """Keep what was counted, for somebody to propose."""
    row = Purge(as_of=as_of, found=counted(counts), planned_at=at, actor=actor.name)
    detail = {"as_of": as_of.isoformat(), "goes": going(row.found), "kept": sum(counts.values()) - going(row.found)}
    add(session, row, actor.name, "purge.planned", detail, at)
    return row


def move(session: Session, row: Purge, state: PurgeState, at: datetime, actor: Actor) -> None:
    """The next state, or a `Conflict` where it can not follow."""
    if state not in PURGE_MOVES[row.state]:
        raise Conflict("this purge is not at that point any more; look at its state")
    row.state = state
    change(session, row, actor.name, f"purge.{state.value}", {"as_of": row.as_of.isoformat()}, at)


def purge_batch(session: Session, keys: Keys, purge_id: int, at: datetime, actor: Actor, limit: int) -> Purge:
    """The next records of a purge that two people agreed to. Told again after a stop, it goes on where it was."""
    row = fetch(session, Purge, purge_id)
    if row.state is PurgeState.done:
        return row
    if row.state is PurgeState.approved:
        row.begun_at, row.place = at, next(iter(READERS))
        move(session, row, PurgeState.running, at, actor)
    if row.state is not PurgeState.running:
        raise Conflict("a purge runs when a second person agreed to it")
    as_of = min(row.as_of, at.date())
    no_new_holds(session)
    batch = READERS[row.place](session, row.after, limit, as_of, lock_people)
    if batch.last is None:
        _next_place(session, row, at, actor)
        return row
    decided = decide_all(batch.records, as_of)
    row.left = counted(counts_of(row.left) + Counter(one.told for one in decided if not one.goes))
    removed = _remove(session, keys, row, [one for one in decided if one.goes], at, actor)
    if not removed:
        detail = {"place": row.place, "kept": len(decided)}
        record(session, actor.name, "purge.passed", f"purge:{purge_id}", detail, at)
    row.removed += removed
    row.after = batch.last
    session.add(row)
    session.flush()
    return row


def _next_place(session: Session, row: Purge, at: datetime, actor: Actor) -> None:
    places = list(READERS)
    here = places.index(row.place)
    row.after = 0
    if here + 1 < len(places):
        change(session, row, actor.name, "purge.passed", {"place": row.place}, at)
        row.place = places[here + 1]
        return
    row.done_at = at
    row.state = PurgeState.done
    detail = {"removed": row.removed, "kept": sum(one[4] for one in row.left)}
    change(session, row, actor.name, "purge.done", detail, at)


def _remove(session: Session, keys: Keys, row: Purge, going_: Sequence[Decided], at: datetime, actor: Actor) -> int:
    """Of one batch; how many records. Its entry holds a digest over all of their digests."""
    by_kind: dict[Retained, list[Decided]] = defaultdict(list)
    for one in going_:
        by_kind[one.record.kind].append(one)
    rows: list[dict[str, Any]] = []
    for kind, some in by_kind.items():
        taken = remove(session, kind, [one.record.id for one in some])
        rows += [_purged(keys, row, one, taken, at) for one in some]
        files = [
            {"purge_id": row.id, "kind": kind, "number": number, "ending": ending, "sha256": sha256}
            for number, ending, sha256 in taken.files
        ]
        if files:
            session.execute(insert(PurgedFile), files)
    if not rows:
        return 0
    session.execute(insert(Purged), rows)
    people = {one.record.id for one in going_ if one.record.kind in PEOPLE}
    if people:
        session.expire_all()
        refresh(session, people, at)
    kinds = {kind.value: len(some) for kind, some in sorted(by_kind.items())}
    detail = {
        "place": row.place,
        "after": row.after,
        "kinds": kinds,
        "digest": digest_of(one["digest"] for one in rows),
    }
    record(session, actor.name, "purge.removed", f"purge:{id_of(row)}", detail, at)
    return len(rows)


def digest_of(digests: Iterable[str]) -> str:
    """SHA-256 over digests in their order."""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def _purged(keys: Keys, row: Purge, one: Decided, taken: Taken, at: datetime) -> dict[str, Any]:
    found, decision = one.record, one.decision
    active = [each.active_on for each in found.accounts if each.active_on is not None]
    return {
        "purge_id": row.id,
        "kind": found.kind,
        "record_id": found.id,
        "portfolio_id": found.accounts[0].portfolio_id,
        "rule": decision.by,
        "until": decision.until,
        "active_on": max(active, default=None),
        "digest": taken.digest(keys, found.kind, found.id),
        "pieces": taken.pieces(found.id),
        "at": at,
    }


def no_new_holds(session: Session) -> None:
    """Until commit nobody puts a hold: a removal that found none is over before one can count."""
    lock_key(session, "retention-holds")


def put_hold(
    session: Session,
    portfolio_id: int,
    account_id: int | None,
    reason: str,
    approval_id: int,
    at: datetime,
    actor: Actor,
) -> RetentionHold:
    """Nothing of it is removed from now on."""
    no_new_holds(session)
    row = RetentionHold(
        portfolio_id=portfolio_id,
        account_id=account_id,
        reason=reason,
        at=at,
        actor=actor.name,
        approval_id=approval_id,
    )
    add(session, row, actor.name, "retention.held", {"portfolio": portfolio_id, "account": account_id}, at)
    return row


def lift_hold(session: Session, hold_id: int, approval_id: int, at: datetime, actor: Actor) -> RetentionHold:
    """Terms count again. A hold that was lifted already is a `Conflict`."""
    row = fetch(session, RetentionHold, hold_id)
    if row.lifted_at is not None:
        raise Conflict("this hold was lifted already")
    row.lifted_at, row.lifted_by, row.lifted_approval_id = at, actor.name, approval_id
    detail = {"portfolio": row.portfolio_id, "account": row.account_id}
    change(session, row, actor.name, "retention.released", detail, at)
    return row
