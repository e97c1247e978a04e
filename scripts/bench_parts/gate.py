"""Verdicts of the gate a second, for every pack, against the references of design section 10.

    scripts/bench gate [--people 400] [--rounds 5]

Facts are built beforehand. Each person is asked about once at a moment of one day (by night as by day, calls and text
messages), without the search for the earliest moment, as the plan and the claim ask; what that search costs is printed
beside. References measured in the same run: one pass over 30 events, and one conversion of a moment to a zone. Seconds
are the processor's own and the best of the rounds, since other work may share it; ratios count. A mark that is missed
is named, and the command ends with 1.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from collector.compliance.packs import CODES, load_pack
from collector.compliance.rules import Answer, Contact, Policy, compile_policy, judge
from collector.facts.rules import Event, Kind, Mark, PersonBody, PersonFacts, Phone, Standing
from collector.foundation.clock import parse_moment
from collector.history.rules import Channel

DAY = 86400
MIDNIGHT = int(parse_moment("2026-05-13T00:00+08:00").timestamp())
MARKS = {3: 100_000, 30: 15_000}
"""Events in the history → verdicts a second and core (design section 10)."""
ZONES = {"cn": "Asia/Shanghai", "in": "Asia/Kolkata", "uk": "Europe/London", "us": "America/New_York"}
OUTCOMES = ("no_answer", "no_answer", "voicemail", "busy", "switched_off", "rejected", "right_party")

Asked = tuple[Contact, PersonFacts, int]


def main(argv: list[str] | None = None) -> int:
    """Print the ratios; 1 when a mark is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench gate", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(argv)
    one_pass, conversion = _references(options.rounds)
    print(f"references: one pass over 30 events {one_pass * 1e6:.2f} us, a zone conversion {conversion * 1e6:.2f} us")
    print(f"{'pack':6} events  verdicts/s   mark  in passes  in conversions  with earliest  allowed")
    missed = [
        f"{code} at {count} events"
        for code in CODES
        for count, mark in MARKS.items()
        if not _measured(code, count, mark, options, one_pass, conversion)
    ]
    _ten_thousand(options.rounds)
    print(f"missed: {', '.join(missed)}" if missed else "every mark is reached")
    return 1 if missed else 0


def _best(rounds: int, work: Callable[[], object]) -> float:
    """Processor seconds of the quickest round; the first one only warms."""
    took = []
    for _ in range(rounds + 1):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return min(took[1:])


def _references(rounds: int, repeats: int = 3000) -> tuple[float, float]:
    """Seconds of one pass over 30 events that compares their moments, and of one zone conversion."""
    events, since = _person(random.Random(1), 30, "Asia/Shanghai").body.events, MIDNIGHT - DAY
    moments, zone = [datetime.fromtimestamp(MIDNIGHT + n * 60, UTC) for n in range(repeats)], ZoneInfo("Asia/Shanghai")

    def passes() -> None:
        for _ in range(repeats):
            count = 0
            for event in events:
                if event.at >= since:
                    count += 1

    def conversions() -> None:
        for moment in moments:
            moment.astimezone(zone)

    return _best(rounds, passes) / repeats, _best(rounds, conversions) / repeats


def _person(chance: random.Random, count: int, zone: str) -> PersonFacts:
    """Somebody with that many contacts in the last week, a number, and a consent to texts."""
    moments = sorted(MIDNIGHT - chance.randrange(7 * DAY) for _ in range(count))
    kinds = [chance.choice([Kind.call, Kind.call, Kind.call, Kind.sms]) for _ in moments]
    events = tuple(
        Event(
            kind,
            at,
            outcome=chance.choice(OUTCOMES) if kind is Kind.call else None,
            number="+8613800000001",
            caller="+862155510001",
            debts=(1,),
            collector=1,
        )
        for at, kind in zip(moments, kinds, strict=True)
    )
    consent = (Standing(Mark.consent, MIDNIGHT - 5 * DAY, channel=Channel.sms),) if chance.random() < 0.2 else ()
    phones = (Phone(1, "+8613800000001", zones=(zone,)),)
    return PersonFacts(1, PersonBody(zones=(zone,), standing=consent, phones=phones, events=events), ())


def _questions(code: str, count: int, people: int) -> list[Asked]:
    chance = random.Random(count)
    zone = ZONES.get(code, "Europe/Paris")
    found = []
    for _ in range(people):
        facts = _person(chance, count, zone)
        channel = chance.choice([Channel.call, Channel.sms])
        contact = Contact(channel, (1,), 1, number="+8613800000001", phone=facts.body.phones[0])
        found.append((contact, facts, MIDNIGHT + chance.randrange(DAY)))
    return found


def _asking(policy: Policy, questions: Sequence[Asked], earliest: bool) -> Callable[[], None]:
    def work() -> None:
        for contact, facts, at in questions:
            judge(contact, facts, policy, at, earliest=earliest)

    return work


def _measured(
    code: str, count: int, mark: int, options: argparse.Namespace, one_pass: float, conversion: float
) -> bool:
    policy = compile_policy(load_pack(code), "agency")
    questions = _questions(code, count, options.people)
    each = _best(options.rounds, _asking(policy, questions, False)) / len(questions)
    search = _best(options.rounds, _asking(policy, questions, True)) / len(questions)
    allowed = sum(judge(c, f, policy, at, earliest=False).answer is Answer.allow for c, f, at in questions)
    reached = "ok" if 1 / each >= mark else "MISSED"
    print(
        f"{code:6} {count:6}  {1 / each:10,.0f} {reached:>6}  {each / one_pass:9.1f}  {each / conversion:14.1f}"
        f"  {1 / search:11,.0f}/s  {allowed / len(questions):6.0%}"
    )
    return 1 / each >= mark


def _ten_thousand(rounds: int) -> None:
    """A history nobody has: it must be answered, in a time that is told."""
    facts, policy = _person(random.Random(2), 10_000, ZONES["us"]), compile_policy(load_pack("us"), "agency")
    contact, at = Contact(Channel.call, (1,), 1, number="+8613800000001"), MIDNIGHT + DAY
    once = _best(rounds, lambda: judge(contact, facts, policy, at, earliest=False))
    search = _best(rounds, lambda: judge(contact, facts, policy, at))
    print(f"us, 10,000 events in one history: a verdict {once * 1e3:.1f} ms, with the earliest {search * 1e3:.1f} ms")


if __name__ == "__main__":
    raise SystemExit(main())
