"""A pack compiled for a portfolio: the functions to ask, in the order of judging, with their parameters ready."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntFlag
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from pydantic import ValidationError

from collector.compliance.rules import (
    answering,
    carrier,
    consent,
    content,
    debts,
    disputes,
    frequency,
    hours,
    parties,
    stops,
    wishes,
)
from collector.compliance.rules.case import Capabilities, Case, Setting
from collector.compliance.rules.pack import Pack, Rule
from collector.compliance.rules.parameters import Parameters
from collector.compliance.rules.verdict import Answer, Finding, Fired
from collector.facts.rules import Mark
from collector.foundation.errors import BadInput, Problem
from collector.history.rules import Channel
from collector.portfolio.rules import CollectorType, DebtType

Ask = Callable[[Any, Case], Finding | None]


class Needs(IntFlag):
    """What must be there for a rule to have anything to object to; a case without it does not ask the rule."""

    NOTHING = 0
    EVENTS = 1
    TOLD = 2
    """An outcome that tells something of the person or the number."""
    TEXT = 4
    UNUSUAL = 8
    """Not the debtor or co-borrower in person, or a purpose other than collecting and reminding."""
    OURS = 16
    """We begin it: it is no answer, made at once, to the person's own message."""


class Known(NamedTuple):
    """A rule function of this house."""

    ask: Ask
    parameters: type[Parameters]
    needs: Needs = Needs.NOTHING
    hears: frozenset[str] = frozenset()
    """Marks of which one must stand; empty: it is not about marks."""


def _marks(*marks: Mark) -> frozenset[str]:
    return frozenset(marks)


FUNCTIONS: dict[str, Known] = {
    "stop": Known(stops.stop, stops.Stop),
    "crisis": Known(stops.crisis, stops.Crisis, hears=_marks(Mark.mental_health_crisis)),
    "dispute": Known(disputes.dispute, disputes.Dispute, Needs.OURS, _marks(Mark.dispute)),
    "validation": Known(disputes.validation, disputes.Validation, Needs.EVENTS, _marks(Mark.validation_due)),
    "hold": Known(stops.hold, stops.Hold, Needs.OURS, _marks(Mark.hold)),
    "paid": Known(stops.paid, stops.Paid, Needs.OURS),
    "kept_plan": Known(stops.kept_plan, stops.KeptPlan, hears=_marks(Mark.agreement)),
    "said": Known(stops.said, stops.Said, Needs.EVENTS | Needs.TOLD | Needs.OURS),
    "confirmation": Known(stops.confirmation, stops.Confirmation, Needs.UNUSUAL),
    "answering": Known(answering.answering, answering.Answering, Needs.UNUSUAL),
    "opt_out": Known(wishes.opt_out, wishes.OptOut, hears=_marks(Mark.opt_out, Mark.revoked)),
    "closed_channel": Known(wishes.closed_channel, wishes.Closed),
    "third_party": Known(parties.third_party, parties.ThirdParty, Needs.UNUSUAL | Needs.OURS),
    "one_voice": Known(parties.one_voice, parties.OneVoice, Needs.OURS, _marks(Mark.with_legal)),
    "guarantee": Known(parties.guarantee, parties.Guarantee, Needs.UNUSUAL | Needs.OURS),
    "number": Known(parties.number, parties.Number, Needs.OURS),
    "wrong_number": Known(parties.wrong_number, parties.WrongNumber, Needs.EVENTS | Needs.TOLD | Needs.OURS),
    "work_mail": Known(parties.work_mail, parties.WorkMail),
    "text_consent": Known(consent.text_consent, consent.TextConsent),
    "preference": Known(wishes.preference, wishes.Preference, Needs.OURS, _marks(Mark.preference)),
    "zone": Known(hours.zone, hours.Zone, Needs.OURS),
    "hours": Known(hours.hours, hours.Hours, Needs.OURS),
    "closed_days": Known(hours.closed_days, hours.ClosedDays, Needs.OURS),
    "calls_per_debt": Known(debts.calls_per_debt, debts.PerDebt, Needs.EVENTS),
    "after_conversation": Known(debts.after_conversation, debts.AfterTalk, Needs.EVENTS),
    "bunching": Known(debts.bunching, debts.Bunching, Needs.EVENTS),
    "answered": Known(frequency.answered, frequency.Answered, Needs.EVENTS),
    "dials": Known(frequency.dials, frequency.Dials, Needs.EVENTS),
    "texts": Known(frequency.texts, frequency.Texts, Needs.EVENTS | Needs.OURS),
    "discreet": Known(content.discreet, content.Discreet, Needs.TEXT | Needs.UNUSUAL),
    "forbidden": Known(content.forbidden, content.Forbidden, Needs.TEXT),
    "time_barred": Known(content.time_barred, content.TimeBarred),
    "signature": Known(content.signature, content.Signature, Needs.TEXT),
    "opt_out_text": Known(content.opt_out_text, content.OptOutText, Needs.TEXT),
    "identity": Known(content.identity, content.Identity, Needs.TEXT),
    "voicemail": Known(content.voicemail, content.Voicemail, Needs.TEXT),
    "length": Known(content.length, content.Length, Needs.TEXT),
    "language": Known(content.language, content.Language, Needs.TEXT),
    "carrier_channel": Known(carrier.carrier_channel, carrier.Carrier),
    "carrier_country": Known(carrier.carrier_country, carrier.Carrier),
    "carrier_content": Known(carrier.carrier_content, carrier.Carrier),
    "carrier_template": Known(carrier.carrier_template, carrier.Carrier, Needs.TEXT),
    "carrier_language": Known(carrier.carrier_language, carrier.Carrier, Needs.TEXT),
    "carrier_two_way": Known(carrier.carrier_two_way, carrier.TwoWay, Needs.TEXT),
}
"""Name in the pack → function, in the order of judging: full stops, channel stops, parties, place and medium, time,
frequency, content, carrier."""

_ORDER = {name: position for position, name in enumerate(FUNCTIONS)}
STOPS = ("bankruptcy", "deceased", "cease", "attorney", "breathing_space", "settled", "vulnerable", "hardship")
"""Marks and flags in the order of judging."""

CHANNELS_OF: dict[str, frozenset[Channel]] = {
    "answered": frozenset({Channel.call}),
    "dials": frozenset({Channel.call}),
    "calls_per_debt": frozenset({Channel.call}),
    "after_conversation": frozenset({Channel.call}),
    "bunching": frozenset({Channel.call}),
    "voicemail": frozenset({Channel.call}),
    "texts": frozenset({Channel.sms}),
    "text_consent": frozenset({Channel.sms}),
    "signature": frozenset({Channel.sms}),
    "work_mail": frozenset({Channel.email}),
}
"""Functions that have something to say about these channels only."""


class Asked(NamedTuple):
    """A rule ready to be asked."""

    ask: Ask
    parameters: Parameters
    rule: Rule

    def fire(self, found: Finding) -> Fired:
        return Fired(self.rule.id, found.answer or self.rule.answer, found.reason, self.rule.source, found.until)


@dataclass(frozen=True, eq=False)
class Policy:
    """What the gate of one portfolio asks."""

    pack: Pack
    setting: Setting
    rules: tuple[Asked, ...]
    """All rules that bind here, in the order of judging."""
    terms: Mapping[str, Any]
    """What it was compiled from, word for word, as JSON can hold it: enough to compile it again."""

    touched: dict[tuple[Channel, int, frozenset[str]], tuple[Asked, ...]] = field(default_factory=dict)
    """The parts of them that were asked for so far; what `asked` makes once for each sort of case."""

    def asked(self, channel: Channel, needs: int, heard: frozenset[str]) -> tuple[Asked, ...]:
        """The rules that a case can touch, by its channel, the `Needs` that are met, and its marks and flags."""
        sort = (channel, needs, heard)
        found = self.touched.get(sort)
        if found is None:
            found = self.touched[sort] = tuple(_touched(self.rules, channel, needs, heard))
        return found

    @property
    def name(self) -> str:
        """ "code@version" of its pack."""
        return f"{self.pack.code}@{self.pack.version}"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of its terms, hex: two gates of one digest give the same verdicts."""
        return hashlib.sha256(msgspec.json.encode(self.terms, order="sorted")).hexdigest()


def compile_policy(
    pack: Pack,
    collector_type: CollectorType | str,
    debt_type: DebtType | str | None = None,
    tightening: Mapping[str, Mapping[str, Any]] | None = None,
    capabilities: Capabilities | None = None,
) -> Policy:
    """The pack as it binds one portfolio.

    `tightening`: rule id → parameters that are stricter than the pack's; also `answer`, and `binds` for a collector
    type that the law leaves free. A looser or unknown one is a `BadInput` that names rule and parameter. An unknown
    debt type (None) is bound by every rule.
    """
    collector = CollectorType(collector_type).value
    tightened = _tighten(pack, tightening or {})
    bound = [
        rule
        for rule in tightened
        if rule.asks is not None
        and (not rule.binds or collector in rule.binds)
        and (debt_type is None or not rule.debt_types or debt_type in rule.debt_types)
        and (capabilities is not None or not rule.asks.startswith("carrier_"))
        and (pack.zone is None or rule.asks != "zone")
    ]
    ready = (_ready(rule) for rule in sorted(bound, key=_position))
    asked = tuple(one for one in ready if not one.parameters.is_idle)
    setting = Setting(collector, (pack.zone,) if pack.zone else (), pack.country, capabilities)
    terms = {
        "pack": pack.texts[0],
        "house": pack.texts[1],
        "collector_type": collector,
        "debt_type": None if debt_type is None else DebtType(debt_type).value,
        "tightening": dict(tightening or {}),
        "capabilities": capabilities,
    }
    return Policy(pack, setting, asked, msgspec.to_builtins(terms, order="sorted"))


def _position(rule: Rule) -> tuple[int, int]:
    """Where a rule is judged; among stops, the order of compliance.md."""
    name = rule.parameters.get("mark") or rule.parameters.get("flag")
    return _ORDER[str(rule.asks)], STOPS.index(name) if rule.asks == "stop" and name in STOPS else len(STOPS)


def _touched(asked: Iterable[Asked], channel: Channel, needs: int, heard: frozenset[str]) -> Iterable[Asked]:
    for one in asked:
        name = str(one.rule.asks)
        wanted, hears = FUNCTIONS[name].needs, _hears(one)
        is_met = wanted & needs == wanted and (not hears or not hears.isdisjoint(heard))
        is_meant = not one.rule.channels or channel in one.rule.channels
        if is_meant and channel in CHANNELS_OF.get(name, Channel) and (is_met or one.parameters.is_shut):
            yield one


def _hears(one: Asked) -> frozenset[str]:
    """A stop hears the mark and the flag that it is set to."""
    if isinstance(one.parameters, stops.Stop):
        return frozenset(str(word) for word in (one.parameters.mark, one.parameters.flag) if word is not None)
    return FUNCTIONS[str(one.rule.asks)].hears


def _ready(rule: Rule) -> Asked:
    known = FUNCTIONS[str(rule.asks)]
    return Asked(known.ask, parameters_of(rule), rule)


def parameters_of(rule: Rule) -> Parameters:
    """The typed parameters of a rule; what does not fit is a `BadInput` that names rule and parameter."""
    if rule.asks not in FUNCTIONS:
        raise BadInput(problems=(Problem(f"no rule function {rule.asks!r}", column=rule.id),))
    try:
        return FUNCTIONS[rule.asks].parameters.model_validate(dict(rule.parameters))
    except ValidationError as error:
        problems = tuple(
            Problem(part["msg"], column=".".join([rule.id, *map(str, part["loc"])])) for part in error.errors()
        )
        raise BadInput(problems=problems) from error


def _tighten(pack: Pack, tightening: Mapping[str, Mapping[str, Any]]) -> list[Rule]:
    known = {rule.id for rule in pack.rules if rule.asks is not None}
    unknown = [Problem(f"pack {pack.code} has no such rule", column=name) for name in tightening.keys() - known]
    if unknown:
        raise BadInput(problems=tuple(unknown))
    return [_tightened(rule, tightening[rule.id]) if rule.id in tightening else rule for rule in pack.rules]


def _tightened(rule: Rule, change: Mapping[str, Any]) -> Rule:
    inside = {name: value for name, value in change.items() if name not in ("answer", "binds")}
    new = replace(rule, parameters={**rule.parameters, **inside})
    looser = parameters_of(rule).looser_fields(parameters_of(new))
    if "answer" in change:
        new = replace(new, answer=_answer(rule, change["answer"]))
        looser += ["answer"] if (rule.answer, new.answer) == (Answer.deny, Answer.review) else []
    if "binds" in change:
        new = replace(new, binds=_binds(rule, change["binds"]))
        looser += ["binds"] if not (new.binds >= rule.binds and (rule.binds or not new.binds)) else []
    if looser:
        raise BadInput(
            problems=tuple(
                Problem("a portfolio may only tighten its pack", column=f"{rule.id}.{name}") for name in looser
            )
        )
    return new


def _binds(rule: Rule, words: Any) -> frozenset[str]:
    known = {kind.value for kind in CollectorType}
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) and word in known for word in words):
        reason = f"a rule binds a list of {', '.join(sorted(known))}"
        raise BadInput(problems=(Problem(reason, column=f"{rule.id}.binds"),))
    return frozenset(words)


def _answer(rule: Rule, word: Any) -> Answer:
    if not isinstance(word, str) or word not in (Answer.deny, Answer.review):
        raise BadInput(problems=(Problem("the answer of a rule is deny or review", column=f"{rule.id}.answer"),))
    return Answer(word)
