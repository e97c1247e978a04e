"""Tables from strangers: what is read, what is refused, and that a bomb leaves the reader alive."""

from __future__ import annotations

import csv
import gzip
import io
import resource
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import Batch, read_table


def written(tmp_path: Path, body: bytes, name: str = "book.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(body)
    return path


def everything(path: Path, **options: object) -> tuple[list[str], list[tuple[int, list[str]]], list[Problem]]:
    with read_table(path, **options) as table:  # type: ignore[arg-type]
        batches: list[Batch] = list(table.batches)
    rows = [pair for batch in batches for pair in zip(batch.lines, batch.rows, strict=True)]
    return table.header, rows, [problem for batch in batches for problem in batch.problems]


def refusal(path: Path) -> BadInput:
    with pytest.raises(BadInput) as caught:
        everything(path)
    return caught.value


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        pytest.param(b"a,b\n1,2\n", [(2, ["1", "2"])], id="plain"),
        pytest.param(b"\xef\xbb\xbfa,b\r\n1,2\r\n", [(2, ["1", "2"])], id="bom-and-crlf"),
        pytest.param(b"a,b\r1,2\r3,4", [(2, ["1", "2"]), (3, ["3", "4"])], id="old-mac-line-ends"),
        pytest.param(b"a,b\n1,2", [(2, ["1", "2"])], id="no-line-end-at-the-end"),
        pytest.param(b"\n\na,b\n\n1,2\n,\n3,4\n", [(5, ["1", "2"]), (7, ["3", "4"])], id="blank-lines"),
        pytest.param(
            b'a,b\n"1\n1\n1",2\n3,4\n', [(2, ["1\n1\n1", "2"]), (5, ["3", "4"])], id="line-ends-inside-quotes"
        ),
        pytest.param("a,b\n张三,\u20281\n".encode(), [(2, ["张三", "\u20281"])], id="unicode-line-separator"),
        pytest.param(b"a,b\n,2\n", [(2, ["", "2"])], id="first-field-empty"),
        pytest.param(b'a,b\n"say ""hi""", x \n', [(2, ['say "hi"', " x "])], id="spaces-and-quotes-are-kept"),
    ],
)
def test_rows_come_with_the_line_an_editor_shows(tmp_path: Path, body: bytes, rows: object) -> None:
    assert everything(written(tmp_path, body)) == (["a", "b"], rows, [])
    assert everything(written(tmp_path, gzip.compress(body), "any.name")) == (["a", "b"], rows, [])


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        pytest.param(b"", None, "empty", id="empty"),
        pytest.param(b"\n \n,,\n", None, "blank", id="blank-only"),
        pytest.param(b"a,,b\n1,2,3\n", 1, "column 2 has no name", id="nameless-column"),
        pytest.param(b"a,b, a\n1,2,3\n", 1, "two columns", id="repeated-column"),
        pytest.param(b"a;b\n1;2\n", 1, "not separated by commas", id="semicolons"),
        pytest.param(",".join(f"c{i}" for i in range(201)).encode(), 1, "201 columns", id="too-wide"),
        pytest.param(b"a,b\n1,2\n3,\xff4\n", 3, "0xFF is not UTF-8", id="bad-byte"),
        pytest.param("a,b\n1,2\n3,欠款\n".encode("gb18030"), 3, "looks like GBK", id="gbk"),
        pytest.param("a,b\n1,2\n".encode("utf-16"), None, "UTF-16", id="utf-16"),
        pytest.param("a,b\n1,款".encode()[:-1], 2, "cut off in the middle of a character", id="cut-in-a-char"),
        pytest.param(b"a,b\n1,2\n3,\x004\n", 3, "NUL", id="nul"),
        pytest.param(b'a,b\n1,2\n3,"4\n5,6\n', 3, "never closed", id="open-quote"),
        pytest.param(b'a,b\n1,2\n3,"4' + b"x\n" * 20_000, 3, "never closed", id="open-quote-in-a-long-file"),
        pytest.param(b'a,b\n1,2\n"3"4,5\n', 3, "middle of a field", id="stray-quote"),
        pytest.param(b"a,b\n1," + b"x" * 10_241 + b"\n", 2, "10240 characters", id="long-field"),
        pytest.param(b"a,b\n1,2\n3", 3, "cut off", id="cut-row"),
        pytest.param(gzip.compress(b"a,b\n1,2\n" * 99)[:-12], None, "packed file", id="cut-gzip"),
        pytest.param(b"\x1f\x8b" + b"nonsense" * 9, None, "packed file is damaged", id="no-gzip"),
        pytest.param(gzip.compress(b"a,b\n" + b"1,2\n" * 9_000_000, 9), None, "times its size", id="gzip-bomb"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None, "protected workbook", id="old-xls"),
        pytest.param(b"%PDF-1.7", None, "PDF", id="pdf"),
        pytest.param(b"PK\x03\x04 and no more", None, "damaged", id="no-zip"),
    ],
)
def test_unreadable_files_are_refused_with_the_place(tmp_path: Path, body: bytes, line: int | None, words: str) -> None:
    error = refusal(written(tmp_path, body))
    assert words in error.message
    assert error.problems[0].file == "book.csv"
    if line is not None:
        assert error.problems[0].line == line


def test_a_row_of_the_wrong_width_is_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    body = b"a,b\n1\n1,2,3\n5,6\n"
    _, rows, problems = everything(written(tmp_path, body))
    assert rows == [(4, ["5", "6"])]
    assert [(p.line, p.reason.split(":")[0]) for p in problems] == [(2, "too few fields"), (3, "too many fields")]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_cut_last_row_is_found_at_every_batch_size(tmp_path: Path, size: int) -> None:
    path = written(tmp_path, b"a,b\n1,2\n\n3,4\n5")
    with pytest.raises(BadInput, match="cut off"):
        everything(path, batch_rows=size)


def test_progress_reaches_the_size_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n" + b"1,2\n" * 5000)
    with read_table(path, batch_rows=1000) as table:
        counts = [batch.consumed for batch in table.batches]
        assert counts[-1] == table.total_hint
    assert counts == sorted(counts)


def test_absent_files_and_folders_are_bad_input(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "none.csv").message
    assert "not a plain file" in refusal(tmp_path).message
    assert "can not be read: File name too long" in refusal(tmp_path / ("x" * 300)).message


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.just("x"))))
def test_what_csv_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("a", "b"), *rows])
    path = written(tmp_path_factory.mktemp("csv"), text.getvalue().encode())
    assert [tuple(row) for _, row in everything(path)[1]] == rows


def workbook(
    path: Path, cells: dict[tuple[int, int], object], formats: dict[tuple[int, int], str] | None = None
) -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    book.add_worksheet("hidden").hide()
    sheet = book.add_worksheet("shown")
    sheet.activate()
    for (row, column), value in cells.items():
        if (row, column) in (formats or {}):
            sheet.write(row, column, value, book.add_format({"num_format": (formats or {})[row, column]}))
        else:
            sheet.write(row, column, value)
    book.close()
    return path


def test_workbook_cells_become_canonical_text(tmp_path: Path) -> None:
    cells = [
        5.0,
        1234.5,
        1e-7,
        True,
        date(2026, 1, 2),
        datetime.fromisoformat("2026-01-02T03:04:05"),
        time(9, 30),
        " 007 ",
    ]
    path = workbook(
        tmp_path / "looks.csv",  # the name is not believed
        {(0, i): f"c{i}" for i in range(8)} | {(2, i): cell for i, cell in enumerate(cells)},
        {(2, 5): "yyyy-mm-dd hh:mm:ss", (2, 6): "hh:mm"},
    )
    texts = ["5", "1234.5", "0.0000001", "true", "2026-01-02", "2026-01-02T03:04:05", "09:30:00", " 007 "]
    assert everything(path) == ([f"c{i}" for i in range(8)], [(3, texts)], [])


def test_a_number_that_lost_its_digits_is_a_problem_of_its_row(tmp_path: Path) -> None:
    cells = {(0, 0): "card", (0, 1): "x", (1, 0): 6222021234567890123, (1, 1): 1, (2, 0): "ok", (2, 1): 2}
    _, rows, problems = everything(workbook(tmp_path / "b.xlsx", cells))
    assert rows == [(3, ["ok", "2"])]
    assert problems[0].line == 2
    assert "15 digits" in problems[0].reason


def test_a_cell_beside_the_table_is_a_problem(tmp_path: Path) -> None:
    _, rows, problems = everything(workbook(tmp_path / "b.xlsx", {(0, 0): "a", (1, 0): "1", (2, 0): "2", (2, 3): "!"}))
    assert rows == [(2, ["1"])]
    assert problems[0].line == 3


def far_cell(path: Path) -> Path:
    return workbook(path, {(0, 0): "a", (1_048_575, 16_383): "far"})


def tall_sheet(path: Path) -> Path:
    return workbook(path, {(0, 0): "a", (100_001, 0): "last"})


def patched(path: Path, parts: dict[str, bytes]) -> Path:
    """A good workbook with some of its parts replaced."""
    good = workbook(path.with_suffix(".good"), {(0, 0): "a", (1, 0): "b"})
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
    return path


def zip_bomb(path: Path) -> Path:
    return patched(path, {"xl/worksheets/sheet2.xml": b"<worksheet><sheetData>" + b"<row/>" * 5_000_000})


def huge_parts(path: Path) -> Path:
    return patched(path, {"xl/sharedStrings.xml": b"x" * (201 * 1024**2)})


def broken_xml(path: Path) -> Path:
    return patched(path, {"xl/workbook.xml": b"<workbook><sheets><sheet"})


def entities(path: Path) -> Path:
    bomb = b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    return patched(path, {"xl/sharedStrings.xml": bomb})


def foreign_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    return path


def empty_sheet(path: Path) -> Path:
    return workbook(path, {})


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(far_cell, "CSV UTF-8", id="far-cell"),
        pytest.param(tall_sheet, "100,000 rows", id="too-many-rows"),
        pytest.param(zip_bomb, "times its size", id="zip-bomb"),
        pytest.param(huge_parts, "200 MB", id="huge-parts"),
        pytest.param(broken_xml, "damaged", id="broken-xml"),
        pytest.param(entities, "b.xlsx", id="entities"),
        pytest.param(foreign_zip, "no .xlsx", id="foreign-zip"),
        pytest.param(empty_sheet, "empty", id="empty-sheet"),
    ],
)
def test_hostile_workbooks_are_refused_and_leave_this_process_as_it_was(
    tmp_path: Path, make: object, words: str
) -> None:
    path = make(tmp_path / "b.xlsx")  # type: ignore[operator]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert words in refusal(path).message
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_a_workbook_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    body = zip_bomb(tmp_path / "b.xlsx").read_bytes()
    size = (len(b"<worksheet><sheetData>") + 6 * 5_000_000).to_bytes(4, "little")
    assert body.count(size) >= 1
    lying = written(tmp_path, body.replace(size, (4096).to_bytes(4, "little")), "lying.xlsx")
    assert "lying.xlsx" in refusal(lying).message


def test_a_table_left_early_lets_go_of_its_reader(tmp_path: Path) -> None:
    path = workbook(tmp_path / "b.xlsx", {(row, 0): f"v{row}" for row in range(5000)})
    with read_table(path, batch_rows=10) as table:
        first = next(table.batches)
    assert first.lines[0] == 2
    assert everything(path)[1][-1] == (5000, ["v4999"])
