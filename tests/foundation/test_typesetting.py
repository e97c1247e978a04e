"""Documents for print: data is never obeyed, the same input gives the same bytes, nothing hangs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from collector.foundation import typesetting
from collector.foundation.errors import BadInput, NotReady
from collector.foundation.typesetting import Typesetter

AT = datetime(2026, 5, 12, 1, 30, tzinfo=UTC)
TEMPLATE = """#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(font: sys.inputs.font)
= #data.title
#data.body
"""


@pytest.fixture(scope="module")
def setter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Typesetter]:
    folder = tmp_path_factory.mktemp("outer") / "print"
    folder.mkdir()
    (folder.parent / "secret.txt").write_text("confided", encoding="utf-8")
    (folder / "page.typ").write_text(TEMPLATE, encoding="utf-8")
    (folder / "reads-out.typ").write_text('#read("../secret.txt")', encoding="utf-8")
    (folder / "reads-root.typ").write_text('#read("/../../etc/passwd")', encoding="utf-8")
    (folder / "package.typ").write_text('#import "@preview/cetz:0.3.1"', encoding="utf-8")
    (folder / "wrong.typ").write_text("#nothing-of-that-name", encoding="utf-8")
    endless = "#for a in range(100000) { for b in range(100000) { let c = a * b } }"
    (folder / "endless.typ").write_text(endless, encoding="utf-8")
    with Typesetter(folder) as made:
        yield made


def words(body: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('#read("/etc/passwd")', id="a call"),
        pytest.param("*_$@<label> = heading", id="markup"),
        pytest.param("6222********1111", id="the stars of a masked number"),
        pytest.param("张三丰，中国银行", id="Chinese"),
        pytest.param('\\ " \\u{41} {{ }} // /* */', id="escapes"),
    ],
)
def test_data_stands_there_as_it_is(setter: Typesetter, text: str) -> None:
    made = setter.pdf("page", {"title": "t", "body": text}, AT)
    assert text.replace(" ", "") in words(made.body).replace(" ", "").replace("\n", "")
    assert made.lacking == ()


def test_the_same_input_gives_the_same_bytes_also_from_another_process(setter: Typesetter) -> None:
    data = {"title": "案卷", "body": "文" * 500}
    with Typesetter(setter.folder) as other:
        assert (
            setter.pdf("page", data, AT).body == setter.pdf("page", data, AT).body == other.pdf("page", data, AT).body
        )
    assert setter.pdf("page", data, AT.replace(hour=2)).body != setter.pdf("page", data, AT).body


def test_it_is_an_archive_file(setter: Typesetter) -> None:
    body = setter.pdf("page", {"title": "Title of it", "body": ""}, AT).body
    assert b"pdfaid:part" in body
    assert PdfReader(BytesIO(body)).metadata.title == "Title of it"  # type: ignore[union-attr]


def test_what_no_font_shows_stands_there_by_its_number(setter: Typesetter) -> None:
    made = setter.pdf("page", {"title": "t", "body": "a ก b \U0001fae8 中"}, AT)
    assert "a[U+0E01]b[U+1FAE8]中" in words(made.body).replace(" ", "").replace("\n", "")
    assert set(made.lacking) == {"ก", "\U0001fae8"}


def test_characters_that_nobody_sees_are_taken_out(setter: Typesetter) -> None:
    made = setter.pdf("page", {"title": "t", "body": "a\x01b\x1b[31m‮c"}, AT)
    assert made.lacking == ()
    assert "\x01" not in words(made.body)


def test_a_very_long_text_is_set(setter: Typesetter) -> None:
    assert len(PdfReader(BytesIO(setter.pdf("page", {"title": "t", "body": "字" * 100_000}, AT).body)).pages) > 20


@pytest.mark.parametrize(
    ("template", "named"),
    [
        pytest.param("reads-out", "can not be set", id="beside its folder"),
        pytest.param("reads-root", "can not be set", id="from the root"),
        pytest.param("package", "asks for a package", id="a package"),
        pytest.param("wrong", "nothing-of-that-name", id="a mistake"),
        pytest.param("../print/page", "no print template", id="a path"),
        pytest.param("absent", "no print template", id="absent"),
    ],
)
def test_a_template_that_does_what_it_may_not_is_refused(setter: Typesetter, template: str, named: str) -> None:
    with pytest.raises(BadInput, match=named):
        setter.pdf(template, {}, AT)
    assert setter.pdf("page", {"title": "t", "body": "goes on"}, AT).body


def test_what_takes_too_long_is_ended_and_the_next_is_set(setter: Typesetter) -> None:
    with Typesetter(setter.folder, seconds=2) as hasty:
        assert hasty.pdf("page", {"title": "t", "body": ""}, AT).body
        with pytest.raises(BadInput, match="within 2 seconds"):
            hasty.pdf("endless", {}, AT)
        assert hasty.pdf("page", {"title": "t", "body": ""}, AT).body


def test_without_a_font_it_says_what_to_do(setter: Typesetter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "FAMILIES", ("No Such Family",))
    with Typesetter(setter.folder) as poor, pytest.raises(NotReady, match="COLLECTOR_FONTS_DIR"):
        poor.pdf("page", {"title": "t", "body": ""}, AT)
