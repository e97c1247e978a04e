"""What a row of the decision table may ask about an account: each field's kind, words and how it is read.

Language and other matters of the person are not here: a segment is decided from one account's facts alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from collector.facts.rules import AccountFacts, extra_of
from collector.history.rules import Cause
from collector.portfolio.rules import BorrowerType, GuaranteeKind, PartyRole, Security, ValueTier
from collector.strategy.rules.scales import AssetClass, Scales
from collector.strategy.rules.sets import END, Domain, Numbers, Value, Words

Read = Callable[[AccountFacts, date, int, Scales], Value]
"""(account, today, days past due, scales) → the value."""


class FieldKind(StrEnum):
    word = "word"
    flag = "flag"
    number = "number"
    """A whole number: days, instalments, a day of the month."""
    money = "money"
    """In documents decimal major units of the portfolio's currency, here minor units."""
    bucket = "bucket"


@dataclass(frozen=True)
class Field:
    """`attribute`: it is that attribute of `AccountFacts`, as it stands. `words` None: any word."""

    name: str
    kind: FieldKind
    read: Read
    attribute: str | None = None
    words: frozenset[str] | None = None
    nullable: bool = False

    @property
    def everything(self) -> Domain:
        """All values the field can have."""
        if self.kind in (FieldKind.number, FieldKind.money):
            return Numbers.of([(0, END)], null=self.nullable)
        if self.kind is FieldKind.flag:
            return Words(frozenset({True, False}))
        if self.words is None:
            return Words(frozenset() if self.nullable else frozenset({None}), others=True)
        return Words(self.words | ({None} if self.nullable else frozenset()))


def days_since_touched(account: AccountFacts, today: date) -> int | None:
    """Days since a contact about the account was attempted; None: never."""
    return None if account.touched_on is None else max(0, (today - account.touched_on).days)


def is_refused(account: AccountFacts) -> bool:
    return account.extra is not None and extra_of(account).refused_at is not None


def is_disputed(account: AccountFacts) -> bool:
    return account.extra is not None and extra_of(account).disputed_since is not None


def is_willing(account: AccountFacts) -> bool:
    return account.extra is not None and extra_of(account).willing


def has_arbitration(account: AccountFacts) -> bool:
    return account.extra is not None and extra_of(account).arbitration


def is_notarised(account: AccountFacts) -> bool:
    return account.extra is not None and extra_of(account).notarised


def has_lapsed(account: AccountFacts) -> bool:
    return account.extra is not None and extra_of(account).lapsed


def cause_of(account: AccountFacts) -> str | None:
    return None if account.extra is None else extra_of(account).cause


def _attribute(name: str, kind: FieldKind, words: type[StrEnum] | None = None, nullable: bool = False) -> Field:
    def read(account: AccountFacts, _today: date, _days: int, _scales: Scales) -> Value:
        value: Value = getattr(account, name)
        return value

    return Field(name, kind, read, name, _values(words), nullable)


def _values(words: type[StrEnum] | None) -> frozenset[str] | None:
    return None if words is None else frozenset(word.value for word in words)


_FIELDS = (
    Field("bucket", FieldKind.bucket, lambda _a, _t, days, scales: scales.bucket(days)),
    Field("days_past_due", FieldKind.number, lambda _a, _t, days, _s: days),
    Field(
        "asset_class",
        FieldKind.word,
        lambda account, _t, days, scales: scales.asset_classes.of(account.product, days),
        words=_values(AssetClass),
    ),
    Field(
        "days_since_touched",
        FieldKind.number,
        lambda account, today, _d, _s: days_since_touched(account, today),
        nullable=True,
    ),
    Field("refused", FieldKind.flag, lambda account, _t, _d, _s: is_refused(account)),
    Field("disputed", FieldKind.flag, lambda account, _t, _d, _s: is_disputed(account)),
    Field("willing", FieldKind.flag, lambda account, _t, _d, _s: is_willing(account)),
    Field("arbitration", FieldKind.flag, lambda account, _t, _d, _s: has_arbitration(account)),
    Field("notarised", FieldKind.flag, lambda account, _t, _d, _s: is_notarised(account)),
    Field("lapsed", FieldKind.flag, lambda account, _t, _d, _s: has_lapsed(account)),
    Field(
        "cause",
        FieldKind.word,
        lambda account, _t, _d, _s: cause_of(account),
        words=_values(Cause),
        nullable=True,
    ),
    _attribute("overdue", FieldKind.money),
    _attribute("owed", FieldKind.money),
    _attribute("principal", FieldKind.money),
    _attribute("product", FieldKind.word),
    _attribute("partner", FieldKind.word, nullable=True),
    _attribute("borrower_type", FieldKind.word, BorrowerType),
    _attribute("value_tier", FieldKind.word, ValueTier),
    _attribute("security", FieldKind.word, Security),
    _attribute("role", FieldKind.word, PartyRole),
    _attribute("guarantee_kind", FieldKind.word, GuaranteeKind, nullable=True),
    _attribute("autopay", FieldKind.flag),
    _attribute("settled", FieldKind.flag),
    _attribute("missed_consecutive", FieldKind.number),
    _attribute("missed_cumulative", FieldKind.number),
    _attribute("promises_broken", FieldKind.number),
    _attribute("payday", FieldKind.number, nullable=True),
)

FIELDS: dict[str, Field] = {field.name: field for field in _FIELDS}
