"""Matters read: what stands of each, its days at court, its costs, and the money that came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from collector.foundation.database import among
from collector.foundation.errors import Conflict, NotFound
from collector.history.rules import ReferralKind, ReferralState
from collector.history.tables import Referral
from collector.identity.rules import Scope
from collector.law.rules import ClockKind
from collector.legal.matters.rules import MatterOutcome, MatterStage, Net, Step, calendar_order, net_of, stage_of
from collector.legal.matters.tables import CounselPackage, CounselReceipt, CourtDate, MatterCost, MatterStep
from collector.legal.tables import ClockAlarm
from collector.portfolio.rules import EntryKind, PaymentKind, PaymentState
from collector.portfolio.tables import LedgerEntry, PaymentRow


def step_of(row: MatterStep) -> Step:
    """The entry as the rules take it."""
    return Step(
        row.stage,
        row.on,
        row.court,
        row.case_no,
        row.counsel,
        row.document_id,
        row.paper_to_come,
        row.is_final,
        row.claimed,
        row.awarded,
        row.outcome,
    )


@dataclass(frozen=True, slots=True)
class Matter:
    """A referral to legal, and all that was entered of it. `rows`: struck ones and strikings too, in order of entry."""

    referral: Referral
    rows: Sequence[MatterStep] = ()

    @property
    def standing(self) -> list[MatterStep]:
        """What was not struck."""
        struck = {row.strikes_id for row in self.rows if row.strikes_id is not None}
        return [row for row in self.rows if row.strikes_id is None and row.id not in struck]

    @property
    def history(self) -> list[Step]:
        return [step_of(row) for row in self.standing]

    @property
    def stage(self) -> MatterStage:
        return stage_of(self.history)

    @property
    def court(self) -> str:
        return self._last("court")

    @property
    def case_no(self) -> str:
        return self._last("case_no")

    @property
    def counsel(self) -> str:
        return self._last("counsel")

    @property
    def claimed(self) -> int | None:
        return next((row.claimed for row in reversed(self.standing) if row.claimed is not None), None)

    @property
    def awarded(self) -> int | None:
        """By the last judgment: that of a higher court takes the place of the first."""
        return next((row.awarded for row in reversed(self.standing) if row.awarded is not None), None)

    @property
    def outcome(self) -> MatterOutcome | None:
        return next((row.outcome for row in reversed(self.standing) if row.outcome is not None), None)

    @property
    def lacks_judgment(self) -> bool:
        """Whether the paper of the last judgment was said to be still to come."""
        given = [row for row in self.standing if row.stage is MatterStage.judgment]
        return bool(given) and given[-1].document_id is None

    @property
    def runs(self) -> bool:
        """Whether anything may be entered: accepted, or brought to court before it was recalled or given back."""
        return self.stage is not MatterStage.closed and (
            self.referral.state is ReferralState.accepted or bool(self.standing)
        )

    def first(self, stage: MatterStage) -> date | None:
        return next((row.on for row in self.standing if row.stage is stage), None)

    def _last(self, name: str) -> str:
        return next((text for row in reversed(self.standing) if (text := getattr(row, name))), "")


@dataclass(frozen=True, slots=True)
class Handed:
    """A matter as counsel is given it: what stands, nothing that was struck, no words of the house."""

    matter: Matter
    steps: Sequence[MatterStep]
    dates: Sequence[CourtDate]
    costs: Sequence[MatterCost]
    contact: str
    """Who may go on talking to the borrower, and how they are reached."""


def matters_of(session: Session, account_ids: Collection[int]) -> dict[int, Matter]:
    """By account, the matter that counts: the last that was accepted or has a history."""
    steps: dict[int, list[MatterStep]] = defaultdict(list)
    rows = select(MatterStep).where(among(session, MatterStep.account_id, account_ids)).order_by(col(MatterStep.id))
    for row in session.exec(rows):
        steps[row.referral_id].append(row)
    asked = select(Referral).where(
        among(session, Referral.account_id, account_ids), Referral.kind == ReferralKind.legal
    )
    found = {}
    for referral in session.exec(asked.order_by(col(Referral.id))):
        mine = steps.get(referral.id or 0, [])
        if mine or referral.state is ReferralState.accepted:
            found[referral.account_id] = Matter(referral, mine)
    return found


def running_matter(session: Session, account_id: int) -> Matter:
    """The account's matter, into which something is to be entered; where none runs it is a `Conflict`."""
    matter = matters_of(session, [account_id]).get(account_id)
    if matter is None:
        raise Conflict("there is no matter yet: legal accepts the referral of the account first")
    if not matter.runs:
        raise Conflict("this matter is closed; refer the account anew, or strike the closing with its reason")
    return matter


def court_dates(session: Session, referral_id: int) -> Sequence[CourtDate]:
    """Of a matter, by their moment."""
    rows = select(CourtDate).where(CourtDate.referral_id == referral_id)
    return session.exec(rows.order_by(col(CourtDate.at), col(CourtDate.id))).all()


def open_dates(session: Session, scope: Scope, limit: int) -> list[CourtDate]:
    """Days at court that have not ended, what is lost first on top."""
    asked = select(CourtDate).where(col(CourtDate.ended).is_(None))
    if scope.portfolio_ids is not None:
        asked = asked.where(col(CourtDate.portfolio_id).in_(scope.portfolio_ids))
    rows = {row.id or 0: row for row in session.exec(asked.order_by(col(CourtDate.at)).limit(limit))}
    return [rows[number] for number in calendar_order((row.at, row.kind, number) for number, row in rows.items())]


def passed_unseen(session: Session, at: datetime) -> list[CourtDate]:
    """Days at court that are over with nothing noted, and of which nobody was ever told."""
    asked = select(CourtDate).where(col(CourtDate.ended).is_(None), CourtDate.at < at)
    rows = session.exec(asked.order_by(col(CourtDate.at), col(CourtDate.id))).all()
    alarms = select(ClockAlarm.clock).where(
        ClockAlarm.kind == ClockKind.court_date, among(session, ClockAlarm.account_id, {row.account_id for row in rows})
    )
    told = set(session.exec(alarms))
    return [row for row in rows if row.alarm_key not in told]


def next_dates(session: Session, referral_ids: Collection[int]) -> dict[int, CourtDate]:
    """By matter, the first day at court that has not ended."""
    found: dict[int, CourtDate] = {}
    rows = select(CourtDate).where(among(session, CourtDate.referral_id, referral_ids), col(CourtDate.ended).is_(None))
    for row in session.exec(rows.order_by(col(CourtDate.at), col(CourtDate.id))):
        found.setdefault(row.referral_id, row)
    return found


def costs_of(session: Session, referral_ids: Collection[int]) -> dict[int, list[MatterCost]]:
    """By matter, every line, struck ones and strikings too, in order of entry."""
    found: dict[int, list[MatterCost]] = defaultdict(list)
    rows = select(MatterCost).where(among(session, MatterCost.referral_id, referral_ids))
    for row in session.exec(rows.order_by(col(MatterCost.id))):
        found[row.referral_id].append(row)
    return found


def standing_costs(rows: Iterable[MatterCost]) -> list[MatterCost]:
    """Those that were not struck."""
    known = list(rows)
    struck = {row.strikes_id for row in known if row.strikes_id is not None}
    return [row for row in known if row.strikes_id is None and row.id not in struck]


def posted_costs(session: Session, account_ids: Collection[int]) -> Mapping[str, LedgerEntry]:
    """The lines of costs in the ledger that were not taken back, by what they are for (`MatterCost.source`)."""
    lines = session.exec(
        select(LedgerEntry).where(
            among(session, LedgerEntry.account_id, account_ids), LedgerEntry.kind == EntryKind.cost
        )
    ).all()
    back = {row.takes_back for row in lines}
    return {row.source: row for row in lines if row.takes_back is None and row.id not in back}


def held_cost(session: Session, cost_id: int) -> MatterCost:
    """That line, which stands; else a `NotFound` or `Conflict`."""
    row = session.get(MatterCost, cost_id)
    if row is None or row.strikes_id is not None:
        raise NotFound("there is no such cost")
    if session.exec(select(MatterCost.id).where(MatterCost.strikes_id == cost_id)).first() is not None:
        raise Conflict("this cost is struck already")
    return row


def nets(session: Session, matters: Collection[Matter]) -> dict[int, Net]:
    """By matter, what was claimed, awarded, recovered and spent."""
    accounts = {one.referral.account_id for one in matters}
    costs = costs_of(session, [one.referral.id or 0 for one in matters])
    posted, paid = posted_costs(session, accounts), _paid(session, accounts)
    found = {}
    for one in matters:
        mine = standing_costs(costs.get(one.referral.id or 0, ()))
        filed, judged = _begun(one)
        lines = paid.get(one.referral.account_id, ())
        found[one.referral.id or 0] = net_of(
            one.claimed,
            one.awarded,
            sum(amount for on, amount in lines if filed is not None and on >= filed),
            sum(amount for on, amount in lines if judged is not None and on >= judged),
            sum(row.amount for row in mine),
            sum(row.amount for row in mine if row.source in posted),
        )
    return found


def _begun(matter: Matter) -> tuple[date | None, date | None]:
    """From when money counts as brought by the suit, and by the judgment; enforcement without a judgment counts as
    both."""
    enforced = matter.first(MatterStage.enforcement)
    judged = matter.first(MatterStage.judgment) or enforced
    return matter.first(MatterStage.filed) or judged, judged


def _paid(session: Session, account_ids: Collection[int]) -> dict[int, list[tuple[date, int]]]:
    """Payments that stand, by account: day and sum."""
    rows = (
        select(col(PaymentRow.account_id), col(PaymentRow.paid_on), func.sum(PaymentRow.amount))
        .where(
            among(session, PaymentRow.account_id, account_ids),
            PaymentRow.kind == PaymentKind.payment,
            PaymentRow.state == PaymentState.applied,
        )
        .group_by(col(PaymentRow.account_id), col(PaymentRow.paid_on))
    )
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for account_id, on, amount in session.exec(rows):
        found[account_id or 0].append((on, int(amount)))
    return found


def handed(session: Session, account_id: int, contact: str, as_of: datetime) -> Handed:
    """What there is of the account's matter up to that moment. Without a matter, or without counsel to be given it, it
    is a `Conflict`."""
    matter = matters_of(session, [account_id]).get(account_id)
    if matter is None:
        raise Conflict("there is no matter yet: legal accepts the referral of the account first")
    if not matter.counsel:
        raise Conflict("no counsel is named in this matter; enter a stage with its counsel first")
    number = matter.referral.id or 0
    return Handed(
        matter,
        [row for row in matter.standing if row.at <= as_of],
        [row for row in court_dates(session, number) if row.noted_at <= as_of],
        [row for row in standing_costs(costs_of(session, [number]).get(number, ())) if row.at <= as_of],
        contact,
    )


def packages_of(session: Session, referral_id: int) -> list[tuple[CounselPackage, CounselReceipt | None]]:
    """What counsel was given of a matter, newest first, each with the receipt where it came."""
    rows = (
        select(CounselPackage, CounselReceipt)
        .join(CounselReceipt, col(CounselReceipt.package_id) == col(CounselPackage.id), isouter=True)
        .where(CounselPackage.referral_id == referral_id)
    )
    return [(package, receipt) for package, receipt in session.exec(rows.order_by(col(CounselPackage.id).desc()))]
