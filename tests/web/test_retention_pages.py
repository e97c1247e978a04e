"""Retention in the browser: what is due, the question for a second person, the certificate, and holds."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from floor import LI
from sqlmodel import select
from web.conftest import NOW, Building, Visitor

from collector.audit.tables import AuditEntry
from collector.casework import actions
from collector.identity.tables import Approval, User
from collector.legal.casefile.manifest import verify_folder
from collector.legal.retention.rules import PurgeState
from collector.legal.retention.tables import Purge, RetentionHold

LATE = datetime(2045, 5, 12, 4, tzinfo=UTC)


def overseer(building: Building) -> Visitor:
    """An administrator who sees every portfolio: a purge is of the whole installation."""
    with building.office.database.begin() as session:
        session.exec(select(User).where(User.name == "admin")).one().all_portfolios = True
    return building.signed_in("admin")


def count(building: Building) -> int:
    """A count in which somebody is due, whatever the book says."""
    with building.office.database.begin() as session:
        row = Purge(as_of=NOW.date(), found=[["cn", "person", "may_go", "HOUSE-KEEP", 1]], planned_at=NOW, actor="cli")
        session.add(row)
        session.flush()
        return row.id or 0


def test_what_is_due_is_proposed_and_waits(building: Building) -> None:
    number, admin = count(building), overseer(building)
    page = admin.get("/retention")
    assert (page.status_code, "HOUSE-KEEP" in page.text) == (200, True)
    assert admin.post(f"/retention/{number}/propose", {}).status_code == 303
    with building.office.database.read() as session:
        assert session.get_one(Purge, number).state is PurgeState.asked
        assert session.exec(select(Approval.kind)).all() == ["purge"]
    assert "HOUSE-KEEP" in admin.get("/approvals").text
    assert admin.get(f"/retention/{number}/certificate").status_code == 409


def test_the_certificate_of_a_purge_is_whole(building: Building, tmp_path: Path) -> None:
    number, admin = count(building), overseer(building)
    with building.office.database.begin() as session:
        for state in (PurgeState.asked, PurgeState.approved):
            actions.move_purge(session, building.office, number, state, at=LATE, actor=LI)
    actions.run_purge(building.office, number, LATE)
    answer = admin.get(f"/retention/{number}/certificate")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    assert verify_folder(tmp_path / f"purge-{number}").wrong == ()
    with building.office.database.read() as session:
        given = session.exec(select(AuditEntry).where(AuditEntry.action == "purge.given")).all()
    assert [one.actor for one in given] == ["user:admin"]


def test_a_hold_is_asked_for_and_stands_when_another_agrees(building: Building) -> None:
    admin = building.signed_in("admin")
    assert admin.post("/retention/holds", {"book": "CN", "account": "L-1", "reason": "letter"}).status_code == 303
    assert admin.post("/retention/holds", {"book": "XX", "reason": "letter"}).status_code == 422
    with building.office.database.read() as session:
        [asked] = session.exec(select(Approval)).all()
        assert (asked.kind, asked.body["lifts"]) == ("retention_hold", None)
        assert session.exec(select(RetentionHold)).all() == []
    assert "letter" in admin.get("/approvals").text


def test_who_may_not_is_told_so(building: Building) -> None:
    assert building.signed_in("auditor").get("/retention").status_code == 200
    assert building.signed_in("supervisor").get("/retention").status_code == 403
    assert building.signed_in("auditor").post("/retention/1/propose", {}).status_code == 403
