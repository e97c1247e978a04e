"""Entries are sealed as they are committed, and a whole chain has nothing to tell but its tail."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from audit_chain import AT, SEALED, as_owner
from sqlalchemy import text
from sqlmodel import Session, select

from collector.audit.actions import record, seal
from collector.audit.anchor import Anchor, read_anchor, write_anchor
from collector.audit.queries import newest_anchor, verify
from collector.audit.rules import Damage, Part
from collector.audit.tables import AuditLink
from collector.foundation.database import is_postgresql
from collector.foundation.errors import BadInput, Conflict
from collector.foundation.keys import Keys


def test_a_whole_chain_has_nothing_to_tell_but_its_tail(sealed: Session, keys: Keys) -> None:
    record(sealed, "user:li", "late", "promise:99", {}, AT)
    sealed.flush()
    proof = verify(sealed, keys, AT)
    assert (proof.sealed, proof.unsealed, proof.unsealed_since, proof.findings) == (SEALED, 1, AT, ())
    assert seal(sealed, keys, AT) == 1
    sealed.flush()
    assert verify(sealed, keys, AT).unsealed == 0


@pytest.fixture
def apart(session: Session, keys: Keys) -> Session:
    """Entries 10, 20 and 30 are sealed; then 15 is committed, by a slow transaction or by somebody."""
    for number in (10, 20, 30):
        record(session, "user:li", "promise.made", f"promise:{number}", {}, AT).id = number
    session.flush()
    assert seal(session, keys, AT) == 3
    record(session, "user:li", "promise.made", "promise:15", {}, AT).id = 15
    session.flush()
    return session


def test_an_entry_committed_late_is_sealed_after_those_before_it(apart: Session, keys: Keys) -> None:
    if not is_postgresql(apart):
        pytest.skip("SQLite has one writer at a time: nothing is committed out of order")
    assert (verify(apart, keys, AT).unsealed, verify(apart, keys, AT).findings) == (1, ())
    assert seal(apart, keys, AT + timedelta(minutes=59), everything=True) == 1
    apart.flush()
    proof = verify(apart, keys, AT + timedelta(days=9))
    assert (proof.unsealed, proof.findings) == (0, ())
    assert apart.exec(select(AuditLink.entry_id).where(AuditLink.position == 4)).one() == 15


def test_an_entry_that_can_not_have_been_late_is_named_and_never_sealed(apart: Session, keys: Keys) -> None:
    later = AT + timedelta(hours=1)
    assert seal(apart, keys, later, everything=True) == 0
    (finding,) = verify(apart, keys, later).findings
    assert (finding.damage, finding.part, finding.entry_id) == (Damage.inserted, Part.entry, 15)


def test_an_unsealed_entry_that_is_taken_away_leaves_no_trace(sealed: Session, keys: Keys) -> None:
    """What sealing protects against begins with the sealing: the lag is what can be lost."""
    record(sealed, "user:li", "tail", "promise:99", {}, AT)
    sealed.flush()
    as_owner(sealed)
    sealed.execute(text("DELETE FROM audit_entry WHERE action = 'tail'"))
    assert verify(sealed, keys, AT).findings == ()


def _cut_after_the_second_sealing(session: Session) -> None:
    as_owner(session)
    for table, column in (("audit_link", "position"), ("audit_checkpoint", "position"), ("audit_entry", "id")):
        session.execute(text(f"DELETE FROM {table} WHERE {column} > 8"))
    session.expire_all()


def test_a_cut_at_a_signed_end_is_seen_only_by_an_anchor(sealed: Session, keys: Keys, tmp_path: Path) -> None:
    """The same as an older copy that was put back."""
    anchor = newest_anchor(sealed)
    assert anchor is not None
    write_anchor(anchor, tmp_path / "anchor.json")
    carried = read_anchor(tmp_path / "anchor.json")
    assert verify(sealed, keys, AT, carried).findings == ()
    _cut_after_the_second_sealing(sealed)
    assert verify(sealed, keys, AT).findings == ()
    (finding,) = verify(sealed, keys, AT, carried).findings
    assert (finding.damage, finding.position, finding.last) == (Damage.removed, 9, 12)


def test_an_anchor_sees_a_chain_that_was_cut_and_sealed_anew(sealed: Session, keys: Keys) -> None:
    anchor = newest_anchor(sealed)
    _cut_after_the_second_sealing(sealed)
    for number in range(5):
        record(sealed, "user:li", "another", f"promise:{number}", {}, AT)
    sealed.flush()
    assert seal(sealed, keys, AT) == 5
    sealed.flush()
    assert verify(sealed, keys, AT).findings == ()
    (finding,) = verify(sealed, keys, AT, anchor).findings
    assert (finding.damage, finding.position) == (Damage.changed, 12)


def test_an_anchor_that_was_changed_is_worth_nothing(sealed: Session, keys: Keys) -> None:
    anchor = newest_anchor(sealed)
    assert anchor is not None
    forged = Anchor(4, anchor.hash, anchor.at, anchor.previous, anchor.signature)
    (finding,) = verify(sealed, keys, AT, forged).findings
    assert (finding.damage, finding.part) == (Damage.changed, Part.checkpoint)


def test_an_anchor_is_never_overwritten_and_nothing_else_is_taken_for_one(sealed: Session, tmp_path: Path) -> None:
    anchor, file = newest_anchor(sealed), tmp_path / "anchor.json"
    assert anchor is not None
    write_anchor(anchor, file)
    with pytest.raises(Conflict, match="exists already"):
        write_anchor(anchor, file)
    (tmp_path / "other.json").write_text('{"position": 0}')
    with pytest.raises(BadInput, match="is no anchor"):
        read_anchor(tmp_path / "other.json")


def test_the_database_itself_refuses_to_change_what_is_only_added_to(sealed: Session) -> None:
    for table in ("audit_entry", "audit_link", "audit_checkpoint"):
        for statement in (f"UPDATE {table} SET {_column(table)} = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(Exception, match="append-only"), sealed.begin_nested():
                sealed.execute(text(statement))


def _column(table: str) -> str:
    return "actor" if table == "audit_entry" else "hash"
