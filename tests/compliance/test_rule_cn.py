"""CN-FREQ, CN-3P, CN-GUAR, CN-CARD-70, CN-SMS, CN-FORBID, CN-DEC: a table for each (GB/T 45251-2025, Civil Code)."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import call, check, event

AT = "2026-05-13T15:00+08:00"
HEAD = "【安和消费金融】"


def dial(hour: int, outcome: str = "answered", **more: Any) -> dict[str, Any]:
    return call(f"2026-05-13T{hour:02}:00+08:00", outcome, **more)


def talk(hour: int, minute: int = 0, **more: Any) -> dict[str, Any]:
    return event("conversation", f"2026-05-13T{hour:02}:{minute:02}+08:00", **more)


THREE = [dial(9), dial(11), dial(13)]


@pytest.mark.parametrize(
    ("events", "at", "answer", "earliest"),
    [
        pytest.param(THREE, AT, "deny", "2026-05-14T08:00:00+08:00", id="a fourth"),
        pytest.param(THREE, "2026-05-13T21:59:59+08:00", "deny", "2026-05-14T08:00:00+08:00", id="late on the day"),
        pytest.param(THREE, "2026-05-14T08:00+08:00", "allow", None, id="the next morning"),
        pytest.param(THREE[:2], AT, "allow", None, id="a third"),
        pytest.param([*THREE[:2], dial(13, debts=("B",))], AT, "deny", "2026-05-14T08:00:00+08:00", id="all loans"),
        pytest.param(
            [*THREE[:2], dial(13, collector="K2")], AT, "deny", "2026-05-14T08:00:00+08:00", id="agency and creditor"
        ),
        pytest.param([*THREE[:2], dial(13, person="G")], AT, "allow", None, id="somebody else"),
        pytest.param([*THREE[:2], dial(13, direction="inbound")], AT, "allow", None, id="the debtor called"),
        pytest.param([*THREE[:2], dial(13, "voicemail")], AT, "allow", None, id="a voicemail is no answer"),
        pytest.param([*THREE[:2], dial(13, "assistant")], AT, "allow", None, id="nor is a voice assistant"),
        pytest.param(
            [*THREE[:2], dial(13, "third_party")], AT, "deny", "2026-05-14T08:00:00+08:00", id="somebody answered"
        ),
        pytest.param(
            [dial(9), talk(9, 1), dial(11), talk(11, 2)], AT, "allow", None, id="a conversation belongs to its call"
        ),
        pytest.param(
            [dial(9), dial(11), talk(14)], AT, "deny", "2026-05-14T08:00:00+08:00", id="or to a call not written down"
        ),
        pytest.param([dial(9), dial(11), talk(14, direction="inbound")], AT, "allow", None, id="the debtor's own call"),
        pytest.param([dial(9), dial(11), dial(18)], AT, "deny", "2026-05-14T08:00:00+08:00", id="planned for later"),
    ],
)
def test_cn_freq(events: list[dict[str, Any]], at: str, answer: str, earliest: str | None) -> None:
    verdict, fired, found = check("cn", events, event("call", at))
    assert (verdict, found) == (answer, earliest)
    assert fired == ([] if answer == "allow" else ["CN-FREQ"])


def test_the_cap_on_calls_leaves_texts_alone() -> None:
    assert check("cn", THREE, event("sms", AT, text=f"{HEAD}您有一笔款项已到期，请及时处理。"))[0] == "allow"


@pytest.mark.parametrize(
    ("events", "answer", "fired"),
    [
        pytest.param([dial(hour, "no_answer") for hour in (9, 10)], "allow", [], id="two"),
        pytest.param([dial(hour, "no_answer") for hour in (9, 10, 11)], "review", ["HOUSE-DIALS-NUMBER"], id="three"),
        pytest.param(
            [dial(hour, "no_answer", phone=str(hour)) for hour in range(8, 13)], "allow", [], id="five to five numbers"
        ),
        pytest.param(
            [dial(hour, "no_answer", phone=str(hour)) for hour in range(8, 14)],
            "review",
            ["HOUSE-DIALS-PERSON"],
            id="six to six numbers",
        ),
        pytest.param([dial(9), dial(10), *[dial(11, "no_answer")] * 2], "allow", [], id="answered calls are not among"),
    ],
)
def test_cn_freq_house(events: list[dict[str, Any]], answer: str, fired: list[str]) -> None:
    assert check("cn", events, event("call", AT, to={"phone": "1"}))[:2] == (answer, fired)


ASKED = call("2026-05-01T10:00+08:00", "third_party", person="R")
REFUSED = event("contact_refused", "2026-05-01T10:00+08:00", person="R")


@pytest.mark.parametrize(
    ("flags", "events", "candidate", "answer"),
    [
        pytest.param(["unreachable"], [], {}, "allow", id="the debtor is lost"),
        pytest.param(["deceased"], [], {}, "allow", id="the debtor is dead"),
        pytest.param([], [], {}, "deny", id="the debtor can be reached"),
        pytest.param(["hardship"], [], {}, "deny", id="another flag"),
        pytest.param(["unreachable"], [], {"purpose": "collect"}, "deny", id="never collected from"),
        pytest.param(["unreachable"], [], {"purpose": "reminder"}, "deny", id="nor reminded"),
        pytest.param(["unreachable"], [ASKED], {}, "deny", id="asked once"),
        pytest.param(["unreachable"], [{**ASKED, "outcome": "no_answer"}], {}, "allow", id="nobody answered then"),
        pytest.param(["unreachable"], [{**ASKED, "person": "R2"}], {}, "allow", id="somebody else was asked"),
        pytest.param(["unreachable"], [{**ASKED, "kind": "sms", "outcome": None}], {}, "deny", id="asked by text"),
        pytest.param(["unreachable"], [REFUSED], {}, "deny", id="refused"),
        pytest.param(["unreachable"], [{**REFUSED, "person": "R2"}], {}, "allow", id="somebody else refused"),
        pytest.param(["unreachable"], [{**REFUSED, "at": "2026-06-01T10:00+08:00"}], {}, "deny", id="about to refuse"),
        pytest.param(["unreachable"], [], {"text": "请转告他尽快还款"}, "deny", id="a word of the debt"),
        pytest.param(["unreachable"], [], {"text": "请问您知道他的新电话吗？"}, "allow", id="no word of it"),
        pytest.param(["unreachable"], [], {"at": "2026-05-13T22:00+08:00"}, "deny", id="not at night"),
    ],
)
def test_cn_3p(flags: list[str], events: list[dict[str, Any]], candidate: dict[str, Any], answer: str) -> None:
    third = {"id": "R", "role": "contact", "flags": flags}
    asked = {**event("call", AT, person="R", purpose="location"), **candidate}
    events = [{name: value for name, value in one.items() if value is not None} for one in events]
    assert check("cn", events, asked, third)[0] == answer
    debtor = {"id": "C", "role": "debtor", "flags": flags}
    assert check("cn", events, asked, debtor)[0] == answer, "the debtor is described, the contact only named"


@pytest.mark.parametrize("whom", ["relative", "friend", "neighbour", "colleague", "employer", "spouse", "other"])
def test_who_answers_for_the_debtor_is_no_debtor(whom: str) -> None:
    assert check("cn", [], event("call", AT, to={"whom": whom}))[:2] == ("deny", ["CN-3P"])


@pytest.mark.parametrize(
    ("guarantee", "answer"),
    [
        pytest.param({"kind": "joint", "until": "2026-05-13"}, "allow", id="joint, last day"),
        pytest.param({"kind": "joint", "until": "2026-05-12"}, "deny", id="joint, a day late"),
        pytest.param({"kind": "joint"}, "review", id="joint, end not known"),
        pytest.param({"kind": "general", "until": "2026-12-31"}, "review", id="general, nothing of a suit"),
        pytest.param({"kind": "general", "until": "2026-05-12"}, "deny", id="general, over"),
        pytest.param({"kind": "unstated", "until": "2026-12-31"}, "review", id="unstated"),
        pytest.param({}, "review", id="nothing known"),
        pytest.param(None, "review", id="no terms on file"),
    ],
)
def test_cn_guar(guarantee: dict[str, Any] | None, answer: str) -> None:
    debts = [{"id": "A", "guarantee": guarantee}]
    assert check("cn", [], event("call", AT), {"role": "guarantor"}, debts=debts)[0] == answer
    assert check("cn", [], event("call", AT), {"role": "co_borrower"}, debts=debts)[0] == "allow"


@pytest.mark.parametrize(
    ("kind", "until", "more", "answer"),
    [
        pytest.param("general", "2026-12-31", {"sued_on": "2026-05-13"}, "allow", id="the debtor is sued today"),
        pytest.param("general", "2026-12-31", {"sued_on": "2026-05-14"}, "review", id="tomorrow"),
        pytest.param("general", "2026-05-01", {"sued_on": "2026-05-01"}, "allow", id="sued on the last day: preserved"),
        pytest.param("general", "2026-05-01", {"sued_on": "2026-05-02"}, "deny", id="sued a day late"),
        pytest.param("general", None, {"sued_on": "2026-05-01"}, "review", id="inside what is not known"),
        pytest.param("unstated", "2026-05-01", {"sued_on": "2026-05-01"}, "allow", id="unstated is general (686)"),
        pytest.param("joint", "2026-05-01", {"sued_on": "2026-05-01"}, "deny", id="joint: the debtor's suit does not"),
        pytest.param(None, "2026-12-31", {"sued_on": "2026-05-01"}, "review", id="of no known kind"),
        pytest.param("general", "2026-12-31", {"referred_on": "2026-05-13"}, "allow", id="legal has it"),
        pytest.param("general", "2026-12-31", {"referred_on": "2026-05-14"}, "review", id="legal will have it"),
        pytest.param("general", "2026-05-01", {"referred_on": "2026-05-01"}, "deny", id="a referral preserves nothing"),
    ],
)
def test_a_claim_on_a_guarantor_is_preserved(kind: str | None, until: str, more: dict[str, str], answer: str) -> None:
    """Civil Code 693: a general guarantor answers on when the debtor was sued inside the period."""
    debts = [{"id": "A", "guarantee": {"kind": kind, "until": until}, **more}]
    assert check("cn", [], event("call", AT), {"role": "guarantor"}, debts=debts)[0] == answer


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        ({}, "review"),
        ({"referred_on": "2026-05-01"}, "allow"),
        ({"sued_on": "2026-05-01"}, "allow"),
        ({"referred_on": "2026-06-01", "sued_on": "2026-06-01"}, "review"),
    ],
)
def test_a_suit_is_announced_where_one_is_under_way(more: dict[str, str], answer: str) -> None:
    asked = event("sms", AT, text=HEAD + "您的账单已到期，我们今日起诉您。")
    assert check("cn", [], asked, debts=[{"id": "A", **more}])[0] == answer


def test_a_guarantor_of_one_of_two_debts() -> None:
    debts = [{"id": "A", "guarantee": {"kind": "joint", "until": "2026-12-31"}}]
    both = event("call", AT, debts=("A", "B"))
    assert check("cn", [], both, {"role": "guarantor"}, debts=debts)[:2] == ("review", ["CN-GUAR"])
    twice = event("call", AT, debts=("A", "A"))
    assert check("cn", [], twice, {"role": "guarantor"}, debts=debts)[0] == "allow"


@pytest.mark.parametrize(
    ("plans", "candidate", "answer"),
    [
        pytest.param({"A": "current"}, {}, "deny", id="kept"),
        pytest.param({"A": "broken"}, {}, "allow", id="broken"),
        pytest.param({"B": "current"}, {}, "allow", id="of another debt"),
        pytest.param({"A": "broken", "B": "current"}, {"debts": ["A", "B"]}, "deny", id="of one of two"),
        pytest.param({"A": "current"}, {"purpose": "reminder"}, "allow", id="a reminder of it"),
        pytest.param({"A": "current"}, {"kind": "letter"}, "deny", id="in every medium"),
    ],
)
def test_cn_card_70(plans: dict[str, str], candidate: dict[str, Any], answer: str) -> None:
    debts = [{"id": name, "plan": plan, "type": "card"} for name, plan in plans.items()]
    verdict, fired, earliest = check("cn", [], {**event("call", AT), **candidate}, debts=debts)
    assert (verdict, fired, earliest) == (answer, ["CN-CARD-70"] if answer == "deny" else [], None)


PLAIN = "您的账单已到期，请及时处理。"


@pytest.mark.parametrize(
    ("text", "fired"),
    [
        pytest.param(HEAD + PLAIN, [], id="signed"),
        pytest.param(PLAIN, ["CN-SMS"], id="not signed"),
        pytest.param(PLAIN + HEAD, ["CN-SMS"], id="signed at the end"),
        pytest.param("【】" + PLAIN, ["CN-SMS"], id="an empty signature"),
        pytest.param("[安和]" + PLAIN, ["CN-SMS"], id="other brackets"),
        pytest.param(HEAD + "提额优惠，点击申请", ["CN-SMS-AD"], id="an advertisement"),
        pytest.param(HEAD + "提额优惠，点击申请，拒收请回复R", [], id="one that can be refused"),
        pytest.param(HEAD + "还" * 394, [], id="six parts of 67"),
        pytest.param(HEAD + "还" * 395, ["HOUSE-LENGTH"], id="the signature counts as well"),
    ],
)
def test_cn_sms(text: str, fired: list[str]) -> None:
    assert check("cn", [], event("sms", AT, text=text))[1] == fired


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param("我们是公安，请立即还款", "deny", id="police"),
        pytest.param("这里是法院，您有传票", "deny", id="court"),
        pytest.param("我是律师，受银行委托", "deny", id="lawyer"),
        pytest.param("再不还款就等着坐牢", "deny", id="prison"),
        pytest.param("不还就逮-捕你", "deny", id="arrest, with a stroke between"),
        pytest.param("我们将联系您的同事", "deny", id="colleagues"),
        pytest.param("否则告诉你单位领导", "deny", id="employer"),
        pytest.param("将通知紧急联系人", "deny", id="contacts"),
        pytest.param("欠钱不还的老赖", "deny", id="insult"),
        pytest.param("你的孩子上学会受影响", "deny", id="invented consequence"),
        pytest.param("可以找朋友借钱先还上", "deny", id="urging to borrow"),
        pytest.param("今日将起诉您", "review", id="sue today"),
        pytest.param("我司将发出律师函", "review", id="a lawyer's letter"),
        pytest.param("如有困难请致电客服协商还款方案", "allow", id="an offer"),
        pytest.param("逾期将依法报送征信", "allow", id="a true consequence"),
    ],
)
def test_cn_forbid(text: str, answer: str) -> None:
    for kind in ("sms", "letter", "email", "call"):
        verdict, fired, _ = check("cn", [], event(kind, AT, text=HEAD + text))
        assert (verdict, fired) == (answer, [] if answer == "allow" else ["CN-FORBID"])
