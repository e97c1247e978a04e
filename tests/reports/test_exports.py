"""Files: no formula, no phone, no more than the day allows, and known again wherever they turn up."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from floor import LI
from reports.conftest import MAY, NOW, Book
from sqlalchemy import text
from sqlmodel import Session, select

from collector.audit.tables import AuditEntry
from collector.foundation.errors import BadInput, Forbidden, NotFound
from collector.foundation.files import read_table
from collector.identity.rules import Actor, Role, Scope
from collector.identity.tables import User
from collector.portfolio.tables import Person
from collector.reports import actions
from collector.reports.queries import ledger, rows_out
from collector.reports.rules import COLUMNS, ROWS_A_DAY, Format, OfStage, Stage, numbers_in, rows_a_day
from collector.reports.tables import ExportRecord
from collector.reports.whose import whose

HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://x")',
    "＝1",
    "http://x",
]
PHONE = "+8613812340001"


@pytest.fixture
def supervisor(month: Book) -> Actor:
    user = User(name="lead", staff_no="7", roles="supervisor", password_hash="none", created_at=NOW)
    return Actor("user:lead", month.add(user), frozenset({Role.supervisor}))


def order(book: Book, actor: Actor, kind: Format = Format.csv, stage: Stage = Stage.book) -> actions.Order:
    return actions.Order(book.chosen(), OfStage(stage), kind, {}, actor)


def given(book: Book, wanted: actions.Order) -> tuple[actions.Written, ExportRecord]:
    written = actions.write(book.session, wanted, NOW)
    return written, actions.enter(book.session, wanted, written, NOW)


def cells(body: bytes, folder: Path, kind: Format) -> list[list[str]]:
    """Every row but the head, as a reader of such files gives them."""
    if kind is Format.csv:
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))[1:]
    path = folder / "read.xlsx"
    path.write_bytes(body)
    with read_table(path) as table:
        return [[str(cell) for cell in row] for batch in table.batches for row in batch.rows]


@pytest.mark.parametrize("kind", list(Format))
def test_a_file_holds_the_list_and_names_itself(month: Book, supervisor: Actor, kind: Format, tmp_path: Path) -> None:
    written, row = given(month, order(month, supervisor, kind, Stage.reached))
    rows = cells(written.body, tmp_path, kind)
    assert [one[0] for one in rows[:-1]] == ["CN/C", "CN/D", "CN/E"]
    assert rows[0][:4] == ["CN/C", "C", "cash", "M1"]
    assert [float(rows[0][COLUMNS.index(name)]) for name in ("overdue", "owed")] == [1000.0, 2000.0]
    assert rows[0][COLUMNS.index("last_contact")] == "2026-05-12"
    assert rows[-1][0] == f"# export {row.number} · user:lead · 2026-05-20T02:00:00+00:00"
    assert (row.rows, row.format, row.sha256) == (3, kind, hashlib.sha256(written.body).hexdigest())
    assert written.name(order(month, supervisor, kind)) == f"export-{row.number}.{kind}"


def test_a_workbook_carries_its_number_in_properties_and_footer(month: Book, supervisor: Actor) -> None:
    written, row = given(month, order(month, supervisor, Format.xlsx))
    with zipfile.ZipFile(io.BytesIO(written.body)) as archive:
        for part in ("docProps/core.xml", "xl/worksheets/sheet1.xml"):
            assert row.number in archive.read(part).decode(), part


@pytest.mark.parametrize("kind", list(Format))
def test_no_cell_is_a_formula_and_no_phone_leaves(month: Book, supervisor: Actor, kind: Format, tmp_path: Path) -> None:
    for number, name in enumerate(HOSTILE):
        month.open(f"X{number}", MAY)
        month.session.get_one(Person, month.people[f"X{number}"]).name = name
    month.ready()
    written, _ = given(month, order(month, supervisor, kind))
    names = [row[1] for row in cells(written.body, tmp_path, kind) if len(row) > 1]
    if kind is Format.csv:
        assert {f"'{name}" for name in HOSTILE[:-1]} <= set(names)
        assert not [name for name in names if name.startswith(("=", "+", "-", "@", "\t", "\r"))]
        told = written.body.decode()
    else:
        assert {name.strip() for name in HOSTILE} <= {name.strip() for name in names}
        with zipfile.ZipFile(io.BytesIO(written.body)) as archive:
            told = "".join(archive.read(name).decode() for name in archive.namelist())
        assert "<f>" not in told
        assert "hyperlink " not in told
    assert PHONE not in told
    assert PHONE[3:] not in told


def test_a_day_holds_so_many_rows_and_a_refusal_says_how_many_are_left(month: Book, supervisor: Actor) -> None:
    spent = ROWS_A_DAY[Role.supervisor] - 10
    month.add(past(supervisor, spent, NOW - timedelta(hours=23)))
    assert actions.left_today(month.session, supervisor, NOW) == (10, 5_000)
    given(month, order(month, supervisor, stage=Stage.overdue))
    assert actions.left_today(month.session, supervisor, NOW) == (4, 5_000)
    with pytest.raises(Forbidden, match=r"has 6 rows; of your 5,000 rows in 24 hours 4 are left"):
        actions.write(month.session, order(month, supervisor, stage=Stage.overdue), NOW)
    later = NOW + timedelta(hours=2)
    assert actions.left_today(month.session, supervisor, later) == (5_000 - 6, 5_000)


def past(actor: Actor, rows: int, at: object) -> ExportRecord:
    return ExportRecord(
        number=f"X-{rows}",
        user_id=actor.user_id,
        actor=actor.name,
        at=at,
        book="1",
        rows=rows,
        format=Format.csv,
        sha256="",
    )


def test_two_files_at_once_are_not_counted_past_each_other(month: Book, supervisor: Actor) -> None:
    """Both were written while ten rows were left; only one of them may be given."""
    month.add(past(supervisor, 4_990, NOW))
    wanted = order(month, supervisor, stage=Stage.overdue)
    first, second = actions.write(month.session, wanted, NOW), actions.write(month.session, wanted, NOW)
    actions.enter(month.session, wanted, first, NOW)
    with pytest.raises(Forbidden, match="4 are left"):
        actions.enter(month.session, wanted, second, NOW)
    assert rows_out(month.session, supervisor.user_id or 0, NOW) == 4_996


@pytest.mark.parametrize("role", [role for role, rows in ROWS_A_DAY.items() if not rows])
def test_who_has_no_rows_exports_nothing(month: Book, role: Role) -> None:
    with pytest.raises(Forbidden, match="your role exports nothing"):
        actions.write(month.session, order(month, Actor("user:x", 1, frozenset({role}))), NOW)


def test_every_role_has_its_rows() -> None:
    assert set(ROWS_A_DAY) == set(Role)
    assert rows_a_day({Role.agent, Role.supervisor}) == 5_000
    assert rows_a_day(()) == 0


def test_the_ledger_and_the_audit_tell_the_same_and_no_names(month: Book, supervisor: Actor) -> None:
    _, row = given(month, order(month, supervisor))
    session = month.session
    entry = session.exec(select(AuditEntry).where(AuditEntry.subject == f"export_record:{row.id}")).one()
    assert (entry.actor, entry.action) == ("user:lead", "export.made")
    assert entry.detail == {
        "number": row.number,
        "rows": 9,
        "format": "csv",
        "sha256": row.sha256,
        "book": str(month.cn),
        "list": {"what": "funnel", "stage": "book"},
    }
    assert [one.number for one in ledger(session, Scope(frozenset({month.cn})))] == [row.number]
    assert ledger(session, Scope(frozenset({month.us}))) == []
    assert ledger(session, Scope(None), user_id=(supervisor.user_id or 0) + 1) == []


@pytest.mark.parametrize("statement", ["UPDATE export_record SET rows = 1", "DELETE FROM export_record"])
def test_the_ledger_can_not_be_changed(month: Book, supervisor: Actor, statement: str) -> None:
    given(month, order(month, supervisor))
    with pytest.raises(Exception, match="append-only"), month.session.begin_nested():
        month.session.execute(text(statement))


@pytest.mark.parametrize("kind", list(Format))
def test_a_leaked_file_is_known_by_its_bytes_and_a_changed_one_by_its_number(
    month: Book, supervisor: Actor, kind: Format, tmp_path: Path
) -> None:
    written, row = given(month, order(month, supervisor, kind))
    leaked = tmp_path / "found"
    leaked.write_bytes(written.body)
    assert [(one.export.number, one.is_unchanged) for one in whose(month.session, leaked).exports] == [
        (row.number, True)
    ]
    leaked.write_bytes(changed(written.body, kind))
    assert [(one.export.number, one.is_unchanged) for one in whose(month.session, leaked).exports] == [
        (row.number, False)
    ]
    leaked.write_text("account\nCN/B\n")
    with pytest.raises(NotFound, match="found: neither its bytes nor a number"):
        whose(month.session, leaked)
    with pytest.raises(BadInput, match="absent"):
        whose(month.session, tmp_path / "absent")


def changed(body: bytes, kind: Format) -> bytes:
    """The head was cut off; or the workbook saved again, its last row lost."""
    if kind is Format.csv:
        return body.split(b"\n", 3)[3]
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(saved, "w") as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, old.read(name))
    return saved.getvalue()


def test_a_number_is_found_in_any_text_and_nothing_else_is_taken_for_one(session: Session) -> None:
    assert numbers_in("x X-ABCDEFGHJK, and (X-2345678923)") == {"X-ABCDEFGHJK", "X-2345678923"}
    assert numbers_in("X-ABCDEFGHJKL X-ABCDEFGHI X-ABCDEFGH10 x-abcdefghjk") == set()
    assert LI.name
