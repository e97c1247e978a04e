"""What an inbound SMS says, as far as it is certain (security section 1: only stop words act alone).

A stop acts at once when the whole message is a stop word, or asks clearly not to be contacted. Everything else is
recognised only to put it before the right person; nothing is ever inferred to our advantage.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Reading(StrEnum):
    stop = "stop"
    start = "start"
    help = "help"
    wrong_number = "wrong_number"
    deceased = "deceased"
    attorney = "attorney"
    bankruptcy = "bankruptcy"
    says_paid = "says_paid"
    will_pay = "will_pay"
    dispute = "dispute"
    other = "other"
    missed_call = "missed_call"
    """Not a message: somebody called, and nobody was free."""


ACTS_ALONE = frozenset({Reading.stop, Reading.start})
"""Carried out without a person; all others wait for one."""


@dataclass(frozen=True, slots=True)
class Read:
    reading: Reading
    certain: bool
    """True when the whole message is the word, or the words leave no other reading."""
    no_calls: bool = False
    """Of a stop: it asks not to be called either; a bare stop word is about messages."""


STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "end", "quit", "revoke", "optout", "opt out", "opt-out", "cancel"}
    | {"r", "t", "td", "n", "退订", "停止", "拒收", "取消订阅"}
)
START_WORDS = frozenset({"start", "unstop"})
"""Not "yes": it may answer anything."""
HELP_WORDS = frozenset({"help", "info", "帮助"})

STOP_PHRASES = re.compile(
    r"(stop|quit|do not|don'?t|never)\s+(ever\s+)?(call|text|contact|messag|bother|harass|send)"
    r"|leave me alone|take me off|remove (me|my number)"
    r"|(不要|别|勿|停止|不准)再?(给我|跟我)?(打|发|联系|骚扰|电话|短信)|退订|拒收|不要骚扰",
    re.IGNORECASE,
)
ABOUT_CALLS = re.compile(r"call|contact|bother|harass|alone|take me off|remove|打|联系|骚扰|电话", re.IGNORECASE)
"""Who says this does not want to be called either."""

PHRASES: tuple[tuple[Reading, re.Pattern[str]], ...] = (
    (
        Reading.deceased,
        re.compile(r"\b(died|deceased|passed away|is dead)\b|去世|过世|死亡|不在人世", re.IGNORECASE),
    ),
    (Reading.bankruptcy, re.compile(r"\bbankrupt|chapter (7|11|13)\b|破产", re.IGNORECASE)),
    (Reading.attorney, re.compile(r"\b(lawyer|attorney|solicitor|legal counsel)\b|律师", re.IGNORECASE)),
    (
        Reading.wrong_number,
        re.compile(
            r"\bwrong (number|person)\b|who is this|don'?t know (him|her|them|this)"
            r"|打错|发错|不是本人|不认识",
            re.IGNORECASE,
        ),
    ),
    (
        Reading.says_paid,
        re.compile(
            r"\b(already|have|i'?ve|just) paid\b|\bpaid (it )?(already|yesterday|today)\b"
            r"|已(经)?(还|付|缴|结清)|还过了|还完了",
            re.IGNORECASE,
        ),
    ),
    (
        Reading.dispute,
        re.compile(
            r"\b(dispute|not my debt|don'?t owe|do not owe|fraud|identity theft)\b"
            r"|不是我(借|欠)|没有?借过|有异议|诈骗",
            re.IGNORECASE,
        ),
    ),
    (
        Reading.will_pay,
        re.compile(
            r"\b(will|going to|can|gonna) pay\b|\bpay (on|by|next|tomorrow)\b"
            r"|(会|就|明天|后天|下周|月底|周[一二三四五六日]).{0,6}(还|付)",
            re.IGNORECASE,
        ),
    ),
)


def read_inbound(text: str) -> Read:
    """How a message reads. Width, case, spaces and punctuation around it do not matter."""
    folded = unicodedata.normalize("NFKC", text)
    bare = " ".join(re.sub(r"[^\w\s'-]", " ", folded).lower().split())
    for words, reading in ((STOP_WORDS, Reading.stop), (START_WORDS, Reading.start), (HELP_WORDS, Reading.help)):
        if bare in words:
            return Read(reading, certain=True)
    if STOP_PHRASES.search(folded):
        return Read(Reading.stop, certain=True, no_calls=ABOUT_CALLS.search(folded) is not None)
    found = [reading for reading, pattern in PHRASES if pattern.search(folded)]
    return Read(found[0], certain=len(found) == 1) if found else Read(Reading.other, certain=False)
