"""Every shipped template for any account: what is sent points to what is approved, and names only its own figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_people import account as account_of

from collector.compliance.packs import load_pack
from collector.compliance.rules import Answer, Contact, Policy, Purpose, Role, compile_policy, judge
from collector.dispatch.rules import Book, objection, values
from collector.facts.rules import AccountFacts, Extra, PersonBody, PersonFacts, PromiseFact, extra_of
from collector.foundation.errors import BadInput
from collector.history.rules import Channel
from collector.portfolio.rules import CollectorType
from collector.texts.catalogue import Catalogue
from collector.texts.rules import foreign_references, references
from collector.texts.template import Template

CATALOGUE = Catalogue.load()
AT = datetime(2026, 5, 13, 4, tzinfo=UTC)
"""Noon in Shanghai."""
TODAY = date(2026, 5, 13)
LINE = "+862155510001"
BOOKS = {
    "zh": Book("安心消金", "安心消金", "安心金融", CollectorType.agency, "CNY", "Asia/Shanghai", "登录pay.axin.cn办理"),
    "en": Book("Acme", "", "Hillside Credit", CollectorType.agency, "USD", "America/New_York", "Pay at pay.acme.com"),
}
PACKS = {"zh": "cn", "en": "us"}
WRITTEN = [template for template in CATALOGUE if template.language in BOOKS]


def promise_of(amount: int, days: int) -> PromiseFact:
    return PromiseFact(1, amount, 0, int((AT + timedelta(days=days, hours=6)).timestamp()), int(AT.timestamp()))


@st.composite
def accounts(draw: st.DrawFn) -> AccountFacts:
    money, soon = st.integers(1, 10**9), st.integers(1, 400)
    promise = promise_of(draw(money), draw(st.integers(-30, 60)))
    overdue = draw(money)
    return account_of(
        draw(st.integers(1, 300)),
        Extra(promises=(promise,)),
        TODAY,
        account_no=draw(st.from_regex(r"[A-Z]{0,3}[0-9]{4,20}", fullmatch=True)),
        overdue=overdue,
        owed=overdue + draw(money),
        due_today=draw(st.sampled_from([0, 100, 12_345])),
        next_due_on=TODAY + timedelta(days=draw(soon)),
        next_due_amount=draw(money),
        autopay=draw(st.booleans()),
    )


def written(template: Template, account: AccountFacts, **more: Any) -> str:
    book = BOOKS[template.language]
    broken = promise_of(77_700, -3) if template.name == "promise-broken" else None
    return template.render(values(book, account, template.language, "王明", "李四", LINE, AT, broken, **more))


def objected(template: Template, account: AccountFacts, text: str) -> str | None:
    broken = promise_of(77_700, -3) if template.name == "promise-broken" else None
    return objection(text, BOOKS[template.language], account, LINE, AT, broken)


def policy(language: str) -> Policy:
    book = BOOKS[language]
    own = {"HOUSE-IDENTITY": {"names": [book.sender_name, book.creditor]}}
    own |= {"CN-SMS": {"name": book.signature}} if language == "zh" else {}
    return compile_policy(load_pack(PACKS[language]), "agency", tightening=own)


@pytest.mark.parametrize("template", WRITTEN, ids=lambda one: f"{one.language}/{one.name}")
@settings(max_examples=15)
@given(account=accounts())
def test_any_template_for_any_account_names_only_what_is_its_own(template: Template, account: AccountFacts) -> None:
    assert objected(template, account, written(template, account)) is None


@pytest.mark.parametrize("template", WRITTEN, ids=lambda one: f"{one.language}/{one.name}")
@pytest.mark.parametrize("channel", [Channel.sms, Channel.email, Channel.letter])
def test_every_template_passes_the_content_rules_of_its_pack(template: Template, channel: Channel) -> None:
    account = account_of(12, Extra(promises=(promise_of(5000, 2),)), TODAY, overdue=5000, owed=9000)
    is_third = template.purpose == "location"
    contact = Contact(
        channel,
        debts=(account.account_id,),
        role=Role.contact if is_third else Role.debtor,
        purpose=Purpose.location if is_third else Purpose.collect,
        text=written(template, account),
    )
    zone = BOOKS[template.language].timezone
    body = PersonBody(zones=(zone,), language=template.language, flags=("unreachable",))
    moment = AT if template.language == "zh" else AT + timedelta(hours=12)
    verdict = judge(contact, PersonFacts(1, body, (account,)), policy(template.language), moment)
    expected = {"US-TEXT-SH"} | ({"US-OPTOUT"} if template.purpose == "opt_out_confirmation" else set())
    assert {rule.id for rule in verdict.rules} <= expected
    assert verdict.answer is not Answer.deny or template.purpose == "opt_out_confirmation"


FOREIGN = [
    pytest.param(" http://evil.example/x", id="link"),
    pytest.param(" 13800138000", id="phone"),
    pytest.param(" 6222 0212 3456 7890", id="card"),
    pytest.param(" ¥99,999,999.99", id="amount"),
    pytest.param(" $99,999,999.99", id="amount in dollars"),
    pytest.param(" 另付五十元", id="amount in words"),
    pytest.param(" 2031-07-09", id="date"),
    pytest.param(" ｅｖｉｌ．ｃｏｍ", id="wide link"),
    pytest.param(" 1\u200b380\u200b0138000", id="hidden phone"),
]


@pytest.mark.parametrize("addition", FOREIGN)
@settings(max_examples=25)
@given(template=st.sampled_from(WRITTEN), account=accounts())
def test_whatever_is_added_by_a_stranger_is_seen(template: Template, account: AccountFacts, addition: str) -> None:
    assert objected(template, account, written(template, account) + addition) is not None


@given(account=accounts(), other=accounts())
def test_a_text_of_one_account_is_refused_for_another(account: AccountFacts, other: AccountFacts) -> None:
    template = CATALOGUE.template("overdue-firm", "zh")
    known = {other.overdue, other.owed, other.next_due_amount, other.due_today}
    known |= {promise.amount for promise in extra_of(other).promises}
    assert (objected(template, other, written(template, account)) is None) == (account.overdue in known)


def test_an_amount_that_changed_since_it_was_written_is_refused() -> None:
    template = CATALOGUE.template("overdue-firm", "zh")
    before = account_of(12, None, TODAY, overdue=5000_00, owed=9000_00)
    after = account_of(12, None, TODAY, overdue=3000_00, owed=7000_00)
    assert objected(template, after, written(template, before)) == (
        "the text names an amount or a date that is not the account's own"
    )


PEOPLE = st.text(max_size=30) | st.sampled_from(
    [
        "王.evil.com",
        "pay at http://evil.example/x",
        "1380 0138 000",
        "Ｅｖｉｌ．ｃｏｍ",
        "a@evil.com",
        "王明",
        "O'Neil-Smith",
    ]
)
LISTED = ("help.axin.cn/loans", "400-555-0199", "6222 0299 0000 1111")


@pytest.mark.parametrize("template", WRITTEN, ids=lambda one: f"{one.language}/{one.name}")
@settings(max_examples=15)
@given(account=accounts(), name=PEOPLE, other=PEOPLE)
def test_every_link_and_number_of_any_text_to_anybody_is_approved(
    template: Template, account: AccountFacts, name: str, other: str
) -> None:
    """Names come with a file that one person loads: they never bring a link or a number into a text."""
    book = replace(BOOKS[template.language], approved=LISTED)
    broken = promise_of(77_700, -3) if template.name == "promise-broken" else None
    given = values(book, account, template.language, name, other, LINE, AT, broken)
    try:
        text = template.render(given)
    except BadInput:  # a name that was taken out, or says nothing, where the text can not do without: it is not sent
        return
    approved = (*LISTED, *references(" ".join((book.pay_instructions, book.creditor, book.sender_name))), LINE)
    assert foreign_references(text, (*approved, account.account_no)) == ()
    assert objection(text, book, account, LINE, AT, broken) is None


@pytest.mark.parametrize(
    ("word", "is_sent"),
    [
        pytest.param("help.axin.cn/loans/1", True, id="below a listed link"),
        pytest.param("help.axin.cn/other", False, id="beside it"),
        pytest.param("400 555 0199", True, id="a listed number, written otherwise"),
        pytest.param("400 555 0198", False, id="another number"),
        pytest.param("6222029900001111", True, id="a listed account"),
    ],
)
def test_what_two_people_listed_may_be_named(word: str, is_sent: bool) -> None:
    account = account_of(12, None, TODAY, overdue=5000, owed=9000)
    assert (objection(word, replace(BOOKS["zh"], approved=LISTED), account, LINE, AT) is None) == is_sent
