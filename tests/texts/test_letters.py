"""Letters: their words as data, what is refused in them, and the two layouts that print them."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from collector.foundation.errors import BadInput, NotFound
from collector.foundation.typesetting import Typesetter
from collector.texts.letters.catalogue import LetterCatalogue, read_letter
from collector.texts.letters.letter import Letter, letter_from
from collector.texts.letters.printing import ToPrint, print_docx, print_pdf
from collector.texts.rules import (
    CONTACTS,
    LetterKind,
    capital,
    letter_id_of,
    letter_samples,
    masked,
    number_of,
    references,
    sample_rows,
)

AT = datetime(2026, 5, 18, 4, tzinfo=UTC)
LETTERS = LetterCatalogue.load()
LANGUAGES = ("zh", "en")
EVERY = [
    pytest.param(kind, language, id=f"{kind} {language}") for language in LANGUAGES for kind in LETTERS.kinds(language)
]


@pytest.fixture(scope="module")
def setter() -> Iterator[Typesetter]:
    with Typesetter(LETTERS.pdf_folder) as setter:
        yield setter


def sample(kind: LetterKind, language: str, **more: str | bool) -> Letter:
    values = {**letter_samples(language), **more}
    return LETTERS.letter(kind, language).fill(values, sample_rows(language))


def printed(letter: Letter, number: int = 7) -> ToPrint:
    return ToPrint(letter, number_of(number), AT)


def words_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def words_in(docx: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        body = archive.read("word/document.xml").decode()
    return "".join(html.unescape(one) for one in re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", body))


def bare(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("amount", "words"),
    [  # the examples of the rules for writing settlement papers, and the edges between them
        (140950, "壹仟肆佰零玖元伍角"),
        (600714, "陆仟零柒元壹角肆分"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角"),
        (100, "壹元整"),
        (1_0001_0000_00, "壹亿零壹万元整"),
        (1_0000_0001_00, "壹亿零壹元整"),
        (1_2345_0000_0000_00, "壹万贰仟叁佰肆拾伍亿元整"),
        (1_0000_0000_0000_00, "壹万亿元整"),
    ],
)
def test_amounts_in_chinese_words(amount: int, words: str) -> None:
    assert capital(amount, 2) == words


@given(st.integers(0, 10**15))
def test_the_words_say_the_amount(amount: int) -> None:
    """Read back by somebody who only knows digits, places and groups."""
    said = capital(amount, 2)
    whole, _, rest = said.rpartition("元") if "元" in said else ("", "", said)
    cents = sum(
        "零壹贰叁肆伍陆柒捌玖".index(digit) * worth
        for digit, unit in re.findall("([壹贰叁肆伍陆柒捌玖])([角分])", rest)
        for worth in [10 if unit == "角" else 1]
    )
    assert Decimal(read_whole(whole)) * 100 + cents == amount
    assert "零零" not in said


def read_whole(text: str) -> int:
    for word, worth in (("亿", 10**8), ("万", 10**4)):
        if word in text:
            head, _, tail = text.rpartition(word)
            return read_whole(head or "壹") * worth + read_whole(tail)
    total, digit = 0, 0
    for char in text:
        if char in "拾佰仟":
            total, digit = total + digit * 10 ** ("拾佰仟".index(char) + 1), 0
        else:
            digit = "零壹贰叁肆伍陆柒捌玖".index(char)
    return total + digit


@given(st.integers(1, 10**12), st.integers(0, 30), st.sampled_from("0123456789"))
def test_a_slip_of_the_pen_in_a_number_is_seen(letter_id: int, place: int, digit: str) -> None:
    number = number_of(letter_id)
    assert letter_id_of(f" {number.lower()} ") == letter_id
    at = place % len(number)
    wrong = number[:at] + digit + number[at + 1 :]
    assert wrong == number or letter_id_of(wrong) is None


def test_an_id_is_masked() -> None:
    assert masked("110105194912310020") == "1101**********0020"
    assert masked("A12345") == "A****5"


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_letter_is_printed_both_ways(setter: Typesetter, kind: LetterKind, language: str) -> None:
    letter = sample(kind, language)
    assert letter_from(json.loads(json.dumps(letter.as_data()))) == letter
    pdf = print_pdf(setter, printed(letter))
    assert pdf == print_pdf(setter, printed(letter)), "the same letter, the same bytes"
    [docx] = print_docx(LETTERS.docx_layout, [printed(letter)])
    in_docx = bare(words_in(docx))
    in_pdf = bare(words_of(pdf))
    for piece in letter.words.split("\n"):
        assert bare(piece) in in_docx
    assert bare(letter.title) in in_pdf
    assert bare(letter.signed[-1]) in in_pdf
    assert number_of(7) in in_pdf
    assert "{{" not in in_docx
    assert "{%" not in in_docx


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_what_is_missing_is_named_and_where_it_comes_from(kind: LetterKind, language: str) -> None:
    template = LETTERS.letter(kind, language)
    values = {**letter_samples(language), "borrower_name": " \u200b", "person_address": ""}
    lacks = {"borrower_name", "person_address"} if kind in CONTACTS else {"borrower_name"}
    assert {value.name for value in template.missing(values)} == lacks
    assert all(value.source for value in template.missing(values))
    with pytest.raises(BadInput, match="lacks") as refused:
        template.fill(values, {})
    assert all(name in str(refused.value) for name in ("borrower_name", *template.tables))


def test_two_letters_at_once_are_the_same_as_one_by_one() -> None:
    both = [printed(sample(LetterKind.demand, "zh"), 1), printed(sample(LetterKind.statement_of_claim, "en"), 2)]
    assert print_docx(LETTERS.docx_layout, both) == [print_docx(LETTERS.docx_layout, [one])[0] for one in both]


HOSTILE = (
    '#read("/etc/passwd") *_$@<> {{ 7*7 }} {% for x in y %} "quoted" \\u{1F600} <w:p/>',
    "110101********1234",
    "a" * 490,
    "\u202eabc\u202c ‏עברית",
    '#import "@preview/cetz:0.3.0"',
)


@pytest.mark.parametrize("name", HOSTILE)
def test_data_is_never_markup(setter: Typesetter, name: str) -> None:
    letter = sample(LetterKind.quarterly, "en", person_name=name)
    expected = bare(letter.to[0])
    assert expected
    [docx] = print_docx(LETTERS.docx_layout, [printed(letter)])
    assert expected in bare(words_in(docx))
    said = words_of(print_pdf(setter, printed(letter)))
    assert "root:" not in said
    if name.isascii():
        assert expected in bare(said)


def test_a_value_that_is_too_long_or_a_table_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadInput, match="more than 500 characters"):
        sample(LetterKind.demand, "zh", person_name="x" * 501)
    rows = {**sample_rows("zh"), "instalments": sample_rows("zh")["instalments"] * 401}
    with pytest.raises(BadInput, match="401 rows"):
        LETTERS.letter(LetterKind.demand, "zh").fill(letter_samples("zh"), rows)


def test_hundreds_of_instalments_go_over_several_pages(setter: Typesetter) -> None:
    rows = {**sample_rows("zh"), "instalments": sample_rows("zh")["instalments"] * 300}
    letter = LETTERS.letter(LetterKind.quarterly, "zh").fill(letter_samples("zh"), rows)
    assert len(PdfReader(io.BytesIO(print_pdf(setter, printed(letter)))).pages) > 5


def crafted(target: Path, text: str) -> Path:
    document = Document()
    document.add_paragraph(text)
    document.save(str(target))
    return target


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{{ cycler.__init__.__globals__.os.getcwd() }}", id="the one that ran"),
        pytest.param("{{ self.__init__.__globals__.__builtins__ }}", id="self"),
        pytest.param("{{ title.__class__ }}", id="a class"),
        pytest.param("{{ title|attr('__class__') }}", id="a filter"),
        pytest.param("{{ 'a' * 1000000000 }}", id="a gigabyte"),
        pytest.param("{{ title.format(number) }}", id="a call"),
        pytest.param("{% for x in range(10) %}{{ x }}{% endfor %}", id="a function"),
        pytest.param("{% include 'x' %}", id="an include"),
        pytest.param("{{ lipsum }}", id="a global"),
        pytest.param("{% set title = number %}{{ title }}", id="an assignment"),
    ],
)
def test_a_crafted_layout_is_refused(tmp_path: Path, text: str) -> None:
    layout = crafted(tmp_path / "layout.docx", text)
    with pytest.raises(BadInput, match="layout is refused"):
        print_docx(layout, [printed(sample(LetterKind.demand, "zh"))])


def test_a_crafted_header_or_property_is_refused(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("{{ title }}")
    document.sections[0].header.paragraphs[0].text = "{{ cycler.__init__.__globals__.os.getcwd() }}"
    document.save(str(tmp_path / "a.docx"))
    document.sections[0].header.paragraphs[0].text = ""
    document.core_properties.subject = "{{ cycler.__init__.__globals__.os.getcwd() }}"
    document.save(str(tmp_path / "b.docx"))
    for name in ("a.docx", "b.docx"):
        with pytest.raises(BadInput, match="layout is refused"):
            print_docx(tmp_path / name, [printed(sample(LetterKind.demand, "zh"))])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("word/vbaProject.bin", b"x", "macros", id="macros"),
        pytest.param("word/embeddings/a.bin", b"x", "macros or embedded", id="an embedded file"),
        pytest.param("word/_rels/x.rels", b'<a TargetMode="External"/>', "outside itself", id="a part from elsewhere"),
        pytest.param("word/big.xml", b"0" * (21 << 20), "more than 20 MB", id="a bomb"),
    ],
)
def test_a_layout_with_more_than_words_is_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    layout = crafted(tmp_path / "layout.docx", "{{ title }}")
    with zipfile.ZipFile(layout, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    with pytest.raises(BadInput, match=reason):
        print_docx(layout, [printed(sample(LetterKind.demand, "zh"))])


def test_what_is_no_docx_is_refused(tmp_path: Path) -> None:
    (tmp_path / "layout.docx").write_bytes(b"%PDF-1.7")
    with pytest.raises(BadInput, match="no DOCX"):
        print_docx(tmp_path / "layout.docx", [printed(sample(LetterKind.demand, "zh"))])


WORDS = """description: ours
title: "{title}"
to: ["{{{{ person_name }}}}"]
body:
  - {block}
signed: ["{{{{ today }}}}"]
"""


@pytest.mark.parametrize(
    ("title", "block", "reason"),
    [
        pytest.param("{{ 'a'*10**9 }}", "p: x", "not allowed in a text", id="a sum"),
        pytest.param("{{ person_name.__class__ }}", "p: x", "not allowed in a text", id="an attribute"),
        pytest.param("{{ stage }}", "p: x", "no variable 'stage'", id="an internal word"),
        pytest.param("{{ to_guarantor }}", "p: x", "is yes or no", id="a flag printed"),
        pytest.param("Pay to 6222020200001111", "p: x", "link or long number", id="a stranger's account"),
        pytest.param("See pay.example.com", "p: x", "link or long number", id="a link"),
        pytest.param("You owe $500.00", "p: x", "is an amount", id="an amount"),
        pytest.param("Demand", "{p: x, h: y}", "a block is one of", id="two blocks in one"),
        pytest.param("Demand", "{rows: instalments}", "rows come with their columns", id="a table without columns"),
        pytest.param("Demand", "{rows: notes, columns: {a: b}}", "no table 'notes'", id="an unknown table"),
        pytest.param("Demand", "{rows: obligors, columns: {salt: b}}", "no column 'salt'", id="an unknown column"),
        pytest.param("Demand", "{p: x, stage: y}", "not asked for here", id="an unknown key"),
    ],
)
def test_wrong_words_are_refused_when_they_are_read(tmp_path: Path, title: str, block: str, reason: str) -> None:
    file = tmp_path / "demand.en.yaml"
    file.write_text(WORDS.format(title=title, block=block), encoding="utf-8")
    with pytest.raises(BadInput, match=re.escape(reason)):
        read_letter(file)


def test_an_installations_own_words_and_layouts_take_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    own = tmp_path / "letters"
    own.mkdir()
    (own / "demand.en.yaml").write_text(WORDS.format(title="Ours", block="p: Pay."), encoding="utf-8")
    (own / "layout.docx").write_bytes(crafted(tmp_path / "x.docx", "OUR HEAD {{ title }}").read_bytes())
    found = LetterCatalogue.load(tmp_path)
    letter = found.letter(LetterKind.demand, "en-US").fill(letter_samples("en"), {})
    assert letter.title == "Ours"
    assert letter.template != LETTERS.letter(LetterKind.demand, "en").digest
    [docx] = print_docx(found.docx_layout, [printed(letter)])
    assert "OUR HEAD Ours" in words_in(docx)
    assert found.pdf_folder == LETTERS.pdf_folder
    with pytest.raises(NotFound, match="no letter 'demand' in language 'fr'"):
        found.letter(LetterKind.demand, "fr")


def test_every_kind_is_there_in_both_languages_and_points_nowhere() -> None:
    for language in LANGUAGES:
        only_english = {LetterKind.validation_notice} if language == "zh" else set()
        assert set(LETTERS.kinds(language)) == set(LetterKind) - only_english
        for kind in LETTERS.kinds(language):
            template = LETTERS.letter(kind, language)
            assert not any(references(piece) for piece in template.words.model_dump_json().split("{{"))
            assert bool(template.entries) is (kind not in CONTACTS - {LetterKind.validation_notice})
