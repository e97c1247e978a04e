"""Short ways to write a question to the gate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from collector.compliance.check import check_document
from collector.compliance.packs import load_pack
from collector.compliance.rules import Answer, Contact, Policy, Verdict, compile_policy, judge
from collector.facts.rules import Event, Kind, Mark, PersonBody, PersonFacts, Standing
from collector.history.rules import Channel

NEW_YORK = "America/New_York"
SHANGHAI = "Asia/Shanghai"


def second(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def policy(pack: str, collector_type: str = "agency", **more: Any) -> Policy:
    return compile_policy(load_pack(pack), collector_type, **more)


def event(kind: str, at: str, person: str = "C", debts: tuple[str, ...] = ("A",), **more: Any) -> dict[str, Any]:
    return {"kind": kind, "at": at, "person": person, "debts": list(debts), "collector": "K1", **more}


def call(at: str, outcome: str = "no_answer", **more: Any) -> dict[str, Any]:
    return event("call", at, outcome=outcome, **more)


def question(
    pack: str,
    events: list[dict[str, Any]],
    candidate: dict[str, Any],
    person: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    zone = {"cn": SHANGHAI, "us": NEW_YORK, "in": "Asia/Kolkata", "uk": "Europe/London"}.get(pack, "Europe/Paris")
    somebody = {"id": "C", "role": "debtor", "timezones": [zone], "flags": [], **(person or {})}
    return {
        "pack": pack,
        "collector_type": "agency",
        "person": somebody,
        "events": events,
        "candidate": {"text": None, **candidate},
        **more,
    }


def check(*args: Any, **more: Any) -> tuple[str, list[str], str | None]:
    """Verdict, ids of the rules that fired, and the earliest moment."""
    answer = check_document(question(*args, **more))
    return answer["verdict"], [rule["id"] for rule in answer["rules"]], answer["earliest"]


def person(
    *events: Event,
    standing: tuple[Standing, ...] = (),
    zones: tuple[str, ...] = (NEW_YORK,),
    flags: tuple[str, ...] = (),
    accounts: tuple[Any, ...] = (),
    language: str = "",
) -> PersonFacts:
    body = PersonBody(zones=zones, flags=flags, standing=standing, events=tuple(events), language=language)
    return PersonFacts(1, body, accounts)


def placed(at: str | int, outcome: str = "no_answer", kind: Kind = Kind.call, **more: Any) -> Event:
    moment = at if isinstance(at, int) else second(at)
    return Event(
        kind, moment, outcome=outcome if kind is Kind.call else None, **{"debts": (1,), "collector": 1, **more}
    )


def stands(mark: Mark, at: str, **more: Any) -> Standing:
    return Standing(mark, second(at), **more)


def contact(channel: str = "call", **more: Any) -> Contact:
    return Contact(Channel(channel), **{"debts": (1,), "collector": 1, **more})


def ids(verdict: Verdict) -> list[str]:
    return [rule.id for rule in verdict.rules]


def ask(contact_: Contact, facts: PersonFacts, policy_: Policy, at: str) -> tuple[Answer, list[str]]:
    verdict = judge(contact_, facts, policy_, second(at))
    return verdict.answer, ids(verdict)
