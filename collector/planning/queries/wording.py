"""What the gate says of a portfolio's texts, whomever they go to: found out once, not for every person.

A text is refused here only where it would be refused for everybody: in every turn its conditions can take, with the
least in its variables, and for somebody in whose favour everything else speaks. What depends on the person is judged
at the claim, as every text is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product

import msgspec

from collector.compliance.rules import Answer, Contact, Fired, Policy, judge
from collector.facts.rules import BLANK, Extra, PersonBody, PersonFacts
from collector.foundation.errors import BadInput
from collector.history.rules import Channel
from collector.planning.rules import TEXT_RULE, Spoken
from collector.texts.catalogue import Catalogue
from collector.texts.rules import VARIABLES, Kind, Value, sender_values
from collector.texts.template import Template

MOST_TURNS = 64
"""A text whose conditions can take more turns is left to the claim."""
LEAST = "1"
"""Stands for what is different for each person: no word of it is forbidden, and nothing is shorter."""
PERSONAL = ("name",)
"""What `sender_values` stands in for, and a person may have."""
REFERRED = msgspec.structs.replace(BLANK, extra=msgspec.json.encode(Extra(referrals=("legal/accepted",))).decode())
"""A suit may be announced here: whether it may elsewhere, the claim knows."""

SenderWords = tuple[str, str, str, bool, str]
"""As `sender_values` takes them."""


@lru_cache(maxsize=256)
def refused_words(
    policy: Policy, catalogue: Catalogue, sender: SenderWords
) -> Mapping[tuple[str, str], tuple[Spoken, ...]]:
    """(template, language) → the rules that refuse its words, as in `Refused`; empty: none does."""
    return {(template.name, template.language): refusing(policy, template, sender) for template in catalogue}


def refusing(policy: Policy, template: Template, sender: SenderWords) -> tuple[Spoken, ...]:
    """The rules that refuse these words to everybody."""
    anybody = PersonFacts(0, PersonBody(language=template.language), (REFERRED,))
    unwritten = Contact(Channel.sms, (REFERRED.account_id,), template=template.key)
    before = {rule.id for rule in judge(unwritten, anybody, policy, 0, earliest=False).rules}
    always: dict[str, Fired] | None = None
    for text in _written(template, sender_values(template.language, *sender)):
        if isinstance(text, BadInput):
            said: tuple[Fired, ...] = (Fired(TEXT_RULE, Answer.deny, text.message, "house"),)
        else:
            said = judge(msgspec.structs.replace(unwritten, text=text), anybody, policy, 0, earliest=False).rules
        fired = {rule.id: rule for rule in said if rule.id not in before}
        always = fired if always is None else {name: rule for name, rule in always.items() if name in fired}
        if not always:
            return ()
    return tuple((rule.id, rule.answer.value, rule.reason) for rule in (always or {}).values())


def _written(template: Template, own: Mapping[str, Value]) -> Iterator[str | BadInput]:
    """The text in every turn its conditions can take, or why it can not be written; none where there are too many."""
    given = {name: value for name, value in own.items() if name not in PERSONAL}
    least: dict[str, Value] = dict.fromkeys(template.variables, LEAST)
    turns: dict[str, tuple[Value, Value]] = {
        name: (True, False) if VARIABLES[name].kind is Kind.flag else (LEAST, "")
        for name in sorted(template.variables - given.keys())
        if VARIABLES[name].kind is Kind.flag or name in template.may_be_empty
    }
    if 2 ** len(turns) > MOST_TURNS:
        return
    for turn in product(*turns.values()):
        try:
            yield template.render({**least, **given, **dict(zip(turns, turn, strict=True))})
        except BadInput as error:
            yield error
