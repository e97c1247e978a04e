"""The kinds of simulated borrowers, and which number gets which.

Like a loop-back trunk whose last digits pick the outcome, the last two digits of a number pick a persona;
every other ending draws one from the seed by `WEIGHTS`, so that in an ordinary book about one number in a
hundred has each oddity.

| ending | persona      | a call brings                         | a text brings                   | pays   |
|--------|--------------|---------------------------------------|---------------------------------|--------|
| 00     | answers      | right_party, 90 s, promises in 3 days | delivered                       | prompt |
| 01     | no_answer    | no_answer: rings out                  | delivered                       | slow   |
| 02     | busy         | busy                                  | delivered                       | slow   |
| 03     | rejected     | rejected: carrier says busy after 5 s | delivered                       | slow   |
| 04     | switched_off | switched_off: carrier says no-answer  | undelivered 30003               | never  |
| 05     | suspended    | suspended: carrier says failed        | undelivered 30003               | never  |
| 06     | vacant       | vacant: carrier says failed           | undelivered 30005               | never  |
| 07     | unreachable  | unreachable: carrier says no-answer   | undelivered 30003               | never  |
| 08     | voicemail    | voicemail, machine_end_beep           | delivered                       | slow   |
| 09     | assistant    | assistant, machine_start              | delivered                       | slow   |
| 10     | third_party  | third_party                           | delivered                       | never  |
| 11     | wrong_number | wrong_number                          | delivered, "Wrong number"       | never  |
| 12     | landline     | right_party                           | undelivered 30006               | prompt |
| 13     | opted_out    | right_party                           | refused 21610                   | slow   |
| 14     | stop         | rejected                              | delivered, "STOP"               | never  |
| 15     | will_pay     | right_party, promises in 3 days       | delivered, "will pay on Friday" | prompt |
| 16     | already_paid | says_paid                             | delivered, "already paid"       | never  |
| 17     | tui_ding     | rejected                              | delivered, "退订"               | never  |
| 18     | filtered     | no_answer                             | undelivered 30007               | slow   |
| 19     | blocked      | no_answer                             | undelivered 30004               | slow   |
| 20     | no_receipt   | no_answer                             | stays `sent`, no receipt comes  | slow   |
| 21     | deceased     | deceased                              | delivered                       | never  |
| 22     | trunk_fault  | failed on attempt 1, then right_party | failed 30008                    | slow   |
| 23     | third_time   | no_answer, from attempt 3 right_party | delivered                       | slow   |
| 24     | breaker      | right_party, promises in 2 days       | delivered, "will pay on Friday" | never  |
| 25     | screener     | answers one caller number in three    | delivered                       | slow   |
| others | `reachable`, `evasive` or one of the above, by `WEIGHTS` |

`reachable` answers best in one part of the local day, its own (morning until 12, afternoon until 18,
evening); `evasive` never does. Where a reply has a Chinese wording, numbers under +86 use it. Local time is
Shanghai for +86, New York for +1, UTC elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from collector.history.rules import Outcome


class Payer(StrEnum):
    prompt = "prompt"
    slow = "slow"
    never = "never"


@dataclass(frozen=True, slots=True)
class Persona:
    """How one kind of borrower takes calls, texts and debts.

    `outcome` None: by attempt, caller, hour or chance. `refused` is the REST error that a text meets at once,
    `sms_error` the error code of its receipt; without `receipt` none ever comes.
    """

    name: str
    outcome: Outcome | None = None
    payer: Payer = Payer.slow
    promise_days: int | None = None
    refused: int | None = None
    sms_error: int | None = None
    receipt: bool = True
    reply: str | None = None
    reply_zh: str | None = None


FRIDAY = "will pay on Friday"

PERSONAS: Final = {
    persona.name: persona
    for persona in (
        Persona("answers", Outcome.right_party, Payer.prompt, promise_days=3),
        Persona("no_answer", Outcome.no_answer),
        Persona("busy", Outcome.busy),
        Persona("rejected", Outcome.rejected),
        Persona("switched_off", Outcome.switched_off, Payer.never, sms_error=30003),
        Persona("suspended", Outcome.suspended, Payer.never, sms_error=30003),
        Persona("vacant", Outcome.vacant, Payer.never, sms_error=30005),
        Persona("unreachable", Outcome.unreachable, Payer.never, sms_error=30003),
        Persona("voicemail", Outcome.voicemail),
        Persona("assistant", Outcome.assistant),
        Persona("third_party", Outcome.third_party, Payer.never),
        Persona("wrong_number", Outcome.wrong_number, Payer.never, reply="Wrong number", reply_zh="打错了"),
        Persona("landline", Outcome.right_party, Payer.prompt, sms_error=30006),
        Persona("opted_out", Outcome.right_party, refused=21610),
        Persona("stop", Outcome.rejected, Payer.never, reply="STOP"),
        Persona("will_pay", Outcome.right_party, Payer.prompt, promise_days=3, reply=FRIDAY, reply_zh="周五还款"),
        Persona("already_paid", Outcome.says_paid, Payer.never, reply="already paid", reply_zh="已经还了"),
        Persona("tui_ding", Outcome.rejected, Payer.never, reply="退订"),
        Persona("filtered", Outcome.no_answer, sms_error=30007),
        Persona("blocked", Outcome.no_answer, sms_error=30004),
        Persona("no_receipt", Outcome.no_answer, receipt=False),
        Persona("deceased", Outcome.deceased, Payer.never),
        Persona("trunk_fault", sms_error=30008),
        Persona("third_time"),
        Persona("breaker", Outcome.right_party, Payer.never, promise_days=2, reply=FRIDAY, reply_zh="周五还款"),
        Persona("screener"),
        Persona("reachable", promise_days=3),
        Persona("evasive", payer=Payer.never),
    )
}

ENDINGS: Final = {f"{digits:02d}": name for digits, name in enumerate(list(PERSONAS)[:26])}
"""The table above: the last two digits of a number → the persona's name."""

WEIGHTS: Final = (
    ("reachable", 50),
    ("answers", 8),
    ("evasive", 12),
    ("screener", 6),
    ("will_pay", 4),
    ("breaker", 3),
    ("third_party", 4),
    ("wrong_number", 3),
    ("switched_off", 3),
    ("vacant", 3),
    ("suspended", 2),
    ("landline", 1),
    ("already_paid", 1),
)
"""Parts in a hundred of the personas of numbers whose ending picks none."""
