"""What a letter says is owed: the balance to its day, by parts, with the way there from the ledger (issue 5).

The ledger counts schedule, payments and waivers; penalty and caps stand in none of them. So a letter asks for what the
balance to the day says, and prints how that follows from the ledger wherever they differ. Of a debt without schedule
there is no such balance, and no letter that names an amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from collector.casework.letters import wording
from collector.facts.rules import AccountFacts
from collector.foundation.errors import BadInput
from collector.foundation.money import shown
from collector.history.queries import called_on
from collector.law.rules import ClaimPart
from collector.portfolio.queries import statement_of
from collector.portfolio.rules.balance import Gap, InstalmentBalance, Statement
from collector.portfolio.tables import Account, Portfolio
from collector.texts.letters.template import LetterTemplate
from collector.texts.rules import CONTACTS

PARTS = (ClaimPart.principal, ClaimPart.interest, ClaimPart.penalty, ClaimPart.fee, ClaimPart.unsplit)
"""In the order in which a paper names them."""
PART_WORDS: Mapping[str, Mapping[ClaimPart, str]] = {
    "zh": {
        ClaimPart.principal: "本金",
        ClaimPart.interest: "利息",
        ClaimPart.penalty: "罚息",
        ClaimPart.fee: "费用",
        ClaimPart.unsplit: "分期款项（未区分本息）",
    },
    "en": {
        ClaimPart.principal: "Principal",
        ClaimPart.interest: "Interest",
        ClaimPart.penalty: "Penalty interest",
        ClaimPart.fee: "Fees",
        ClaimPart.unsplit: "Instalments, not split into parts",
    },
}
TOTAL_WORDS = {"zh": "合计", "en": "Total"}
BRIDGE_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "owed": "账面未还款项（还款计划减已还和已减免）",
        "overpaid": "减：账面多还款项",
        "penalty": "加：罚息",
        "running": "加：宣布提前到期前的利息",
        "unallocated": "加：未冲抵的还款和减免",
        "dropped": "减：因提前到期不再计收的利息和费用",
        "taken_off": "减：超过法定上限不予计收的部分",
        "waived_penalty": "减：已减免的罚息",
        "total": "截至当日应还合计",
    },
    "en": {
        "owed": "Instalments less payments and waivers, as booked",
        "overpaid": "Less: overpaid in the books",
        "penalty": "Plus: penalty interest",
        "running": "Plus: interest until the loan was called in",
        "unallocated": "Plus: payments and waivers that found nothing to lower",
        "dropped": "Less: later interest and fees that a called loan does not bear",
        "taken_off": "Less: what the legal cap does not allow",
        "waived_penalty": "Less: penalty interest given up",
        "total": "Owed on this day",
    },
}
NAMED = frozenset({"overdue", "owed", "claimed"})
TABLES = frozenset({"instalments", "parts", "bridge"})
"""Values and tables that only a schedule can give."""
LESS = frozenset({"overpaid", "dropped", "taken_off", "waived_penalty"})
"""Lines of the bridge that are taken away."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What is owed on `as_of`, the day of the letter, in minor units. `overdue`: of instalments that fell due before
    that day. `due`: what can be asked for on it. `statement`: None where the creditor only reported a balance:
    the figures are then that report's, kept and not printed."""

    as_of: date
    overdue: int
    due: int
    owed: int
    statement: Statement | None = None

    @property
    def differs(self) -> bool:
        """Whether the balance is another than the ledger's, or is so only by chance."""
        if self.statement is None:
            return False
        lines = self.statement.bridge._asdict()
        return any(amount for name, amount in lines.items() if name != "owed")

    def as_data(self) -> dict[str, Any]:
        """As it is kept with the letter: every figure, in minor units."""
        found: dict[str, Any] = {
            "as_of": self.as_of.isoformat(),
            "overdue": self.overdue,
            "due": self.due,
            "owed": self.owed,
        }
        if self.statement is not None:
            parts = {part.value: [_late(self.statement, part), self.statement.left(part)] for part in PARTS}
            found |= {"parts": parts, "bridge": self.statement.bridge._asdict(), "gaps": list(self.statement.gaps)}
        return found


def amounts_of(
    session: Session, account: Account, book: Portfolio, facts: AccountFacts, today: date, at: datetime
) -> Amounts:
    """The balance at the end of that day, of a loan that was called in by then where `at` knows of it."""
    if facts.reported_on is not None:
        return Amounts(today, facts.overdue, facts.overdue + facts.due_today, facts.owed)
    called = called_on(session, account.id or 0, today, at)
    found = statement_of(session, account, book, today, called_on=called)
    late = sum(one.left for one in found.instalments if one.due_on < today)
    return Amounts(today, late, found.due, found.total, found)


def require_amounts(template: LetterTemplate, amounts: Amounts) -> None:
    """`BadInput` where the schedule does not allow what this paper names: an amount, or, for a court or for who signs,
    its parts. A letter to who owes may name an amount of which the creditor never gave the parts."""
    found = amounts.statement
    names_any = bool(NAMED & template.variables or TABLES & template.tables)
    if names_any and (found is None or Gap.no_schedule in found.gaps):
        raise BadInput("the schedule is missing: operations can load it in the instalments file, column due_on")
    names_parts = "parts" in template.tables and template.kind not in CONTACTS
    if names_parts and found is not None and Gap.unsplit in found.gaps:
        raise BadInput(
            "the schedule does not say what is principal, interest and fee: operations can load them in the "
            "instalments file, columns principal, interest and fee"
        )


def amount_rows(amounts: Amounts, currency: str, language: str) -> dict[str, Sequence[Mapping[str, str]]]:
    """The tables of amounts that a letter may print. Without a statement there are no lines to show."""
    found = amounts.statement
    if found is None:
        return {"instalments": [], "parts": [], "bridge": []}
    return {
        "instalments": [
            _instalment(one, currency, language) for one in found.instalments if one.due_on < found.as_of and one.left
        ],
        "parts": list(_parts(amounts, found, currency, language)),
        "bridge": list(_bridge(found, currency, language)) if amounts.differs else [],
    }


def _instalment(one: InstalmentBalance, currency: str, language: str) -> dict[str, str]:
    """Amount and penalty less what was paid, waived or taken off is what is unpaid: a reader can add it up."""
    penalty = one.parts[ClaimPart.penalty].asked
    asked = sum(part.asked for part in one.parts.values())
    figures = {"amount": asked - penalty, "penalty": penalty, "paid": asked - one.left, "unpaid": one.left}
    return {
        "number": str(one.number),
        "due_on": wording.day(one.due_on, language),
        **{name: shown(amount, currency, language) for name, amount in figures.items()},
    }


def _parts(amounts: Amounts, found: Statement, currency: str, language: str) -> Iterator[dict[str, str]]:
    def row(words: str, overdue: int, owed: int) -> dict[str, str]:
        return {
            "part": words,
            "overdue": shown(overdue, currency, language),
            "owed": shown(owed, currency, language),
        }

    for part in PARTS:
        if found.left(part):
            yield row(PART_WORDS[language][part], _late(found, part), found.left(part))
    yield row(TOTAL_WORDS[language], amounts.overdue, amounts.owed)


def _late(found: Statement, part: ClaimPart) -> int:
    return sum(one.parts[part].left for one in found.instalments if one.due_on < found.as_of)


def _bridge(found: Statement, currency: str, language: str) -> Iterator[dict[str, str]]:
    words, lines = BRIDGE_WORDS[language], found.bridge._asdict()
    for name in words:
        amount = found.bridge.total if name == "total" else lines[name]
        if amount or name in ("owed", "total"):
            yield {"line": words[name], "amount": shown(-amount if name in LESS else amount, currency, language)}
