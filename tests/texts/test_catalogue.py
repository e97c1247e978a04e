from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.foundation.errors import BadInput, NotFound
from collector.texts.catalogue import Catalogue, shipped_templates
from collector.texts.rules import (
    MAX_TEXT,
    SPEAKING,
    VARIABLES,
    Encoding,
    Kind,
    Purpose,
    Value,
    count_segments,
    disclosure,
    foreign_references,
    head_signature,
    phrase,
    samples,
    words_of_debt,
)
from collector.texts.template import Template, read_template

CATALOGUE = Catalogue.load()
FLAGS = frozenset(name for name, variable in VARIABLES.items() if variable.kind is Kind.flag)
every_template = pytest.mark.parametrize(
    "template", [pytest.param(template, id=f"{template.language}-{template.name}") for template in CATALOGUE]
)
# Pretended authority, undecided steps and pressure (compliance.md CN-FORBID; handbook section 7).
THREATS = re.compile(
    "公安|警|法院|律师|起诉|坐牢|拘|曝光|通讯录|单位|家属|上门|失信|黑名单|后果自负|最后通牒"
    "|police|court|lawyer|attorney|arrest|jail|sue|lawsuit|garnish|employer|final warning|credit report",
    re.IGNORECASE,
)
# What a hole or a clumsy joint looks like: doubled or lonely punctuation, a flag or a brace that was printed.
CLUMSY = re.compile(r" {2}|[{}]|None|True|False|[。，、；：]{2}|\.\.| [.,;:]|[,;:]\.|[（(][)）]|^\s|\s$")


def combinations(template: Template) -> list[dict[str, Value]]:
    """The samples with every answer to the template's questions, and each text that may be empty left out."""
    flags = sorted(template.variables & FLAGS)
    texts = sorted(template.may_be_empty - FLAGS)
    answers = [dict(zip(flags, row, strict=True)) for row in itertools.product([True, False], repeat=len(flags))]
    gaps = [{}, dict.fromkeys(texts, ""), *({name: ""} for name in texts)]
    return [{**samples(template.language), **row, **gap} for row in answers for gap in gaps]


def test_both_languages_have_the_same_templates() -> None:
    assert CATALOGUE.languages == ("en", "zh")
    assert CATALOGUE.names("en") == CATALOGUE.names("zh")


def test_every_purpose_is_served_and_is_the_same_in_both_languages() -> None:
    assert {template.purpose for template in CATALOGUE} == set(Purpose)
    for name in CATALOGUE.names("en"):
        english, chinese = CATALOGUE.template(name, "en"), CATALOGUE.template(name, "zh")
        assert (english.purpose, english.tone) == (chinese.purpose, chinese.tone), name


@every_template
def test_reads_well_whatever_the_answers(template: Template) -> None:
    for values in combinations(template):
        text = template.render(values)
        assert not CLUMSY.search(text), text
        assert count_segments(text).parts <= 3, text
        if template.language == "en":
            assert count_segments(text).encoding is Encoding.gsm7, text


@every_template
def test_refers_to_nothing_but_approved_values(template: Template) -> None:
    values = samples(template.language)
    approved = [str(values[name]) for name in ("call_back_number", "pay_instructions")]
    for answers in combinations(template):
        assert foreign_references(template.render(answers), approved) == ()


@every_template
def test_threatens_nobody(template: Template) -> None:
    assert THREATS.findall(template.body) == []


@every_template
def test_is_silent_about_the_debt_where_it_must_be(template: Template) -> None:
    told = words_of_debt(template.render(samples(template.language)))
    assert bool(told) is (template.purpose in SPEAKING and template.name != "reply-help"), told


@every_template
def test_says_who_writes_and_how_to_stop_it(template: Template) -> None:
    values = samples(template.language)
    text = template.render(values)
    if template.language == "zh":
        assert text.startswith("【安和银行】")
    if template.purpose is not Purpose.opt_out_confirmation:
        assert text.endswith(str(values["opt_out"]))


@every_template
def test_a_missing_value_is_named(template: Template) -> None:
    for name in template.variables:
        values = samples(template.language)
        del values[name]
        with pytest.raises(BadInput, match=rf"{template.name}.*'{name}'"):
            CATALOGUE.render(template.name, template.language, values)


def test_the_closing_message_fits_in_one_part() -> None:
    for language in CATALOGUE.languages:
        assert count_segments(CATALOGUE.render("closing", language, samples(language))).parts == 1


BARE = read_template("purpose: overdue\ntone: plain\n---\n{{ name }}\n")
HOSTILE = st.one_of(
    st.text(min_size=1, max_size=400),
    st.sampled_from(["{{ name }}", "{% if autopay %}", "{{ 'a'*10**9 }}", "{0.__class__}", "%(name)s", "\x1b[31m"]),
    st.sampled_from(["a" * 1600, "还" * 1601, "\u202e", "{#", "<script>", "\\1"]),
)


@given(template=st.sampled_from(list(CATALOGUE)), value=HOSTILE, data=st.data())
def test_values_are_never_interpreted(template: Template, value: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(template.variables - FLAGS)))
    values: dict[str, Value] = {**samples(template.language), **{flag: data.draw(st.booleans()) for flag in FLAGS}}
    try:
        text = template.render({**values, name: value})
        shown = BARE.render({"name": value})
    except BadInput:
        return
    assert len(text) <= MAX_TEXT
    assert text == template.render({**values, name: "\u2603"}).replace("\u2603", shown)


def write(folder: Path, path: str, body: str | bytes) -> None:
    file = folder / "sms" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body if isinstance(body, bytes) else f"purpose: overdue\ntone: plain\n---\n{body}\n".encode())


def test_an_overlay_replaces_and_adds(tmp_path: Path) -> None:
    write(tmp_path, "zh/overdue-first.j2", "{{ signature }}我们的话")
    write(tmp_path, "fr/salut.j2", "Bonjour {{ name }}")
    catalogue = Catalogue.load(tmp_path)
    assert catalogue.render("overdue-first", "zh", {"signature": "【甲】"}) == "【甲】我们的话"
    assert catalogue.render("salut", "fr", {"name": "Zoé"}) == "Bonjour Zoé"
    assert catalogue.template("overdue-first", "en").body == CATALOGUE.template("overdue-first", "en").body


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        pytest.param("zh/Bad Name.j2", "{{ signature }}x", "named", id="name"),
        pytest.param("ZH!/x.j2", "{{ signature }}x", "named", id="language"),
        pytest.param("zh/x.j2", "{{ signature }}{{ nmae }}", "nmae", id="variable"),
        pytest.param("zh/x.j2", b"\xff\xfe", "UTF-8", id="encoding"),
        pytest.param("zh/x.j2", b"a" * 10_000_000, "larger than", id="size"),
        pytest.param("en/x.j2", "hello", "opt_out", id="language rule"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, path: str, body: str | bytes, reason: str) -> None:
    write(tmp_path, path, body)
    with pytest.raises(BadInput, match=reason) as caught:
        Catalogue.load(tmp_path)
    assert caught.value.problems[0].file == f"sms/{path}"


def test_all_bad_files_are_reported_together(tmp_path: Path) -> None:
    write(tmp_path, "zh/a.j2", "no signature")
    write(tmp_path, "zh/b.j2", "{{ signature }}{{")
    with pytest.raises(BadInput) as caught:
        Catalogue.load(tmp_path)
    assert {problem.file for problem in caught.value.problems} == {"sms/zh/a.j2", "sms/zh/b.j2"}


def test_a_missing_overlay_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        Catalogue.load(tmp_path / "absent")


def test_a_strategy_learns_which_templates_are_missing() -> None:
    problems = CATALOGUE.problems(["closing", "shout", "shout"], ["zh", "en", "fr"])
    assert [problem.reason for problem in problems] == [
        "there is no template 'shout' in language 'zh'",
        "there is no template 'shout' in language 'en'",
        "there is no template 'closing' in language 'fr'",
        "there is no template 'shout' in language 'fr'",
    ]


@pytest.mark.parametrize("language", ["zh-CN", "zh_CN", "zh"])
def test_a_region_falls_back_to_its_language(language: str) -> None:
    assert CATALOGUE.template("closing", language).language == "zh"


@pytest.mark.parametrize("name", ["shout", "../zh/closing", ""])
def test_an_unknown_name_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        CATALOGUE.render(name, "zh", {})


def test_the_shipped_folder_holds_the_texts() -> None:
    assert (shipped_templates() / "sms" / "zh" / "closing.j2").is_file()


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        pytest.param("安和银行", "【安和银行】", id="bare"),
        pytest.param("【安和银行】", "【安和银行】", id="in brackets"),
        pytest.param(" [安和银行] ", "【安和银行】", id="other brackets"),
        pytest.param("", "", id="none: rendering then refuses"),
    ],
)
def test_signature(given_: str, expected: str) -> None:
    assert head_signature(given_) == expected


def test_values_made_for_the_builder() -> None:
    assert phrase(" 登录手机银行\n还款。 ") == "登录手机银行 还款"
    assert disclosure("zh", "甲{0}", own_collection=False) == "受甲{0}委托，"
    assert disclosure("en", "X", own_collection=True) == ""
