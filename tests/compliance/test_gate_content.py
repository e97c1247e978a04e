"""What is said, and what the carrier carries."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import SHANGHAI, ask, contact, person, policy

from collector.compliance.rules import Answer, Capabilities, Purpose, Role, content_class
from collector.compliance.rules.wording import find
from collector.history.rules import Channel

NOON_CN = "2026-05-13T12:00+08:00"
NOON_US = "2026-05-13T12:00-04:00"
HEAD = "【安心消金】"
ENGLISH = "Acme Recovery: please call us at 555 010 9999 about your file. Reply STOP to opt out."


@pytest.mark.parametrize(
    ("text", "answer", "fired"),
    [
        pytest.param(HEAD + "您有一笔款项已到期，请及时处理。", "allow", [], id="plain reminder"),
        pytest.param("您有一笔款项已到期", "deny", ["CN-SMS"], id="no signature"),
        pytest.param("请注意" + HEAD, "deny", ["CN-SMS"], id="signature not at the head"),
        pytest.param(HEAD + "我是警察，请配合", "deny", ["CN-FORBID"], id="posing"),
        pytest.param(HEAD + "再不还就拘 留", "deny", ["CN-FORBID"], id="threat, spaced out"),
        pytest.param(HEAD + "否则通知您的单位", "deny", ["CN-FORBID"], id="exposure"),
        pytest.param(HEAD + "你这个老赖", "deny", ["CN-FORBID"], id="insult"),
        pytest.param(HEAD + "您可以以贷养贷", "deny", ["CN-FORBID"], id="urging to borrow"),
        pytest.param(HEAD + "我司今日将起诉您", "review", ["CN-FORBID"], id="a suit nobody decided"),
        pytest.param(HEAD + "还" * 500, "deny", ["HOUSE-LENGTH"], id="too long"),
        pytest.param(HEAD + "再不还就拘。留", "deny", ["CN-FORBID"], id="threat, a point between"),
        pytest.param(HEAD + "再不还就拘\u200b留", "deny", ["CN-FORBID"], id="threat, unseen character"),
        pytest.param(HEAD + "再不還就判\u0336刑", "deny", ["CN-FORBID"], id="threat, struck out"),
        pytest.param(HEAD + "將通知您的單位", "deny", ["CN-FORBID"], id="exposure, traditional"),
        pytest.param(HEAD + "我行决定不起诉，请安排还款", "allow", [], id="no suit"),
        pytest.param(HEAD + "谨防骗子，谨防冒充", "allow", [], id="a warning"),
        pytest.param(HEAD + "谨防骗子，你这个骗子", "deny", ["CN-FORBID"], id="a warning does not cover an insult"),
        pytest.param(HEAD + "您已进入衰老期", "deny", ["HOUSE-INTERNAL"], id="word of this house"),
        pytest.param(HEAD + "新额度已到账，限时优惠", "deny", ["CN-SMS-AD"], id="marketing without the way out"),
        pytest.param(HEAD + "限时优惠，拒收请回复R", "allow", [], id="marketing with it"),
        pytest.param("【】您好", "deny", ["CN-SMS"], id="an empty signature"),
        pytest.param("  ", "deny", ["CN-SMS", "HOUSE-LENGTH"], id="empty"),
    ],
)
def test_chinese_texts(text: str, answer: str, fired: list[str]) -> None:
    asked = contact("sms", text=text)
    assert ask(asked, person(zones=(SHANGHAI,)), policy("cn"), NOON_CN) == (answer, fired)


@pytest.mark.parametrize(
    ("text", "answer", "fired"),
    [
        pytest.param(ENGLISH, "allow", [], id="tells how to opt out"),
        pytest.param(ENGLISH.replace("Reply STOP to opt out.", ""), "deny", ["US-OPTOUT"], id="does not"),
        pytest.param(ENGLISH + " You will be ARRESTED.", "deny", ["US-FORBID"], id="threat"),
        pytest.param(ENGLISH + " We will issue a lawsuit.", "review", ["US-FORBID"], id="a suit nobody decided"),
        pytest.param(ENGLISH + " Sue Miller", "review", ["US-FORBID"], id="a name that looks like a word"),
        pytest.param(ENGLISH + " Pursue this pleasure.", "allow", [], id="a word inside a word"),
        pytest.param(ENGLISH + " The warranty covers jailed batteries.", "allow", [], id="warranty is no warrant"),
        pytest.param(ENGLISH + " You go to j.a.i.l", "deny", ["US-FORBID"], id="spelled out"),
        pytest.param(ENGLISH + " You go to j a i l", "deny", ["US-FORBID"], id="spaced out"),
        pytest.param(ENGLISH + " You go to jа\u200bil", "deny", ["US-FORBID"], id="cyrillic and unseen letters"),
        pytest.param(ENGLISH + " ｐｒｉｓｏｎ", "deny", ["US-FORBID"], id="full width"),
        pytest.param(ENGLISH + " a-r-r-e-s-t-e-d", "deny", ["US-FORBID"], id="dashes"),
        pytest.param(ENGLISH + " your growth stage", "deny", ["HOUSE-INTERNAL"], id="word of this house"),
        pytest.param(ENGLISH + " at its maturity date", "allow", [], id="maturity is a word of loans"),
        pytest.param(
            "Acme: pay now to stop late fees. Call us.", "deny", ["US-OPTOUT"], id="to stop fees is no opt-out"
        ),
    ],
)
def test_english_texts(text: str, answer: str, fired: list[str]) -> None:
    asked = contact("email", text=text)
    assert ask(asked, person(), policy("us"), NOON_US) == (answer, fired)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param("This is Ann of Acme Services. Please call back 555 010 9999.", "allow", id="limited content"),
        pytest.param("This is Ann of Acme Collections. Please call back 555 010 9999.", "deny", id="shows collection"),
        pytest.param("This is Ann of Acme Services. 555 010 9999.", "deny", id="no request to reply"),
        pytest.param("This is Ann of Acme Services. Please call back.", "deny", id="no number"),
    ],
)
def test_voicemail(text: str, answer: str) -> None:
    verdict, fired = ask(contact(text=text), person(), policy("us"), NOON_US)
    assert (verdict, fired) == (answer, [] if answer == "allow" else ["US-VM"])


@pytest.mark.parametrize(
    ("text", "fired"),
    [
        pytest.param("Could you ask Tom to call Ann at 555 010 9999?", [], id="no reason given"),
        pytest.param("Tom owes money", ["HOUSE-DISCREET"], id="word"),
        pytest.param("Tom: $ 1,200", ["HOUSE-DISCREET"], id="amount"),
        pytest.param("请转告他欠款的事", ["HOUSE-DISCREET"], id="chinese word"),
        pytest.param("请转告他 500元", ["HOUSE-DISCREET"], id="chinese amount"),
        pytest.param("请转告他 五百元", ["HOUSE-DISCREET"], id="chinese amount in words"),
        pytest.param("Tom: 1,200", ["HOUSE-DISCREET"], id="an amount without a currency"),
        pytest.param("Tom: 12.50", ["HOUSE-DISCREET"], id="an amount with cents"),
        pytest.param("Tom: RMB 500", ["HOUSE-DISCREET"], id="currency before"),
        pytest.param("Tom: ￥５００", ["HOUSE-DISCREET"], id="full width"),
        pytest.param("Tom, at 18:30, room 1204", [], id="a time and a room"),
        pytest.param("l.o.a.n", ["HOUSE-DISCREET"], id="spelled out"),
    ],
)
def test_third_persons_do_not_learn_of_the_debt(text: str, fired: list[str]) -> None:
    asked = contact("letter", role=Role.contact, purpose=Purpose.location, text=text)
    assert ask(asked, person(flags=("unreachable",)), policy("uk"), NOON_US)[1] == fired


@pytest.mark.parametrize(
    ("language", "text", "fired"),
    [
        pytest.param("zh", HEAD + "您好", [], id="chinese to a chinese reader"),
        pytest.param("en", HEAD + "您好", ["HOUSE-LANGUAGE"], id="chinese to an english reader"),
        pytest.param("zh-CN", "Hello there", ["HOUSE-LANGUAGE"], id="english to a chinese reader"),
        pytest.param("zh", HEAD + "Your loan is late", ["HOUSE-LANGUAGE"], id="english under a chinese signature"),
        pytest.param("en", "Hello 王小明, please call us back", [], id="a chinese name in english"),
        pytest.param("zh", HEAD + "请登录https://pay.example.com/a/long/path", [], id="a link in chinese"),
        pytest.param("", "Hello there", [], id="language not known"),
    ],
)
def test_language(language: str, text: str, fired: list[str]) -> None:
    facts = person(language=language)
    assert ask(contact("letter", text=text), facts, policy("house"), NOON_US.replace("-04", "-04"))[1] == fired


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        pytest.param(("拘留",), "拘-留", "拘留", id="points between"),
        pytest.param(("拘留",), "拘\u200b留", "拘留", id="an unseen character between"),
        pytest.param(("jail",), "ＪＡＩＬ", "jail", id="full width"),
        pytest.param(("legal action",), "legal\n action", "legal\n action", id="line break"),
        pytest.param(("jail",), "jailbreak", None, id="part of a word"),
    ],
)
def test_words_are_found(words: tuple[str, ...], text: str, found: str | None) -> None:
    assert find(words, text) == found


TWILIO_US = Capabilities("twilio", content=frozenset({"collection", "reminder", "notice"}), countries=frozenset({"+1"}))
TWILIO_CN = Capabilities(
    "twilio", content=frozenset({"reminder"}), templates=frozenset({"r1"}), countries=frozenset({"+86"}), two_way=False
)
MUTE = Capabilities("letters-only", channels=frozenset())
LATIN = Capabilities("latin", languages=frozenset({"en"}))


@pytest.mark.parametrize(
    ("capabilities", "more", "fired"),
    [
        pytest.param(TWILIO_US, {}, ["CARRIER-CONTENT"], id="no third-party collection in the US"),
        pytest.param(TWILIO_US, {"purpose": Purpose.reminder, "number": "+15550109999"}, [], id="a reminder"),
        pytest.param(
            TWILIO_US, {"purpose": Purpose.reminder, "number": "+8613800000000"}, ["CARRIER-COUNTRY"], id="country"
        ),
        pytest.param(TWILIO_US, {"channel": "call"}, [], id="calls have no content class"),
        pytest.param(TWILIO_US, {"channel": "letter"}, [], id="letters need no carrier"),
        pytest.param(MUTE, {}, ["CARRIER-CHANNEL"], id="channel"),
        pytest.param(
            TWILIO_CN,
            {"purpose": Purpose.reminder, "text": "hello"},
            ["CARRIER-TEMPLATE"],
            id="template not registered",
        ),
        pytest.param(TWILIO_CN, {"purpose": Purpose.reminder, "text": "hello", "template": "r1"}, [], id="registered"),
        pytest.param(
            TWILIO_CN,
            {"purpose": Purpose.reminder, "text": "拒收请回复R", "template": "r1"},
            ["CARRIER-TWOWAY"],
            id="asks for a reply over a one-way route",
        ),
        pytest.param(LATIN, {"text": "您好"}, ["CARRIER-LANGUAGE"], id="script"),
    ],
)
def test_carriers(capabilities: Capabilities, more: dict[str, Any], fired: list[str]) -> None:
    rules = policy("house", capabilities=capabilities)
    asked = contact(**{"channel": "sms", **more})
    assert ask(asked, person(), rules, NOON_US)[1] == fired


def test_content_class_depends_on_who_collects() -> None:
    assert content_class(Purpose.collect, "creditor") == "collection"
    assert content_class(Purpose.collect, "debt_buyer") == "third_party_collection"
    assert content_class(Purpose.closing_notice, "agency") == "notice"


def test_the_registered_signature() -> None:
    rules = policy("cn", tightening={"CN-SMS": {"name": "安心消金"}})
    facts = person(zones=(SHANGHAI,))
    assert ask(contact("sms", text=HEAD + "您好"), facts, rules, NOON_CN)[0] is Answer.allow
    assert ask(contact("sms", text="【别家】您好"), facts, rules, NOON_CN)[1] == ["CN-SMS"]


def test_a_text_that_is_not_written_yet_is_not_objected_to() -> None:
    for channel in (Channel.sms, Channel.email, Channel.letter):
        assert ask(contact(channel), person(zones=(SHANGHAI,)), policy("cn"), NOON_CN)[0] is Answer.allow
