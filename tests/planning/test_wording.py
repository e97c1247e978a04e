"""What the gate says of a text before anybody's is written: only what it would say of everybody's."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from collector.compliance.packs import CODES, load_pack
from collector.compliance.rules import Contact, compile_policy, judge
from collector.facts.rules import BLANK, PersonBody, PersonFacts
from collector.history.rules import Channel
from collector.planning.queries.wording import refused_words
from collector.texts.catalogue import Catalogue
from collector.texts.rules import samples, sender_values

SENDER = ("安和银行", "", "安和银行", True, "可通过本行手机银行办理")
BRITISH = ("Anhe Bank", "", "Anhe Bank", True, "Pay in our app")
HEADER = "purpose: {}\ntone: firm\ndescription: tried\n---\n"


def words(tmp_path: Path, body: str, pack: str = "cn", purpose: str = "overdue", language: str = "zh") -> list[str]:
    """The rules that refuse a text of this body."""
    folder = tmp_path / "sms" / language
    folder.mkdir(parents=True)
    (folder / "tried.j2").write_text(HEADER.format(purpose) + body, encoding="utf-8")
    sender = SENDER if language == "zh" else BRITISH
    found = refused_words(compile_policy(load_pack(pack), "creditor"), Catalogue.load(tmp_path), sender)
    return [rule for rule, _, _ in found["tried", language]]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        pytest.param("{{ signature }}{{ name }}，请尽快还款{{ overdue }}。", [], id="as it should be"),
        pytest.param("{{ signature }}{{ name }}，再不还款就报警抓你。", ["CN-FORBID"], id="a threat"),
        pytest.param(
            "{{ signature }}{{ name }}，{% if autopay %}再不还款就报警抓你{% else %}请还款{% endif %}。",
            [],
            id="a threat to some: the claim finds whom",
        ),
        pytest.param(
            "{{ signature }}{% if autopay %}再不还款就报警抓你{% else %}不还就坐牢{% endif %}。",
            ["CN-FORBID"],
            id="a threat either way",
        ),
        pytest.param("{{ signature }}{{ name }}，我们今日起诉您。", [], id="a suit: the claim knows of the referral"),
        pytest.param("{{ signature }}" + "请尽快还款，" * 75, ["HOUSE-LENGTH"], id="too long for anybody"),
        pytest.param("{{ signature }}Please pay soon, dear reader.", ["HOUSE-LANGUAGE"], id="English"),
    ],
)
def test_chinese(tmp_path: Path, body: str, refused: list[str]) -> None:
    assert words(tmp_path, body) == refused


def test_another_name_than_the_registered_one() -> None:
    policy = compile_policy(load_pack("cn"), "creditor", tightening={"CN-SMS": {"name": "别家"}})
    found = refused_words(policy, Catalogue.load(), SENDER)
    assert {said[0][0] for (_, language), said in found.items() if language == "zh"} == {"CN-SMS"}


def test_a_text_whose_way_to_pay_is_missing_can_be_written_to_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "sms" / "zh"
    folder.mkdir(parents=True)
    (folder / "tried.j2").write_text(HEADER.format("overdue") + "{{ signature }}请还款：{{ pay_instructions }}。")
    sender = (*SENDER[:4], "")
    found = refused_words(compile_policy(load_pack("cn"), "creditor"), Catalogue.load(tmp_path), sender)
    [(rule, answer, reason)] = found["tried", "zh"]
    assert (rule, answer) == ("HOUSE-TEXT", "deny")
    assert "pay_instructions" in reason


@pytest.mark.parametrize("kind", ["creditor", "agency"])
@pytest.mark.parametrize("pack", CODES)
def test_what_is_refused_for_everybody_is_refused_for_somebody(pack: str, kind: str) -> None:
    """The claim judges the finished text of one person: it says at least what was said before."""
    catalogue, policy = Catalogue.load(), compile_policy(load_pack(pack), kind)
    sender = (*SENDER[:3], kind == "creditor", SENDER[4])
    found = refused_words(policy, catalogue, sender)
    assert set(found) == {(template.name, template.language) for template in catalogue}
    account = msgspec.structs.replace(BLANK, account_id=1)
    for (name, language), said in found.items():
        values = {**samples(language), **sender_values(language, *sender), "name": "王女士"}
        text = catalogue.render(name, language, values)
        facts = PersonFacts(1, PersonBody(zones=("Asia/Shanghai",), language=language), (account,))
        asked = Contact(Channel.sms, (1,), text=text, template=name)
        fired = {rule.id for rule in judge(asked, facts, policy, 1_778_558_400, earliest=False).rules}
        assert {rule for rule, _, _ in said} <= fired, (name, language)


def test_it_is_found_out_once(tmp_path: Path) -> None:
    catalogue, policy = Catalogue.load(), compile_policy(load_pack("cn"), "creditor")
    assert refused_words(policy, catalogue, SENDER) is refused_words(policy, catalogue, SENDER)
    other = (*SENDER[:4], "别处")
    assert refused_words(policy, catalogue, other) is not refused_words(policy, catalogue, SENDER)
