"""The chain names what was changed, removed, inserted or reordered."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlmodel import Session

from collector.audit.actions import record, seal
from collector.audit.queries import verify
from collector.audit.rules import Damage
from collector.foundation.clock import parse_moment
from collector.foundation.keys import Keys

AT = parse_moment("2026-05-12T09:00+08:00")


@pytest.fixture
def sealed(session: Session, keys: Keys) -> Session:
    for number in range(5):
        record(session, "user:li", "promise.made", f"promise:{number}", {"amount": number}, AT)
    session.flush()
    assert seal(session, keys, AT) == 5
    session.flush()
    return session


def test_a_whole_chain_has_nothing_to_tell_but_its_tail(sealed: Session, keys: Keys) -> None:
    record(sealed, "user:li", "late", "promise:9", {}, AT)
    sealed.flush()
    proof = verify(sealed, keys)
    assert (proof.sealed, proof.unsealed, proof.findings) == (5, 1, ())
    assert seal(sealed, keys, AT) == 1
    sealed.flush()
    assert verify(sealed, keys).unsealed == 0


def test_an_entry_committed_late_is_sealed_after_those_before_it(sealed: Session, keys: Keys) -> None:
    sealed.execute(text("DELETE FROM audit_link WHERE position > 2"))
    sealed.execute(text("DELETE FROM audit_checkpoint"))
    sealed.expire_all()
    assert seal(sealed, keys, AT, everything=True) == 3
    sealed.flush()
    assert verify(sealed, keys).findings == ()


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        pytest.param("UPDATE audit_entry SET actor = 'user:wu' WHERE id = 3", [(Damage.changed, 3)], id="changed"),
        pytest.param("DELETE FROM audit_entry WHERE id = 2", [(Damage.removed, 2)], id="removed"),
        pytest.param(
            "DELETE FROM audit_link WHERE position = 3",
            [(Damage.removed, 3), (Damage.reordered, 4)],
            id="a link removed",
        ),
        pytest.param(
            "UPDATE audit_link SET position = 6 WHERE position = 5",
            [(Damage.removed, 5), (Damage.reordered, 6)],
            id="a link moved",
        ),
        pytest.param(
            "INSERT INTO audit_link (position, entry_id, entry_hash, hash) VALUES (6, 77, 'x', 'y')",
            [(Damage.reordered, 6), (Damage.removed, 6)],
            id="a link inserted",
        ),
        pytest.param("UPDATE audit_checkpoint SET signature = 'mine'", [(Damage.forged, 5)], id="forged signature"),
    ],
)
def test_tampering_is_named(sealed: Session, keys: Keys, tampering: str, named: list[tuple[Damage, int]]) -> None:
    sealed.execute(text(tampering))
    sealed.expire_all()
    found = [(finding.damage, finding.position) for finding in verify(sealed, keys).findings]
    assert found[: len(named)] == named


def test_a_chain_cut_at_its_end_is_seen_by_its_checkpoint(sealed: Session, keys: Keys) -> None:
    sealed.execute(text("DELETE FROM audit_link WHERE position = 5"))
    sealed.execute(text("DELETE FROM audit_entry WHERE id = 5"))
    sealed.expire_all()
    assert [finding.damage for finding in verify(sealed, keys).findings] == [Damage.removed]
