"""Where and when: which phone, which caller, which slot, and whether the gate lets it through (handbook 6, 9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from collector.compliance.rules import Answer, Contact, NumberKind, Role, Verdict, judge
from collector.compliance.rules import Purpose as GatePurpose
from collector.facts.rules import PersonFacts, Phone, negotiator_of
from collector.history.rules import CONVERSATION, Channel
from collector.planning.rules.context import Context, Spoken, Window
from collector.planning.rules.round import FRESH, SILENT, Round, next_pairs
from collector.planning.rules.wants import Want
from collector.planning.rules.words import SHORTFALL_REASON, Purpose, Shortfall
from collector.portfolio.rules import ContactOwner, ContactStatus, PartyRole

OWN = frozenset({ContactOwner.own, ContactOwner.work})
MOBILE = "mobile"
SHORTEST = 300
"""Seconds. A window shorter than this is not worth planning into."""
CALLBACK_LASTS = 2 * 3600
"""Seconds an agreed call-back stays open when no slot holds its time."""
_ROLES = {
    PartyRole.borrower: Role.debtor,
    PartyRole.co_borrower: Role.co_borrower,
    PartyRole.guarantor: Role.guarantor,
}
NUMBER_KINDS: dict[str | None, NumberKind] = {kind.value: kind for kind in NumberKind}
"""By the label of a phone; any other label is of no known kind."""
_BEFORE_DUE = frozenset(
    {Purpose.reminder, Purpose.promise_reminder, Purpose.callback, Purpose.campaign, Purpose.how_to_pay}
)


class Place(NamedTuple):
    """A lawful place for a contact. Seconds since 1970, the end not included."""

    phone: Phone | None
    caller: str | None
    slot: str | None
    start: int
    end: int


class Refused(NamedTuple):
    """Why there is none. `rules`: those that spoke. `earliest`: when it will be lawful if
    nothing else happens; None: time alone does not help."""

    answer: Answer
    rules: tuple[Spoken, ...]
    earliest: int | None


class TooLate(NamedTuple):
    """Lawful, but not in what is left of the day: the gap of a round runs, or its slot is over."""


Found = Place | Refused | TooLate
TOO_LATE = TooLate()


def gate_purpose(purpose: Purpose, overdue: int) -> GatePurpose:
    """What the gate is asked about: nothing that is said before anything is overdue is collection."""
    if purpose is Purpose.location:
        return GatePurpose.location
    return GatePurpose.reminder if purpose in _BEFORE_DUE and not overdue else GatePurpose.collect


def contact_for(want: Want, debts: tuple[int, ...], phone: Phone | None, ctx: Context, by: str = "") -> Contact:
    """The contact as the gate knows it; `by`: the one who alone may talk about it."""
    account = want.seen.account
    return Contact(
        want.channel,
        debts,
        ctx.collector,
        _ROLES.get(account.role, Role.contact),
        phone.number if phone else None,
        NUMBER_KINDS.get(phone.label) if phone else None,
        gate_purpose(want.purpose, account.overdue),
        phone=phone,
        template=want.template,
        by=by,
    )


def place(
    want: Want,
    debts: tuple[int, ...],
    facts: PersonFacts,
    rounds: Sequence[tuple[Phone, Round]],
    ctx: Context,
    now: int,
) -> Found:
    """The earliest lawful place today for a contact, or why there is none."""
    if want.channel is Channel.call:
        return _place_call(want, debts, facts, rounds, ctx, now)
    if want.channel is Channel.sms:
        return _place_text(want, debts, facts, rounds, ctx, now)
    windows = ctx.windows(ctx.person_zone(facts.body))
    whole = Window("", windows[0].start, max(window.end for window in windows))
    return _ask(want, debts, facts, ctx, [(whole, None, None)], now)


def _short(rule: Shortfall) -> Refused:
    return Refused(Answer.deny, ((rule.value, Answer.deny.value, SHORTFALL_REASON[rule]),), None)


def _place_call(
    want: Want,
    debts: tuple[int, ...],
    facts: PersonFacts,
    rounds: Sequence[tuple[Phone, Round]],
    ctx: Context,
    now: int,
) -> Found:
    callers = ctx.callers(Channel.call, now)
    if not callers:
        return _short(Shortfall.no_caller)
    candidates = _phones_to_call(want, rounds)
    if not candidates:
        return _short(Shortfall.no_phone)
    windows = ctx.windows(ctx.person_zone(facts.body))
    turn = facts.person_id % len(callers)
    rotated = callers[turn:] + callers[:turn]
    return _first(
        _ask(want, debts, facts, ctx, _options(want, phone, round_, rotated, windows, ctx), now)
        for phone, round_ in candidates
    )


def _first(answers: Iterator[Found]) -> Found:
    """The first place; else what was said of the best phone, a refusal before a mere delay."""
    spoken: Found = TOO_LATE
    for answer in answers:
        if isinstance(answer, Place):
            return answer
        if isinstance(spoken, TooLate):
            spoken = answer
    return spoken


def _phones_to_call(want: Want, rounds: Sequence[tuple[Phone, Round]]) -> list[tuple[Phone, Round]]:
    """The phone asked for; else those not silent, the fewest failures first, then whoever was reached there before."""
    if want.phone is not None:
        found = [pair for pair in rounds if pair[0].id == want.phone.id]
        if found or want.phone.status is not ContactStatus.active:
            return found
        return [(want.phone, FRESH)]
    candidates = [pair for pair in rounds if pair[1].state not in SILENT]
    if len(candidates) > 1:
        candidates.sort(key=lambda pair: (len(pair[1].calls), pair[0].last_outcome not in CONVERSATION))
    return candidates


Option = tuple[Window, Phone | None, str | None]


def _options(
    want: Want, phone: Phone, round_: Round, callers: tuple[str, ...], windows: Sequence[Window], ctx: Context
) -> list[Option]:
    """Windows with the caller that would call in them, best first: the step's own slot, then the earliest."""
    if want.callback is not None:
        return [(_callback_window(want.not_before, windows), phone, _unused(round_, callers))]
    if not round_.calls:
        options: list[Option] = [(window, phone, callers[0]) for window in windows]
    else:
        names = [window.slot for window in windows]
        first: dict[str, str] = {}
        for caller, slot in next_pairs(round_, callers, names, ctx.strategy.retry):
            first.setdefault(slot, caller)
        options = [
            (window._replace(start=max(window.start, round_.call_from)), phone, first[window.slot])
            for window in windows
            if window.slot in first
        ]
    if want.slot is not None and len(options) > 1:
        options.sort(key=lambda option: option[0].slot != want.slot)
    return options


def _callback_window(at: int, windows: Sequence[Window]) -> Window:
    """From the agreed time to the end of its slot, or of the day when it is overdue; outside all slots two hours."""
    inside = next((window for window in windows if window.start <= at < window.end), None)
    end = max(at + CALLBACK_LASTS, windows[-1].end if windows else 0)
    return Window(inside.slot if inside else "", at, end)


def _unused(round_: Round, callers: Sequence[str]) -> str:
    """A caller this round has not used, else the one used longest ago."""
    last = {call.caller: call.at for call in round_.calls}
    return min(callers, key=lambda caller: last.get(caller, 0))


def _place_text(
    want: Want,
    debts: tuple[int, ...],
    facts: PersonFacts,
    rounds: Sequence[tuple[Phone, Round]],
    ctx: Context,
    now: int,
) -> Found:
    if want.template is None:
        return _short(Shortfall.no_template)
    callers = ctx.callers(Channel.sms, now)
    if not callers:
        return _short(Shortfall.no_caller)
    phone = _phone_to_text(want, rounds)
    if phone is None:
        return _short(Shortfall.no_text_phone)
    caller = callers[facts.person_id % len(callers)]
    windows = ctx.windows(ctx.person_zone(facts.body))
    options: list[Option] = [(window, phone, caller) for window in windows]
    if want.slot is not None:
        options.sort(key=lambda option: option[0].slot != want.slot)
    found = _ask(want, debts, facts, ctx, options, now)
    wrong = ctx.against(want.template, facts.body.language)
    return _with_words(found, wrong) if wrong else found


def _with_words(found: Found, wrong: tuple[Spoken, ...]) -> Refused:
    """What the rules said of this contact, and of its words: no wait makes them right."""
    rules = (*(found.rules if isinstance(found, Refused) else ()), *wrong)
    is_denied = any(answer == Answer.deny.value for _, answer, _ in rules)
    return Refused(Answer.deny if is_denied else Answer.review, rules, None)


def _phone_to_text(want: Want, rounds: Sequence[tuple[Phone, Round]]) -> Phone | None:
    """The phone asked for, when it takes messages; else the mobile of the person's own with the fewest failures."""
    if want.phone is not None:
        return want.phone if want.phone.label == MOBILE else None
    mobiles = [
        (len(round_.calls), phone)
        for phone, round_ in rounds
        if phone.label == MOBILE and phone.owner is ContactOwner.own and round_.state not in SILENT
    ]
    return min(mobiles, key=lambda pair: pair[0])[1] if mobiles else None


def _ask(
    want: Want, debts: tuple[int, ...], facts: PersonFacts, ctx: Context, options: Sequence[Option], now: int
) -> Found:
    """Asks the gate at the start of each window; inside it, moves to the moment from which it is lawful."""
    floor = max(now, want.not_before)
    refused: Found = TOO_LATE
    by = _speaker(want, facts)
    for window, phone, caller in options:
        start = max(window.start, floor)
        if start > window.end - SHORTEST:
            continue
        verdict = judge(contact_for(want, debts, phone, ctx, by), facts, ctx.policy, start)
        if verdict.answer is Answer.allow:
            return Place(phone, caller, window.slot or None, start, window.end)
        earliest = int(verdict.earliest.timestamp()) if verdict.earliest else None
        if earliest is not None and earliest <= window.end - SHORTEST:
            return Place(phone, caller, window.slot or None, earliest, window.end)
        if refused is TOO_LATE:
            refused = _refused(verdict, earliest)
        if earliest is None:
            break
    return refused


def _speaker(want: Want, facts: PersonFacts) -> str:
    """Who calls or visits, where only one person may: the task will be theirs."""
    if want.channel not in (Channel.call, Channel.visit) or not facts.body.standing:
        return ""
    named = negotiator_of(facts.body, want.seen.account.account_id)
    return named.actor if named else ""


def _refused(verdict: Verdict, earliest: int | None) -> Refused:
    rules = tuple((rule.id, rule.answer.value, rule.reason) for rule in verdict.rules)
    return Refused(verdict.answer, rules, earliest)
