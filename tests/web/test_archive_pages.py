"""The archive in the browser: an original is archived with its paper, lent, told of when it is late, and comes back."""

from __future__ import annotations

import pytest
from sqlmodel import select
from web.conftest import Building, Visitor

from collector.history.tables import Original, OriginalStep


@pytest.fixture
def lawyer(building: Building) -> Visitor:
    return building.signed_in("legal")


def archived(building: Building, visitor: Visitor) -> int:
    form = {"kind": "contract", "title": "合同原件", "place": "vault 1", "day": "2026-05-01"}
    answer = visitor.post(f"/accounts/{building.book.loan}/originals", form)
    assert answer.status_code == 303, answer.text
    with building.office.database.read() as session:
        return session.exec(select(Original.id)).one() or 0


def test_an_original_is_archived_lent_and_told_of_when_it_is_late(building: Building, lawyer: Visitor) -> None:
    number = archived(building, lawyer)
    assert f'href="/archive/{number}"' in lawyer.get(f"/accounts/{building.book.loan}/papers").text
    loan = {"step": "lent", "day": "2026-05-02", "whom": "court", "what_for": "hearing", "due_on": "2026-05-05"}
    assert lawyer.post(f"/archive/{number}/step", loan).status_code == 303
    assert lawyer.post(f"/archive/{number}/step", {**loan, "whom": "another"}).status_code == 409
    assert f'href="/archive/{number}"' in lawyer.get("/archive?part=not_back_in_time").text
    assert "/archive?part=not_back_in_time" in lawyer.get("/legal").text
    papers = lawyer.get(f"/accounts/{building.book.loan}/papers").text
    assert "An original is on loan or lost" in papers
    back = {"step": "brought_back", "day": "2026-05-06", "whom": "court", "condition": "damaged"}
    assert lawyer.post(f"/archive/{number}/step", back).status_code == 303
    page = lawyer.get(f"/archive/{number}").text
    assert "hearing" in page
    assert f'href="/archive/{number}"' not in lawyer.get("/archive?part=on_loan").text
    with building.office.database.read() as session:
        assert len(session.exec(select(OriginalStep)).all()) == 3


def test_who_only_looks_changes_nothing(building: Building, lawyer: Visitor) -> None:
    number = archived(building, lawyer)
    auditor = building.signed_in("auditor")
    page = auditor.get(f"/archive/{number}")
    assert (page.status_code, "/step" in page.text) == (200, False)
    form = {"step": "destroyed", "day": "2026-05-06", "whom": "x", "what_for": "x"}
    assert auditor.post(f"/archive/{number}/step", form).status_code == 403
    assert building.signed_in("agent").get("/archive").status_code == 403
