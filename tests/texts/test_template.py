"""What a template may hold, and what rendering promises (security.md section 2, SMS templates)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.foundation.errors import BadInput
from collector.texts.rules import MAX_TEXT, VARIABLES, Kind, Value, samples
from collector.texts.template import check, read_template


def source(body: str, purpose: str = "overdue", tone: str = "plain") -> str:
    return f"purpose: {purpose}\ntone: {tone}\n---\n{body}\n"


ALLOWED = [
    pytest.param("words only", id="TemplateData"),
    pytest.param("{{ name }}", id="Name"),
    pytest.param("{{ name|trim|upper }}", id="Filter"),
    pytest.param("{% if autopay %}a{% elif due_today %}b{% else %}c{% endif %}", id="If"),
    pytest.param("{% if not autopay and (due_today or due_tomorrow) %}a{% endif %}b", id="And Or Not"),
    pytest.param("{% if name == 'x' %}a{% endif %}{% if name != 'y' %}b{% endif %}c", id="Compare Const"),
    pytest.param("{# a remark #}a", id="comment"),
]
OTHER_NODES = [
    pytest.param("{{ name['__class__'] }}", "Getitem", id="Getitem"),
    pytest.param("{{ name.upper }}", "Getattr", id="Getattr"),
    pytest.param("{{ lipsum() }}", "Call", id="Call"),
    pytest.param("{{ 1 + 1 }}", "Add", id="Add"),
    pytest.param("{{ -1 }}", "Neg", id="Neg"),
    pytest.param("{{ name ~ name }}", "Concat", id="Concat"),
    pytest.param("{{ [name] }}", "List", id="List"),
    pytest.param("{{ {'a': 1} }}", "Dict", id="Dict"),
    pytest.param("{{ (name, name) }}", "Tuple", id="Tuple"),
    pytest.param("{{ name if autopay else name }}", "CondExpr", id="CondExpr"),
    pytest.param("{{ name is defined }}", "Test", id="Test"),
    pytest.param("{{ name[1:2] }}", "Slice", id="Slice"),
    pytest.param("{% for a in name %}{{ a }}{% endfor %}", "For", id="For"),
    pytest.param("{% set name = 'x' %}a", "Assign", id="Assign"),
    pytest.param("{% set name %}a{% endset %}a", "AssignBlock", id="AssignBlock"),
    pytest.param("{% filter upper %}a{% endfilter %}", "FilterBlock", id="FilterBlock"),
    pytest.param("{% macro a() %}{% endmacro %}a", "Macro", id="Macro"),
    pytest.param("{% include 'x' %}", "Include", id="Include"),
    pytest.param("{% import 'x' as y %}a", "Import", id="Import"),
    pytest.param("{% extends 'x' %}", "Extends", id="Extends"),
    pytest.param("{% block a %}a{% endblock %}", "Block", id="Block"),
    pytest.param("{% with a = 1 %}a{% endwith %}", "With", id="With"),
]
REFUSED = [
    pytest.param("{{ ''.__class__.__mro__[1].__subclasses__() }}", id="class walk"),
    pytest.param("{{ '{0.__class__}'.format(name) }}", id="str.format escape"),
    pytest.param("{{ name|attr('format') }}", id="attr escape"),
    pytest.param("{{ cycler.__init__.__globals__ }}", id="globals through cycler"),
    pytest.param("{{ self.__init__ }}", id="self"),
    pytest.param("{{ self }}", id="bare self"),
    pytest.param("{{ range }}", id="global name"),
    pytest.param("{{ 'a'*10**9 }}", id="memory bomb"),
    pytest.param("{{ name|center(999999999) }}", id="centre bomb"),
    pytest.param("{{ name|upper(999999999) }}", id="own filter with an argument"),
    pytest.param("{{ name|upper(a=1) }}", id="own filter with a keyword"),
    pytest.param("{{ name|upper(*signature) }}", id="own filter with a splat"),
    pytest.param("{{ name|replace('a', 'b') }}", id="foreign filter"),
    pytest.param("{{ name|default('') }}", id="default would hide a missing value"),
    pytest.param("{% do name %}a", id="unknown tag"),
    pytest.param("{% if name > 'a' %}a{% endif %}b", id="order of values"),
    pytest.param("{% if 'a' in name %}a{% endif %}b", id="in"),
    pytest.param("{{ autopay }}", id="a flag printed"),
    pytest.param("{{ autopay|upper }}", id="a flag printed through a filter"),
    pytest.param("{{ not name }}", id="an answer printed"),
    pytest.param("{{ name == 'x' }}", id="a comparison printed"),
    pytest.param("{{ '138' }}", id="a literal printed"),
    pytest.param("{{ 13800138000 }}", id="a number printed"),
    pytest.param("{{ nmae }}", id="misspelt variable"),
    pytest.param("{{ name", id="unclosed"),
    pytest.param("{% if autopay %}a", id="unclosed if"),
    pytest.param("{{ " + "(" * 1500 + "name" + ")" * 1500 + " }}", id="nested brackets"),
    pytest.param("{% if " + "not " * 900 + "autopay %}a{% endif %}", id="nested not"),
    pytest.param("{% if autopay %}" * 140 + "a" + "{% endif %}" * 140, id="nested if"),
    pytest.param("{% if " + " and ".join(["name"] * 400) + " %}a{% endif %}", id="long and"),
    pytest.param("{{ name" + "|trim" * 700 + " }}", id="long filter chain"),
    pytest.param("还" * 1400, id="more than four kilobytes"),
    pytest.param("a" * 1601, id="more than 1600 characters"),
    pytest.param("call 13800138000", id="telephone number"),
    pytest.param("call 138{{ name }}0013{{ name }}8000", id="telephone number in pieces"),
    pytest.param("pay at https://{{ sender_name }}", id="link"),
    pytest.param("pay at bank.example", id="domain"),
    pytest.param("a\u202eb", id="direction mark"),
    pytest.param("a\x00b", id="control character"),
    pytest.param("a\ud800b", id="lone surrogate"),
    pytest.param("", id="nothing"),
]


@pytest.mark.parametrize("body", ALLOWED)
def test_allowed(body: str) -> None:
    assert check(source(body)) == []


@pytest.mark.parametrize(("body", "node"), OTHER_NODES)
def test_other_nodes_are_refused_by_name(body: str, node: str) -> None:
    assert [problem for problem in check(source(body)) if f"'{node}' is not allowed" in problem.reason]


@pytest.mark.parametrize("body", REFUSED)
def test_refused(body: str) -> None:
    assert check(source(body)) != []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("hello", id="no header"),
        pytest.param("purpose: overdue\n---\nhello", id="no tone"),
        pytest.param("purpose: threat\ntone: firm\n---\nhello", id="unknown purpose"),
        pytest.param("purpose: overdue\ntone: rude\n---\nhello", id="unknown tone"),
        pytest.param("purpose: overdue\npurpose: reminder\ntone: firm\n---\nhello", id="key twice"),
        pytest.param("purpose: overdue\ntone: firm\nsubject: x\n---\nhello", id="unknown key"),
        pytest.param("purpose: overdue\ntone: firm\nhello", id="no line between"),
    ],
)
def test_header_refused(text: str) -> None:
    assert check(text) != []


@pytest.mark.parametrize(
    ("language", "purpose", "body", "reason"),
    [
        pytest.param("zh", "overdue", "您好", "signature", id="chinese without signature"),
        pytest.param("zh", "overdue", "您好{{ signature }}", "starts with", id="signature not at the head"),
        pytest.param(
            "zh", "overdue", "{% if autopay %}您{% endif %}{{ signature }}好", "starts with", id="signature after an if"
        ),
        pytest.param(
            "zh", "overdue", "{% if autopay %}{{ signature }}{% endif %}您好", "always print", id="signature sometimes"
        ),
        pytest.param("en", "overdue", "{{ sender_name }}: hello", "opt_out", id="english without opt-out"),
        pytest.param("en", "overdue", "hello {{ opt_out }}", "sender_name", id="english without sender"),
        pytest.param("en", "location", "{{ agent_name }} {{ overdue }} {{ opt_out }}", "overdue", id="amount"),
        pytest.param("en", "closing", "{{ sender_name }} debt {{ opt_out }}", "debt", id="word of debt in closing"),
        pytest.param("zh", "location", "{{ signature }}他欠款未还", "欠", id="word of debt to others"),
        pytest.param("zh", "closing", "{{ signature }}{{ disclosure }}回电", "disclosure", id="disclosure in closing"),
    ],
)
def test_wording_refused(language: str, purpose: str, body: str, reason: str) -> None:
    problems = check(source(body, purpose), language)
    assert [problem for problem in problems if reason in problem.reason]


def test_a_problem_names_file_and_line_as_an_editor_shows_it() -> None:
    text = "purpose: overdue\ntone: firm\n---\n\nhello\n{{ nmae }}\n"
    with pytest.raises(BadInput) as caught:
        read_template(text, file="sms/en/x.j2")
    assert [(p.file, p.line) for p in caught.value.problems] == [("sms/en/x.j2", 6)]
    assert "nmae" in caught.value.message


def test_every_problem_is_reported_at_once() -> None:
    assert len(check(source("{{ nmae }} {{ amuont }} {{ name|centre }}"))) == 3


def test_a_value_is_demanded_whatever_branch_is_taken() -> None:
    template = read_template(source("{% if autopay %}a{% else %}{{ amount }}{% endif %}"), "x", "fr")
    with pytest.raises(BadInput, match=r"fr/x.*'amount'"):
        template.render({"autopay": True})


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="absent"),
        pytest.param({"name": ""}, id="empty"),
        pytest.param({"name": " \u200b\n"}, id="blank"),
        pytest.param({"name": True}, id="yes instead of text"),
        pytest.param({"name": 5}, id="number instead of text"),
        pytest.param({"name": "x" * 1601}, id="too long"),
    ],
)
def test_value_refused(values: dict[str, Value]) -> None:
    with pytest.raises(BadInput, match="'name'"):
        read_template(source("{{ name }}")).render(values)


def test_a_flag_is_not_a_text() -> None:
    with pytest.raises(BadInput, match="flag"):
        read_template(source("{% if autopay %}a{% endif %}b")).render({"autopay": "no"})


def test_only_what_is_asked_about_may_be_empty() -> None:
    template = read_template(source("a{% if product %} {{ product }}{% endif %}"))
    assert template.render({"product": ""}) == "a"


def test_text_is_plain_and_on_one_line() -> None:
    template = read_template(source("{{ name }}"))
    assert template.render({"name": " <b>&\r\nA\u202e\x1b[2J "}) == "<b>& A[2J"


def test_a_text_over_the_limit_is_refused() -> None:
    template = read_template(source("{{ name }}{{ name }}"))
    assert len(template.render({"name": "x" * 800})) == MAX_TEXT
    with pytest.raises(BadInput, match="1602"):
        template.render({"name": "x" * 801})


def test_the_refusal_does_not_repeat_a_value() -> None:
    with pytest.raises(BadInput) as caught:
        read_template(source("{{ name }}{{ name }}")).render({"name": "Zebedee" * 200})
    assert "Zebedee" not in caught.value.message


PIECES = (
    *("{{", "}}", "{%", "%}", "{#", "#}", " name ", "autopay", "if ", "endif", "else", "|upper", "(", ")", "'a'", "9"),
    *("not ", " and ", "==", ".", "~", "*", "[", "]", "for a in", "\n", "您好", "set ", "raw", "endraw", "-"),
)


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=20).map("".join)))
def test_a_body_is_either_refused_or_renders(body: str) -> None:
    if check(source(body)) == []:
        assert 1 <= len(read_template(source(body)).render(samples("en"))) <= MAX_TEXT


def test_every_variable_has_samples_of_one_kind_and_a_meaning() -> None:
    for variable in VARIABLES.values():
        assert isinstance(variable.en, bool) is (variable.kind is Kind.flag), variable.name
        assert variable.zh != "", variable.name
        assert variable.en != "", variable.name
        assert len(variable.meaning) > 10, variable.name
