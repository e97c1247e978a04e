"""A strategy as people write it: the shape of the YAML document (design section 6).

Days are days past due (in reminders: relative to the due date), hours are local, money is decimal major units of the
currency of the portfolio it is compiled for. `collector.strategy.reading` reads and checks one.
"""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr

from collector.history.rules import Channel
from collector.identity.rules import Level, Role
from collector.portfolio.rules import BorrowerType, PartyRole, ValueTier
from collector.strategy.rules import AssetClass, ReminderGroup, RetryMode, Stage, Tier
from collector.texts.rules import Tone

Place = tuple[str | int, ...]


def _decimal(value: Any) -> Decimal:
    """Exactly what was written: YAML reads 500.10 as a float, whose shortest text is what stood there."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("write a plain number such as 500.00")
    return Decimal(str(value))


def _span(value: Any) -> tuple[time, time]:
    """ "08:30-12:00" as two times; the end is outside."""
    if isinstance(value, str):
        parts = [part.strip() for part in value.split("-")]
        if len(parts) == 2 and all(_is_time(part) for part in parts):
            first, last = (time.fromisoformat(part) for part in parts)
            if first < last:
                return first, last
    raise ValueError('write a span of the day such as "08:30-12:00", its beginning before its end')


def _is_time(part: str) -> bool:
    hours, _, minutes = part.partition(":")
    return len(part) == 5 and hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60


Money = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0)]
Portion = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=1)]
Roles = Annotated[tuple[Role, ...], Field(max_length=20)]
Count = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, ge=1)]
Hours = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Span = Annotated[tuple[time, time], BeforeValidator(_span)]
Name = Annotated[str, Field(strict=True, min_length=1, max_length=60, pattern=r"^[^/\s][^/]*$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Operators(Part):
    """What a field must be; several together must all hold. `between` has both ends inside."""

    eq: str | int | float | bool | None = None
    gte: Any = None
    gt: Any = None
    lt: Any = None
    lte: Any = None
    between: tuple[Any, Any] | None = None
    is_null: Annotated[bool, Field(strict=True)] | None = None


class SegmentRow(Part):
    """A row of the decision table. `when`: field → list of values, one value, or `Operators`."""

    name: Name
    when: dict[str, Any] | None = None
    stage: Stage
    level: Level
    cadence: Name | None = None
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    playbook: BorrowerType | None = None
    exception: bool = False
    """It is meant to take its accounts from the rows below it, whatever those ask: not reported as an overlap."""
    disabled: bool = False
    """It stays in the document and takes no account."""


class StepRow(Part):
    day: Positive
    channel: Channel
    slot: str | None = None
    template: str | None = None
    tone: Tone = Tone.firm
    to: PartyRole = PartyRole.borrower
    every: Positive | None = None
    """Again each so many days."""


class RetryPart(Part):
    callers: Positive = 3
    slots: Positive = 3
    attempts: Positive = 3
    days: Positive = 1
    min_gap_hours: Hours = 2
    mode: RetryMode = RetryMode.diagonal
    closing_sms_wait_hours: Hours = 48
    closing_template: str | None = "closing"
    reopen_once: bool = True


class ReminderPart(Part):
    days: tuple[Annotated[int, Field(strict=True, ge=-60, le=0)], ...]
    channel: Channel = Channel.sms
    slot: str | None = None
    template: str | None = "reminder"
    tone: Tone = Tone.informative


def _reminder(value: Any) -> Any:
    """A bare list of days stands for the group with everything else as usual."""
    return {"days": value} if isinstance(value, list) else value


class RemindersPart(Part):
    reliable: Annotated[ReminderPart, BeforeValidator(_reminder)] = ReminderPart(days=(-1,))
    default: Annotated[ReminderPart, BeforeValidator(_reminder)] = ReminderPart(days=(-7, -3, -1, 0))
    autopay: Annotated[ReminderPart, BeforeValidator(_reminder)] = ReminderPart(days=(-3, -1))
    reliable_tiers: tuple[ValueTier, ...] = (ValueTier.premium,)
    never_missed: bool = True

    def groups(self) -> dict[ReminderGroup, ReminderPart]:
        return {group: getattr(self, group.value) for group in ReminderGroup}


class ReachPart(Part):
    base: Share = 0.4
    reached_before: Share = 0.3
    each_unanswered: Annotated[float, Field(ge=-1, le=0)] = -0.05
    payday: Share = 0.15
    payday_within_days: Count = 2
    floor: Share = 0.05


class PriorityPart(Part):
    tiers: tuple[Tier, ...] = tuple(Tier)
    roll_days: tuple[tuple[Positive, Positive], ...] = ((28, 30), (58, 60), (88, 90))
    untouched_days: Positive = 5
    clock_days: Count = 30
    reach: ReachPart = ReachPart()


class CapacityPart(Part):
    accounts_per_agent: Positive = 100


class CampaignsPart(Part):
    approval_above: Count = 100
    first: Positive = 50
    wait_minutes: Count = 15
    errors: Positive = 5
    opt_outs: Positive = 2


class PromisePart(Part):
    silence_within_days: Count = 7
    silence_share: Annotated[Money, Field(le=1)] = Decimal("0.5")
    supervisor_after_days: Count = 14
    third_after_broken: Positive = 2
    banking_days: Count = 1
    reminder_hours_before: Count = 24
    reminder_template: str | None = "promise-reminder"
    broken_template: str | None = "promise-broken"
    how_to_pay_template: str | None = "how-to-pay"


class HoldPart(Part):
    extend_days: Count = 3
    longest_days: Positive = 92


class SkiptracePart(Part):
    all_phones_given_up: bool = True


class LateAndLarge(Part):
    months: Positive = 3
    amount: Money = Decimal(0)


class LegalPart(Part):
    """null or false: that trigger is off."""

    consecutive: Positive | None = 3
    cumulative: Positive | None = 6
    refusal: bool = True
    over_indebted: bool = True
    death: bool = True
    disappeared: bool = True
    late_and_large: LateAndLarge | None = None
    clock_days: Count | None = 30


class HandoffPart(Part):
    skiptrace: SkiptracePart = SkiptracePart()
    legal: LegalPart = LegalPart()


class KeepPart(Part):
    promise: bool = True
    paid_within_days: Positive | None = None
    asked_days: Count = 30


class AllocationRow(Part):
    """A rule of allocation. `when` as in a segment; without it the rule takes all accounts that reach it."""

    name: Name
    when: dict[str, Any] | None = None
    level: Level
    accounts: Annotated[Positive, Field(le=10_000)]
    days: Positive | None = None
    rotate: bool = True
    keep: KeepPart = KeepPart()


class RecallPart(Part):
    """false or null: that is no reason to take an account back."""

    cured: bool = True
    legal: bool = True
    skiptrace: bool = False
    term_days: Positive | None = None


class AllocationPart(Part):
    automatic: bool = False
    rules: Annotated[tuple[AllocationRow, ...], Field(max_length=100)] = ()
    recall: RecallPart = RecallPart()


class LedgerPart(Part):
    """`tolerance`: a difference to the creditor's ledger up to this is none."""

    tolerance: Money = Decimal(0)


class AuthorityRow(Part):
    """What a role may waive of one account: shares of what is owed, and so much in all (null: any amount)."""

    role: Role
    penalty: Portion = Decimal(1)
    fees: Portion = Decimal(1)
    interest: Portion = Decimal(1)
    principal: Portion = Decimal(1)
    amount: Money | None = None


SHIPPED_ROWS = (
    AuthorityRow(role=Role.supervisor, interest=Decimal("0.5"), principal=Decimal(0)),
    AuthorityRow(role=Role.legal, principal=Decimal("0.3")),
    AuthorityRow(role=Role.admin),
)


class TermsPart(Part):
    """Waivers, extensions, write-offs: until when, and who may agree to them."""

    ask_days: Count = 30
    offer_days: Positive = 31
    authority: Annotated[tuple[AuthorityRow, ...], Field(max_length=50)] = SHIPPED_ROWS
    schedules: Roles = (Role.supervisor, Role.legal, Role.admin)
    write_offs: Roles = (Role.legal, Role.admin)
    advances: Roles = (Role.supervisor, Role.operations, Role.admin)
    closings: Roles = (Role.supervisor, Role.legal, Role.operations, Role.admin)


class AssetClassesPart(Part):
    """Class → the first day past due it holds from; `normal` needs no day."""

    bank: dict[AssetClass, Positive] = {
        AssetClass.special_mention: 1,
        AssetClass.substandard: 91,
        AssetClass.doubtful: 271,
        AssetClass.loss: 361,
    }
    card: dict[AssetClass, Positive] = {
        AssetClass.special_mention: 1,
        AssetClass.substandard: 91,
        AssetClass.doubtful: 121,
        AssetClass.loss: 181,
    }
    card_products: tuple[str, ...] = ("card", "credit_card")


class Document(Part):
    """The whole strategy. Only buckets, slots, segments and cadences have no default."""

    name: Name = "strategy"
    buckets: dict[Name, tuple[Positive, Positive | None]]
    slots: dict[Name, Span]
    segments: Annotated[tuple[SegmentRow, ...], Field(max_length=200)]
    cadences: dict[Name, Annotated[tuple[StepRow, ...], Field(max_length=200)]]
    retry: RetryPart = RetryPart()
    reminders: RemindersPart = RemindersPart()
    paydays: tuple[Annotated[int, Field(strict=True, ge=1, le=31)], ...] = (5, 10, 15, 28, 30)
    priority: PriorityPart = PriorityPart()
    capacity: CapacityPart = CapacityPart()
    promise: PromisePart = PromisePart()
    campaigns: CampaignsPart = CampaignsPart()
    handoff: HandoffPart = HandoffPart()
    holds: HoldPart = HoldPart()
    allocation: AllocationPart = AllocationPart()
    ledger: LedgerPart = LedgerPart()
    asset_classes: AssetClassesPart = AssetClassesPart()
    terms: TermsPart = TermsPart()

    _lines: dict[Place, int] = PrivateAttr(default_factory=dict)
    _file: str | None = PrivateAttr(default=None)

    def located(self, lines: dict[Place, int], file: str | None) -> Document:
        """The same document, knowing where in which file its parts stand."""
        self._lines, self._file = lines, file
        return self

    @property
    def asked(self) -> tuple[int, ...]:
        """The places of the rows that are asked: all but the disabled ones."""
        return tuple(at for at, row in enumerate(self.segments) if not row.disabled)

    @property
    def file(self) -> str | None:
        return self._file

    def line(self, place: Place) -> int | None:
        """The line of that part, or of the nearest part around it that is written down."""
        return line_of(self._lines, place)


def line_of(lines: dict[Place, int], place: Place) -> int | None:
    return next((lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in lines), None)
