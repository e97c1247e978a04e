"""Exports: no formula cell, nothing lost, nothing half-written."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

import pytest

from collector.foundation.errors import BadInput
from collector.foundation.files import read_table, replace_file, safe_cell, write_csv, write_xlsx

HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("text", HOSTILE)
def test_formula_starts_are_disarmed(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=1", "张三", "'quoted", "1-2", " =1"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


def test_csv_export_reads_back_with_numbers_untouched(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert write_csv(path, ["a", "=b"], [("=1", -5), (None, Decimal("-1.50")), ("款", True)], bom=True) == 3
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    assert rows == [["a", "'=b"], ["'=1", "-5"], ["", "-1.50"], ["款", "true"]]
    text = io.StringIO()
    write_csv(text, ["a"], [("@x",)])
    assert text.getvalue() == "a\n'@x\n"


def test_a_line_end_in_a_cell_never_begins_another(tmp_path: Path) -> None:
    """A spreadsheet takes a bare CR for a line end: unquoted, the formula behind it would begin a cell."""
    path = tmp_path / "out.csv"
    cells = ["a\r=1+1", "\r=1", "b\n=2", "c\r\n=3"]
    write_csv(path, ["text"], [(cell,) for cell in cells])
    written = path.read_bytes().decode()
    for cell in cells:
        assert f'"{safe_cell(cell)}"' in written
    with read_table(path) as table:
        assert [row[0] for batch in table.batches for row in batch.rows] == [safe_cell(cell) for cell in cells]


def test_workbook_export_holds_no_formula_and_no_link(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    rows = [(text, 1) for text in [*HOSTILE, "http://example.test/", "{=1}", "0012"]]
    assert write_xlsx(path, ["text", "n"], rows) == len(rows)
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink " not in sheet
    with read_table(path) as table:
        cells = [row[0] for batch in table.batches for row in batch.rows]
    assert [cell.strip() for cell in cells] == [text.strip() for text, _ in rows]


def test_a_failed_export_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    path.write_text("before")
    with pytest.raises(BadInput, match="does not fit"):
        write_xlsx(path, ["a"], [("x" * 40_000,)])
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.xlsx"]


def test_replacing_keeps_the_mode_and_new_files_are_private(tmp_path: Path) -> None:
    def write(file: BinaryIO) -> None:
        file.write(b"new")

    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("old")
    old.chmod(0o644)
    for path in (old, new):
        replace_file(path, write)
    assert [path.read_bytes() for path in (old, new)] == [b"new", b"new"]
    assert [path.stat().st_mode & 0o777 for path in (old, new)] == [0o644, 0o600]
