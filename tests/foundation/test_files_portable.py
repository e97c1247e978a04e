"""PDF files from strangers: only those that show pages are taken."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
import typst
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from collector.foundation.errors import BadInput
from collector.foundation.files.portable import require_plain

PLAIN = typst.compile(b"one #pagebreak() two", timestamp=0)


def written(change: Callable[[PdfWriter], object], body: bytes = PLAIN) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(body)))
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def named(**keys: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in keys.items()})  # type: ignore[misc]


SCRIPT = named(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert(1)"))
LAUNCH = named(S=NameObject("/Launch"), F=TextStringObject("calc.exe"))


def on_root(key: str, value: object) -> Callable[[PdfWriter], object]:
    return lambda writer: writer.root_object.update({NameObject(key): value})  # type: ignore[dict-item]


def on_page(key: str, value: object) -> Callable[[PdfWriter], object]:
    return lambda writer: writer.pages[1].update({NameObject(key): value})  # type: ignore[dict-item]


def test_a_plain_one_is_taken_with_its_pages() -> None:
    assert require_plain(PLAIN) == 2
    assert require_plain(written(lambda _: None)) == 2


def test_which_page_is_first_does_nothing() -> None:
    first = ArrayObject([NumberObject(0), NameObject("/Fit")])
    assert require_plain(written(on_root("/OpenAction", first))) == 2


@pytest.mark.parametrize(
    ("change", "named_as"),
    [
        pytest.param(lambda writer: writer.encrypt("secret"), "encrypted", id="encrypted"),
        pytest.param(lambda writer: writer.encrypt(""), "encrypted", id="encrypted without a password"),
        pytest.param(on_root("/Names", named(JavaScript=named(Names=ArrayObject()))), "by itself", id="a script"),
        pytest.param(on_root("/OpenAction", SCRIPT), "by itself", id="a script at opening"),
        pytest.param(on_root("/AA", named(WC=SCRIPT)), "by itself", id="a script at closing"),
        pytest.param(on_page("/AA", named(O=SCRIPT)), "by itself", id="a script on a page"),
        pytest.param(on_page("/Annots", ArrayObject([named(A=LAUNCH)])), "by itself", id="a program"),
        pytest.param(lambda writer: writer.add_attachment("x.exe", b"MZ"), "other files inside", id="a file inside"),
        pytest.param(lambda writer: writer._add_object(SCRIPT), "by itself", id="a script that nothing leads to"),
    ],
)
def test_what_does_more_than_show_pages_is_refused(change: Callable[[PdfWriter], object], named_as: str) -> None:
    with pytest.raises(BadInput, match=named_as):
        require_plain(written(change))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"%PDF-1.7 nothing more", id="a beginning only"),
        pytest.param(PLAIN[: len(PLAIN) // 3], id="cut off"),
        pytest.param(b"%PDF-1.7\n" + b"<<" * 100_000, id="deep"),
    ],
)
def test_what_is_no_whole_file_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput, match=r"damaged|no pages|more memory"):
        require_plain(body)
