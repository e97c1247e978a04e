"""A list taken as a file: by a form, within the day's rows, entered in the ledger; and a leaked one known again."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import select
from typer.testing import CliRunner
from web.conftest import HOST, NOW, Building

from collector.audit.tables import AuditEntry
from collector.cli.main import app
from collector.identity.rules import Role
from collector.identity.tables import User
from collector.reports.rules import ROWS_A_DAY, Format
from collector.reports.tables import ExportRecord
from collector.web.session import EXPORTS

LIST = {"what": "funnel", "stage": "book"}


def fields(building: Building, **more: str) -> dict[str, str]:
    return {"book": str(building.book.cn), **LIST, "format": "csv", **more}


def records(building: Building) -> list[ExportRecord]:
    with building.office.database.read() as session:
        return list(session.exec(select(ExportRecord)))


@pytest.mark.parametrize(
    ("kind", "media", "starts"),
    [
        ("csv", "text/csv; charset=utf-8", b"\xef\xbb\xbfAccount,Name,"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ],
)
def test_a_list_is_taken_as_a_file(building: Building, kind: str, media: str, starts: bytes) -> None:
    visitor = building.signed_in("supervisor")
    page = visitor.get(f"/figures/accounts?book={building.book.cn}&what=funnel&stage=book").text
    assert "5,000 of your 5,000 rows in 24 hours are left." in page
    answer = visitor.post("/figures/export", fields(building, format=kind))
    assert answer.status_code == 200, answer.text
    [row] = records(building)
    assert answer.headers["content-type"] == media
    assert answer.headers["content-disposition"] == f'attachment; filename="export-{row.number}.{kind}"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content.startswith(starts)
    assert (row.actor, row.rows, row.sha256) == ("user:supervisor", 1, hashlib.sha256(answer.content).hexdigest())
    page = visitor.get(f"/figures/accounts?book={building.book.cn}&what=funnel&stage=book").text
    assert "4,999 of your 5,000 rows in 24 hours are left." in page


def test_the_form_of_the_page_is_what_the_export_takes(building: Building) -> None:
    """Every field that the page carries, and nothing else, names the same list."""
    visitor = building.signed_in("operations")
    asked = f"/figures/accounts?book={building.book.cn}&what=roll&first=2026-05-01&last=2026-05-11&went=M1"
    form = re.search(r'<form method="post" action="/figures/export".*?</form>', visitor.get(asked).text, re.S)
    assert form
    carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    del carried["csrf"]
    answer = visitor.post("/figures/export", {**carried, "format": "csv"})
    assert "CN/L-1" in answer.text
    assert records(building)[0].wanted == {"what": "roll", "first": "2026-05-01", "last": "2026-05-11", "went": "M1"}


def test_a_list_longer_than_what_is_left_is_closed_and_says_so(building: Building) -> None:
    with building.office.database.begin() as session:
        user = session.exec(select(User).where(User.name == "supervisor")).one()
        most = ROWS_A_DAY[Role.supervisor]
        session.add(
            ExportRecord(
                number="X-1",
                user_id=user.id,
                actor="user:supervisor",
                at=NOW,
                book="1",
                portfolio_ids=[building.book.cn],
                wanted=LIST,
                rows=most,
                format=Format.csv,
                sha256="",
            )
        )
    visitor = building.signed_in("supervisor")
    page = visitor.get(f"/figures/accounts?book={building.book.cn}&what=funnel&stage=book").text
    assert "Closed: the list is longer than what is left. 0 of your 5,000 rows in 24 hours are left." in page
    assert page.count(" disabled>Take as") == 2
    answer = visitor.post("/figures/export", fields(building))
    assert answer.status_code == 403
    assert "this list has 1 rows; of your 5,000 rows in 24 hours 0 are left" in answer.text
    assert "CN/L-1" not in answer.text
    assert len(records(building)) == 1
    assert building.signed_in("operations").post("/figures/export", fields(building)).status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"format": "pdf"}, {"stage": "x"}, {"columns": "phone"}, {"after": "1"}, {"format": ""}], ids=str
)
def test_a_form_that_names_no_list_or_format_gives_nothing(building: Building, wrong: dict[str, str]) -> None:
    answer = building.signed_in("supervisor").post("/figures/export", fields(building, **wrong))
    assert answer.status_code == 422
    assert records(building) == []


def test_a_stranger_exports_nothing_of_ours(building: Building) -> None:
    stranger = building.signed_in("stranger")
    foreign = stranger.post("/figures/export", fields(building))
    missing = stranger.post("/figures/export", {**fields(building), "book": "99999999"})
    assert foreign.status_code == missing.status_code == 404
    assert "CN" not in foreign.text
    assert records(building) == []
    own = stranger.post("/figures/export", {**fields(building), "book": str(building.book.us)})
    assert "US/C-1" in own.text
    assert "CN/L-1" not in own.text


@pytest.mark.parametrize("role", [role for role in Role if not ROWS_A_DAY[role]])
def test_who_may_not_does_not(house: Building, role: Role) -> None:
    visitor = house.signed_in(role.value)
    assert visitor.get("/figures").status_code == 403
    assert visitor.post("/figures/export", fields(house)).status_code == 403


def test_the_ledger_is_shown_to_the_auditor_and_to_each_their_own(building: Building) -> None:
    taken = building.signed_in("supervisor").post("/figures/export", fields(building))
    assert taken.status_code == 200
    number = records(building)[0].number
    for name, sees in (("supervisor", True), ("auditor", True), ("operations", False), ("stranger", False)):
        page = building.signed_in(name).get("/figures").text
        assert (number in page) is sees, name
        assert ("Nothing was exported yet." in page) is not sees, name


def test_an_export_is_an_entry_of_the_audit(building: Building) -> None:
    building.signed_in("supervisor").post("/figures/export", fields(building))
    with building.office.database.read() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "export.made")).one()
    assert entry.subject == f"export_record:{records(building)[0].id}"
    assert "export.made" in building.signed_in("auditor").get("/audit").text


def test_a_third_file_waits_until_one_of_two_is_written(building: Building) -> None:
    visitor = building.signed_in("supervisor")
    asked = {"csrf": visitor.csrf(), **fields(building)}

    async def busy() -> tuple[bool, int]:
        transport = httpx2.ASGITransport(app=building.web)
        places = building.web.state.desk.exports
        async with httpx2.AsyncClient(transport=transport, base_url=HOST, cookies=visitor.client.cookies) as client:
            for _ in range(EXPORTS):
                await places.acquire()
            third = asyncio.create_task(client.post("/figures/export", data=asked))
            await asyncio.sleep(0.5)
            was_waiting = not third.done() and not records(building)
            places.release()
            return was_waiting, (await third).status_code

    assert asyncio.run(busy()) == (True, 200)
    assert len(records(building)) == 1


SECRET = b"a master secret for tests, 32 bytes!"


def ask(building: Building, *words: str) -> Any:
    """A command on the same installation, whose key lies where an installation keeps it."""
    key = building.office.settings.resolved_key_file
    key.write_text(SECRET.hex())
    key.chmod(0o600)
    hidden = {key: None for key in os.environ if key.startswith("COLLECTOR_")}
    settings = building.office.settings
    own = {"COLLECTOR_HOME": str(settings.home), "COLLECTOR_DATABASE_URL": settings.database_url}
    return CliRunner().invoke(app, list(words), env={**hidden, **own})


def test_the_command_line_names_whose_a_file_is(building: Building, tmp_path: Path) -> None:
    answer = building.signed_in("supervisor").post("/figures/export", fields(building))
    [row] = records(building)
    leaked = tmp_path / "leaked.csv"
    leaked.write_bytes(answer.content)
    told = ask(building, "export", "whose", str(leaked), "--json")
    assert told.exit_code == 0, told.output
    [found] = json.loads(told.stdout)["exports"]
    assert (found["export"], found["unchanged"], found["by"]) == (row.number, True, "user:supervisor")
    assert (found["rows"], found["sha256"], found["list"]) == (1, row.sha256, LIST)
    leaked.write_bytes(answer.content + b"one more line\n")
    told = ask(building, "export", "whose", str(leaked))
    assert f"{row.number}: given to user:supervisor" in told.stdout
    assert "not the same bytes" in told.stdout
    leaked.write_text("nothing of ours")
    told = ask(building, "export", "whose", str(leaked), "--json")
    assert told.exit_code == 2
    assert "leaked.csv" in json.loads(told.stdout)["error"]
