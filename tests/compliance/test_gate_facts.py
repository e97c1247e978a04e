"""What stands in the facts: holds, payments, numbers, call-backs, confirmations."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from gate_asking import NEW_YORK, SHANGHAI, ask, contact, person, placed, policy, second, stands

from collector.compliance.rules import Answer, NumberKind, Purpose, Role, Whom, judge
from collector.facts.rules import AccountFacts, Callback, Extra, Kind, Mark, Phone
from collector.history.rules import Channel, Direction
from collector.portfolio.rules import ContactOwner, ContactStatus, PartyRole

NOON = "2026-05-13T12:00+08:00"
CHINA = (SHANGHAI,)


def account(**more: Any) -> AccountFacts:
    fields: dict[str, Any] = dict.fromkeys(AccountFacts.__struct_fields__)
    fields |= {"person_id": 1, "account_id": 1, "portfolio_id": 1, "role": PartyRole.borrower, "overdue": 100}
    fields |= {"settled": False, "account_no": "1", **more}
    return AccountFacts(**fields)


@pytest.mark.parametrize(
    ("more", "purpose", "fired"),
    [
        pytest.param({}, Purpose.collect, [], id="overdue"),
        pytest.param({"overdue": 0}, Purpose.collect, ["HOUSE-PAID"], id="paid since planning"),
        pytest.param({"overdue": 0}, Purpose.reminder, [], id="a reminder is sent before it is overdue"),
        pytest.param({"overdue": 0, "reported_min": 31}, Purpose.collect, [], id="only reported as late"),
        pytest.param({"settled": True}, Purpose.reminder, ["HOUSE-PAID"], id="settled"),
        pytest.param({"settled": True, "account_id": 2}, Purpose.collect, [], id="another account is settled"),
    ],
)
def test_paid(more: dict[str, Any], purpose: Purpose, fired: list[str]) -> None:
    facts = person(zones=CHINA, accounts=(account(**more),))
    assert ask(contact(purpose=purpose), facts, policy("cn"), NOON)[1] == fired


@pytest.mark.parametrize(
    ("more", "answer", "earliest"),
    [
        pytest.param({}, Answer.deny, None, id="until it is lifted"),
        pytest.param(
            {"until": second("2026-05-20T00:00+08:00")}, Answer.deny, "2026-05-20T08:00+08:00", id="until a day"
        ),
        pytest.param({"until": second("2026-05-13T00:00+08:00")}, Answer.allow, None, id="over"),
        pytest.param({"debts": (2,)}, Answer.allow, None, id="another account"),
        pytest.param({"debts": (1, 2)}, Answer.deny, None, id="this account and another"),
    ],
)
def test_holds(more: dict[str, Any], answer: Answer, earliest: str | None) -> None:
    held = stands(Mark.hold, "2026-05-01T10:00+08:00", detail={"reason": "complaint"}, **more)
    verdict = judge(contact(), person(standing=(held,), zones=CHINA), policy("cn"), second(NOON))
    assert verdict.answer is answer
    assert (int(verdict.earliest.timestamp()) if verdict.earliest else None) == (earliest and second(earliest))


def test_two_holds_last_as_long_as_the_longer() -> None:
    ends = [second("2026-05-20T00:00+08:00"), second("2026-05-22T00:00+08:00")]
    held = [stands(Mark.hold, "2026-05-01T10:00+08:00", until=end) for end in ends]
    verdict = judge(contact(), person(standing=tuple(held), zones=CHINA), policy("cn"), second(NOON))
    assert verdict.rules[0].until == ends[1]
    endless = stands(Mark.hold, "2026-05-01T10:00+08:00")
    assert judge(contact(), person(standing=(*held, endless), zones=CHINA), policy("cn"), second(NOON)).earliest is None


@pytest.mark.parametrize(
    ("said_at", "at", "answer"),
    [
        pytest.param("2026-05-13T10:00+08:00", "2026-05-15T21:00+08:00", Answer.deny, id="second working day"),
        pytest.param("2026-05-13T10:00+08:00", "2026-05-16T08:00+08:00", Answer.allow, id="after it"),
        pytest.param("2026-05-15T10:00+08:00", "2026-05-19T21:00+08:00", Answer.deny, id="over a weekend"),
        pytest.param("2026-04-30T10:00+08:00", "2026-05-07T21:00+08:00", Answer.deny, id="over the May holiday"),
    ],
)
def test_quiet_after_already_paid(said_at: str, at: str, answer: Answer) -> None:
    facts = person(placed(said_at, "says_paid"), zones=CHINA)
    verdict = judge(contact(), facts, policy("cn"), second(at))
    assert verdict.answer is answer
    assert [rule.id for rule in verdict.rules] == (["HOUSE-SAYS-PAID"] if answer is Answer.deny else [])
    assert judge(contact(debts=(2,)), facts, policy("cn"), second(at)).answer is Answer.allow


def test_a_death_told_on_a_call_waits_for_a_person() -> None:
    facts = person(placed("2026-05-12T10:00+08:00", "deceased"), zones=CHINA)
    assert ask(contact(), facts, policy("cn"), NOON) == (Answer.review, ["HOUSE-DEC-SAID"])


PHONE = Phone(1, "+1")


@pytest.mark.parametrize(
    ("change", "role", "fired"),
    [
        pytest.param({}, Role.debtor, [], id="own and active"),
        pytest.param({"owner": ContactOwner.work}, Role.debtor, [], id="work"),
        pytest.param({"status": ContactStatus.wrong}, Role.debtor, ["HOUSE-NUMBER"], id="wrong"),
        pytest.param({"status": ContactStatus.given_up}, Role.debtor, ["HOUSE-NUMBER"], id="given up"),
        pytest.param({"status": ContactStatus.struck}, Role.debtor, ["HOUSE-NUMBER"], id="struck off"),
        pytest.param({"owner": ContactOwner.third_party}, Role.debtor, ["HOUSE-NUMBER"], id="somebody else's"),
        pytest.param({"owner": ContactOwner.stranger}, Role.debtor, ["HOUSE-NUMBER"], id="a stranger's"),
        pytest.param({"owner": ContactOwner.third_party}, Role.contact, ["CN-3P"], id="the third person's own"),
    ],
)
def test_numbers(change: dict[str, Any], role: Role, fired: list[str]) -> None:
    phone = msgspec.structs.replace(PHONE, **change)
    asked = contact(role=role, phone=phone, number="+1")
    assert ask(asked, person(zones=CHINA), policy("cn"), NOON)[1] == fired


@pytest.mark.parametrize(
    ("number", "verified", "answer"),
    [
        pytest.param("+1", None, Answer.deny, id="there"),
        pytest.param("+2", None, Answer.allow, id="elsewhere"),
        pytest.param(None, None, Answer.review, id="who knows"),
        pytest.param("+1", "2026-05-12T10:00+08:00", Answer.allow, id="verified since"),
        pytest.param("+1", "2026-05-01T10:00+08:00", Answer.deny, id="verified before"),
        pytest.param("+1", "2026-05-14T10:00+08:00", Answer.deny, id="verified only later"),
    ],
)
def test_where_a_stranger_answered(number: str | None, verified: str | None, answer: Answer) -> None:
    facts = person(placed("2026-05-11T10:00+08:00", "wrong_number", number="+1"), zones=CHINA)
    phone = None if verified is None else Phone(1, "+1", verified_at=second(verified))
    assert ask(contact(number=number, phone=phone), facts, policy("cn"), NOON)[0] is answer


def test_the_zone_of_the_phone_counts_as_well() -> None:
    phone = Phone(1, "+1", zones=("America/Los_Angeles",))
    at = "2026-05-13T10:30-04:00"
    assert ask(contact(phone=phone), person(), policy("us"), at)[1] == ["US-TIME"]
    assert ask(contact(phone=phone), person(zones=()), policy("us"), at)[1] == ["US-TIME"]
    assert ask(contact(), person(), policy("us"), at)[0] is Answer.allow


@pytest.mark.parametrize(
    ("minutes", "answer"),
    [
        pytest.param(0, Answer.allow, id="on time"),
        pytest.param(29, Answer.allow, id="a little late"),
        pytest.param(30, Answer.deny, id="too late"),
        pytest.param(-1, Answer.deny, id="too early"),
    ],
)
def test_a_call_back_is_made_when_it_was_asked_for(minutes: int, answer: Answer) -> None:
    facts = person()
    body = msgspec.structs.replace(
        facts.body, callbacks=(Callback(1, second("2026-05-13T22:00-04:00"), 1, None, None),)
    )
    facts = msgspec.structs.replace(facts, body=body)
    at = second("2026-05-13T22:00-04:00") + minutes * 60
    assert judge(contact(), facts, policy("us"), at).answer is answer
    early = judge(contact(), facts, policy("us"), second("2026-05-13T21:30-04:00"))
    assert early.earliest is not None
    assert early.earliest.timestamp() == second("2026-05-13T22:00-04:00")


def test_an_employer_s_address_is_used_only_after_the_person_did() -> None:
    asked = contact("email", number="ann@work", number_kind=NumberKind.work)
    wrote = placed("2026-05-12T10:00-04:00", kind=Kind.email, direction=Direction.inbound, number="ann@work")
    at = "2026-05-13T12:00-04:00"
    assert ask(asked, person(), policy("us"), at)[1] == ["US-MAIL"]
    assert ask(asked, person(wrote), policy("us"), at)[0] is Answer.allow
    assert ask(contact("email", number_kind=NumberKind.home), person(), policy("us"), at)[0] is Answer.allow


@pytest.mark.parametrize(
    ("pack", "number", "answer"),
    [
        pytest.param("house", "+1", Answer.deny, id="the number it came from"),
        pytest.param("house", "+2", Answer.allow, id="another number"),
        pytest.param("house", None, Answer.deny, id="which number is not known"),
        pytest.param("us", "+2", Answer.deny, id="in the US the whole medium"),
    ],
)
def test_how_far_an_opt_out_reaches(pack: str, number: str | None, answer: Answer) -> None:
    out = stands(Mark.opt_out, "2026-05-01T10:00-04:00", channel=Channel.sms, number="+1")
    fresh = stands(Mark.consent, "2026-05-01T10:00-04:00", channel=Channel.sms)
    facts = person(standing=(out, fresh))
    assert ask(contact("sms", number=number), facts, policy(pack), "2026-05-13T12:00-04:00")[0] is answer
    assert ask(contact("call", number=number), facts, policy(pack), "2026-05-13T12:00-04:00")[0] is Answer.allow


@pytest.mark.parametrize(
    ("referrals", "answer"),
    [
        pytest.param(("legal/accepted",), Answer.allow, id="referred"),
        pytest.param(("legal/proposed",), Answer.review, id="only proposed"),
        pytest.param(("skiptrace/accepted",), Answer.review, id="something else"),
    ],
)
def test_a_suit_is_announced_only_when_it_was_decided(referrals: tuple[str, ...], answer: Answer) -> None:
    extra = msgspec.json.encode(Extra(referrals=referrals)).decode()
    facts = person(zones=CHINA, accounts=(account(extra=extra),))
    assert ask(contact("letter", text="我司将依法起诉"), facts, policy("cn"), NOON)[0] is answer


def test_a_third_person_in_the_borrower_s_facts_has_an_own_count() -> None:
    """The borrower's facts hold whom else we asked: asked once, and outside the borrower's caps."""
    asked_before = placed("2026-05-12T10:00-04:00", "third_party", person=7)
    facts = person(asked_before, flags=("unreachable",), zones=(NEW_YORK,))
    third = {"role": Role.contact, "purpose": Purpose.location}
    at = "2026-05-13T12:00-04:00"
    assert ask(contact(person=7, **third), facts, policy("us"), at)[1] == ["US-LOC"]
    assert ask(contact(person=8, **third), facts, policy("us"), at)[0] is Answer.allow
    assert ask(contact(), person(*[asked_before] * 9), policy("us"), at)[0] is Answer.allow


def test_the_attorney_is_outside_the_counts() -> None:
    week = [placed(f"2026-05-{day:02}T{hour}:00-04:00") for day in (11, 12) for hour in (10, 12, 14, 16)]
    assert ask(contact(to_whom=Whom.attorney), person(*week), policy("us"), "2026-05-13T12:00-04:00")[0] is Answer.allow
    assert ask(contact(), person(*week), policy("us"), "2026-05-13T12:00-04:00")[1] == ["US-7IN7"]
    talk = placed("2026-05-12T10:00-04:00", "right_party")
    assert ask(contact(to_whom=Whom.attorney), person(talk), policy("us"), "2026-05-13T12:00-04:00")[0] is Answer.allow
    assert ask(contact(), person(talk), policy("us"), "2026-05-13T12:00-04:00")[1] == ["US-CONV"]


def test_a_call_in_flight_may_yet_be_answered() -> None:
    two = [placed(f"2026-05-13T0{hour}:00+08:00", "right_party") for hour in (8, 9)]
    in_flight = msgspec.structs.replace(placed("2026-05-13T10:00+08:00"), outcome=None)
    assert ask(contact(), person(*two, in_flight, zones=CHINA), policy("cn"), NOON)[1] == ["CN-FREQ"]
    assert ask(contact(), person(in_flight), policy("us"), "2026-05-13T12:00-04:00") == (Answer.review, ["US-CONV"])


def test_one_kind_of_closed_days_is_enough() -> None:
    sunday = policy("cn", tightening={"HOUSE-DAYS": {"weekdays": ["sun"]}})
    feast = policy("cn", tightening={"HOUSE-DAYS": {"dates": ["2026-05-17"]}})
    for rules in (sunday, feast):
        assert ask(contact(), person(zones=CHINA), rules, "2026-05-17T12:00+08:00")[1] == ["HOUSE-DAYS"]
        assert ask(contact(), person(zones=CHINA), rules, "2026-05-16T12:00+08:00")[0] is Answer.allow


def test_the_label_of_a_phone_tells_the_place() -> None:
    wish = stands(Mark.preference, "2026-05-01T10:00-04:00", detail={"place": "work"})
    at = "2026-05-13T12:00-04:00"
    for label, answer in (("work", Answer.deny), ("mobile", Answer.allow)):
        asked = contact(phone=Phone(1, "+1", label=label))
        assert ask(asked, person(standing=(wish,)), policy("us"), at)[0] is answer
    assert ask(contact(), person(standing=(wish,)), policy("us"), at)[0] is Answer.review


def test_a_consent_taken_back_for_a_channel_closes_it() -> None:
    at = "2026-05-13T12:00-04:00"
    texts = stands(Mark.revoked, "2026-05-01T10:00-04:00", channel=Channel.sms)
    wholly = stands(Mark.revoked, "2026-05-01T10:00-04:00")
    assert ask(contact("sms"), person(standing=(texts,)), policy("house"), at)[1] == ["HOUSE-OPTOUT"]
    assert ask(contact("call"), person(standing=(texts,)), policy("house"), at)[0] is Answer.allow
    assert ask(contact("sms"), person(standing=(wholly,)), policy("house"), at)[0] is Answer.allow
