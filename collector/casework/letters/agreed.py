"""What an agreement says was agreed: drawn from terms that a second person approved, never typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlmodel import Session, col, select

from collector.casework.letters import wording
from collector.foundation.errors import Conflict
from collector.foundation.money import shown
from collector.terms.rules import TermsKind, TermsState
from collector.terms.tables import Terms
from collector.texts.rules import LetterKind, Value

KIND_OF: Final[Mapping[LetterKind, TermsKind]] = {
    LetterKind.settlement: TermsKind.settlement,
    LetterKind.extension: TermsKind.extension,
}
"""Agreement → the terms that it puts into writing. An heir's assumption of debt is agreed in itself."""
DRAWABLE = frozenset({TermsState.approved, TermsState.offered})
"""Before, nothing of it may be told to anybody; afterwards it is over."""
WORDS: Mapping[str, Sequence[str]] = {
    "zh": ("罚息", "费用", "利息", "本金", "合计"),
    "en": ("Penalty interest", "Fees", "Interest", "Principal", "Total"),
}
"""The components in the order in which they are given up, and their sum."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """The terms with what an agreement prints of them."""

    terms_id: int
    values: Mapping[str, Value]
    rows: Mapping[str, Sequence[Mapping[str, str]]]


def drawable(session: Session, account_id: int, kind: LetterKind) -> Terms | None:
    """The approved terms of an account that such an agreement is drawn from."""
    asked = select(Terms).where(
        Terms.account_id == account_id, Terms.kind == KIND_OF[kind], col(Terms.state).in_(DRAWABLE)
    )
    return session.exec(asked.order_by(col(Terms.id).desc()).limit(1)).first()


def agreed(session: Session, account_id: int, kind: LetterKind, currency: str, language: str) -> Agreed | None:
    """What was agreed; None of other papers. `Conflict`: nothing was approved that could be put into writing."""
    if kind not in KIND_OF:
        return None
    row = drawable(session, account_id, kind)
    if row is None:
        raise Conflict(
            "no approved terms of this kind are on file: propose them on the account's page of terms; "
            "the agreement is drawn from them"
        )
    return Agreed(row.id or 0, _values(row, currency, language), _rows(row, currency, language))


def _values(row: Terms, currency: str, language: str) -> dict[str, Value]:
    if row.kind is TermsKind.settlement:
        return {
            "settlement_amount": wording.money(row.total, currency, language),
            "settlement_by": wording.day(row.due_on, language),
        }
    return {"new_matures_on": wording.day(date.fromisoformat(row.schedule["matures"]), language)}


def _rows(row: Terms, currency: str, language: str) -> dict[str, Sequence[Mapping[str, str]]]:
    if row.kind is TermsKind.extension:
        return {"schedule": [_line(line, currency, language) for line in row.schedule["after"]]}
    owed, waived, left = row.owed, row.waived, row.owed.less(row.waived)
    sums = zip(WORDS[language], (*owed, owed.total), (*waived, waived.total), (*left, left.total), strict=True)
    return {
        "agreed": [
            {
                "part": words,
                "owed": shown(asked, currency, language),
                "waived": shown(given, currency, language),
                "left": shown(rest, currency, language),
            }
            for words, asked, given, rest in sums
            if asked
        ]
    }


def _line(line: Sequence[object], currency: str, language: str) -> dict[str, str]:
    """An instalment as terms keep it: number, day, amount, and the parts where the book has them."""
    number, day, amount, principal, interest, fee = line
    parts = {"amount": amount, "principal": principal, "interest": interest, "fee": fee}
    money = {name: shown(part, currency, language) if isinstance(part, int) else "" for name, part in parts.items()}
    return {"number": str(number), "due_on": wording.day(date.fromisoformat(str(day)), language), **money}
