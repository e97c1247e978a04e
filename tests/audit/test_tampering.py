"""Whoever owns the database can change it; the chain names what they did, once and exactly."""

from __future__ import annotations

import pytest
from audit_chain import AT, Tamper, as_owner
from sqlalchemy import text
from sqlmodel import Session

from collector.audit.queries import verify
from collector.audit.rules import Damage, Part, link_hash
from collector.foundation.keys import Keys

Named = tuple[Damage, Part, int, int | None]
ENTRY, LINK, CHECKPOINT = Part.entry, Part.link, Part.checkpoint
NOT_YET = 1000
X64 = "ab" * 32


def swapped(table: str, key: str, first: int, second: int) -> tuple[str, ...]:
    """Two rows take each other's number."""
    return tuple(
        f"UPDATE {table} SET {key} = {to} WHERE {key} = {at}"
        for at, to in ((first, NOT_YET), (second, first), (NOT_YET, second))
    )


def named(found: object) -> list[Named]:
    return [(one.damage, one.part, one.position, one.entry_id) for one in found.findings]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("at = '2026-05-12 01:00:01.000000'", id="when"),
        pytest.param("actor = 'user:wu'", id="who"),
        pytest.param("action = 'promise.broken'", id="what"),
        pytest.param("subject = 'promise:77'", id="about what"),
        pytest.param("""detail = '{"amount": 6, "account": 8}'""", id="with which details"),
        pytest.param("""detail = '[]'""", id="details of another shape"),
    ],
)
@pytest.mark.parametrize("number", [1, 6, 12])
def test_an_entry_of_which_anything_was_changed(tamper: Tamper, number: int, change: str) -> None:
    proof = tamper(f"UPDATE audit_entry SET {change} WHERE id = {number}")
    assert named(proof) == [(Damage.changed, ENTRY, number, number)]


def test_an_entry_that_can_not_be_read_any_more(sealed: Session, keys: Keys, tamper: Tamper) -> None:
    """SQLite takes anything for a moment or a document."""
    if sealed.get_bind().dialect.name == "postgresql":
        sealed.execute(text("SELECT 1"))
        return
    proof = tamper(
        "UPDATE audit_entry SET at = 'yesterday' WHERE id = 3",
        "UPDATE audit_entry SET detail = '{' WHERE id = 6",
        "UPDATE audit_checkpoint SET at = 'never' WHERE position = 8",
    )
    assert [one[:3] for one in named(proof)] == [
        (Damage.changed, ENTRY, 3),
        (Damage.changed, ENTRY, 6),
        (Damage.changed, CHECKPOINT, 8),
    ]


@pytest.mark.parametrize("number", [1, 4, 6, 12])
def test_an_entry_that_was_removed(tamper: Tamper, number: int) -> None:
    proof = tamper(f"DELETE FROM audit_entry WHERE id = {number}")
    assert named(proof) == [(Damage.removed, ENTRY, number, number)]


@pytest.mark.parametrize("number", [1, 4, 6, 12])
def test_a_link_that_was_removed(tamper: Tamper, number: int) -> None:
    """Its entry stays, and tells the chain how to go on."""
    (finding,) = tamper(f"DELETE FROM audit_link WHERE position = {number}").findings
    assert (finding.damage, finding.part, finding.position, finding.last) == (Damage.removed, LINK, number, number)


@pytest.mark.parametrize("number", [1, 4, 6, 12])
def test_an_entry_and_its_link_that_were_removed(tamper: Tamper, number: int) -> None:
    proof = tamper(f"DELETE FROM audit_link WHERE position = {number}", f"DELETE FROM audit_entry WHERE id = {number}")
    assert [one[:3] for one in named(proof)] == [(Damage.removed, LINK, number)]


def test_a_run_of_links_that_was_removed_is_named_as_one(tamper: Tamper) -> None:
    (finding,) = tamper("DELETE FROM audit_link WHERE position BETWEEN 5 AND 7").findings
    assert (finding.damage, finding.part, finding.position, finding.last) == (Damage.removed, LINK, 5, 7)


@pytest.mark.parametrize("number", [1, 4, 6, 12])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(f"hash = '{X64}'", id="its hash"),
        pytest.param(f"entry_hash = '{X64}'", id="its entry's hash"),
        pytest.param("entry_id = 77", id="which entry"),
        pytest.param(f"entry_id = 77, entry_hash = '{X64}', hash = '{X64}'", id="all of it"),
    ],
)
def test_one_damaged_link_is_one_finding(tamper: Tamper, number: int, change: str) -> None:
    proof = tamper(f"UPDATE audit_link SET {change} WHERE position = {number}")
    assert [one[:3] for one in named(proof)] == [(Damage.changed, LINK, number)]


def test_an_entry_changed_together_with_its_link(sealed: Session, keys: Keys, tamper: Tamper) -> None:
    proof = tamper(
        "UPDATE audit_entry SET actor = 'user:wu' WHERE id = 6",
        f"UPDATE audit_link SET entry_hash = '{X64}' WHERE position = 6",
    )
    assert [one[:3] for one in named(proof)] == [(Damage.changed, LINK, 6)]


def test_a_history_written_anew_does_not_lead_to_the_signed_end(sealed: Session, keys: Keys) -> None:
    """Hashes are no secret: who changes an entry can compute every later link, but not sign the end."""
    as_owner(sealed)
    rows = sealed.execute(text("SELECT position, entry_hash, hash FROM audit_link ORDER BY position")).all()
    before = rows[4].hash
    sealed.execute(text("DELETE FROM audit_entry WHERE id = 6"))
    for row in rows[5:]:
        kept = X64 if row.position == 6 else row.entry_hash
        before = link_hash(before, row.position, kept)
        sealed.execute(
            text(f"UPDATE audit_link SET entry_hash = '{kept}', hash = '{before}' WHERE position = {row.position}")
        )
    found = verify(sealed, keys, AT).findings
    assert [(one.damage, one.part, one.position, one.last) for one in found] == [
        (Damage.changed, LINK, 5, 8),
        (Damage.removed, ENTRY, 6, 6),
        (Damage.changed, LINK, 9, 12),
    ]


@pytest.mark.parametrize(("first", "second"), [(2, 3), (5, 7), (3, 10)])
def test_entries_that_changed_places_are_reordered(tamper: Tamper, first: int, second: int) -> None:
    proof = tamper(*swapped("audit_entry", "id", first, second))
    assert named(proof) == [(Damage.reordered, ENTRY, first, first), (Damage.reordered, ENTRY, second, second)]


@pytest.mark.parametrize(("first", "second"), [(2, 3), (5, 7), (5, 8)])
def test_links_that_changed_places_are_reordered(tamper: Tamper, first: int, second: int) -> None:
    proof = tamper(*swapped("audit_link", "position", first, second))
    assert named(proof) == [(Damage.reordered, LINK, first, second), (Damage.reordered, LINK, second, first)]


def test_links_that_name_each_others_entries_are_reordered(tamper: Tamper) -> None:
    proof = tamper(*swapped("audit_link", "entry_id", 3, 10))
    assert named(proof) == [(Damage.reordered, LINK, 3, 3), (Damage.reordered, LINK, 10, 10)]


def test_an_entry_with_another_number_is_found_again(tamper: Tamper) -> None:
    (finding,) = tamper("UPDATE audit_entry SET id = 77 WHERE id = 6").findings
    assert (finding.damage, finding.part, finding.entry_id) == (Damage.reordered, ENTRY, 6)
    assert "is now numbered 77" in str(finding)


def test_a_link_that_was_moved_is_found_again(tamper: Tamper) -> None:
    proof = tamper("UPDATE audit_link SET position = 13 WHERE position = 12")
    assert [one[:3] for one in named(proof)] == [(Damage.removed, LINK, 12), (Damage.reordered, LINK, 13)]


FORGED = "INSERT INTO audit_entry (id, at, actor, action, subject, detail) SELECT {id}, at, 'user:wu', action,"
FORGED += " subject, detail FROM audit_entry WHERE id = 3"


def test_an_entry_that_was_inserted_with_a_link_of_its_own(sealed: Session, keys: Keys, tamper: Tamper) -> None:
    end = sealed.execute(text("SELECT hash FROM audit_link WHERE position = 12")).scalar_one()
    link = f"INSERT INTO audit_link (position, entry_id, entry_hash, hash) VALUES (13, 13, '{X64}', '{{}}')"
    proof = tamper(FORGED.format(id=13), link.format(link_hash(end, 13, X64)))
    assert [one[:3] for one in named(proof)] == [(Damage.inserted, LINK, 13)]


@pytest.mark.parametrize(
    ("change", "damage", "position"),
    [
        pytest.param(f"UPDATE audit_checkpoint SET hash = '{X64}' WHERE position = 8", Damage.changed, 8, id="hash"),
        pytest.param(
            f"UPDATE audit_checkpoint SET signature = '{X64}' WHERE position = 8", Damage.changed, 8, id="signature"
        ),
        pytest.param(
            "UPDATE audit_checkpoint SET at = '2026-05-12 02:00:00.000000' WHERE position = 8",
            Damage.changed,
            8,
            id="moment",
        ),
        pytest.param("UPDATE audit_checkpoint SET previous = NULL WHERE position = 8", Damage.changed, 8, id="chained"),
        pytest.param("DELETE FROM audit_checkpoint WHERE position = 8", Damage.removed, 8, id="removed"),
        pytest.param("DELETE FROM audit_checkpoint WHERE position = 4", Damage.removed, 4, id="the first removed"),
        pytest.param(
            f"INSERT INTO audit_checkpoint (position, hash, at, previous, signature)"
            f" SELECT 6, hash, at, 4, '{X64}' FROM audit_checkpoint WHERE position = 8",
            Damage.changed,
            6,
            id="inserted",
        ),
    ],
)
def test_a_checkpoint_that_was_tampered_with(tamper: Tamper, change: str, damage: Damage, position: int) -> None:
    proof = tamper(change)
    assert (damage, CHECKPOINT, position, None) in named(proof)
    assert {one[1] for one in named(proof)} == {CHECKPOINT}


def test_the_last_checkpoint_removed_leaves_links_that_nobody_signed(tamper: Tamper) -> None:
    (finding,) = tamper("DELETE FROM audit_checkpoint WHERE position = 12").findings
    assert (finding.damage, finding.part, finding.position, finding.last) == (Damage.inserted, LINK, 9, 12)


def test_much_damage_is_told_of_in_part_and_counted_in_full(tamper: Tamper) -> None:
    proof = tamper("UPDATE audit_entry SET actor = 'user:wu'")
    assert proof.found == len(proof.findings) == 12
