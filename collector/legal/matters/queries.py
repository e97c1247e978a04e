"""Matters read: what stands of each, its days at court, its costs, and the money that came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session, col, func, or_, select

from collector.foundation.database import among
from collector.foundation.errors import Conflict
from collector.history.rules import ReferralKind, ReferralState
from collector.history.tables import Referral
from collector.identity.rules import Scope
from collector.law.rules import ClockKind
from collector.legal.matters.rules import MatterOutcome, MatterStage, Step, calendar_order
from collector.legal.matters.tables import CounselPackage, CounselReceipt, CourtDate, MatterStep
from collector.legal.tables import ClockAlarm


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
    standing: Sequence[MatterStep] = field(init=False)
    """What was not struck."""

    def __post_init__(self) -> None:
        struck = {row.strikes_id for row in self.rows if row.strikes_id is not None}
        standing = [row for row in self.rows if row.strikes_id is None and row.id not in struck]
        object.__setattr__(self, "standing", standing)  # looked at for every line of a list: once

    @property
    def history(self) -> list[Step]:
        return [step_of(row) for row in self.standing]

    @property
    def stage(self) -> MatterStage:
        return self.standing[-1].stage if self.standing else MatterStage.preparing

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


def running_accounts(session: Session, scope: Scope, limit: int, *, idle: bool = False) -> list[int]:
    """Accounts whose matter runs, the one longest untouched first; `idle`: only those with no day at court ahead. Each
    table is gone through once, whatever the database knows of its rows."""
    struck = select(MatterStep.strikes_id).where(col(MatterStep.strikes_id).is_not(None))
    closed = select(MatterStep.referral_id).where(
        MatterStep.stage == MatterStage.closed,
        col(MatterStep.strikes_id).is_(None),
        col(MatterStep.id).not_in(struck),
    )
    last = (
        select(col(MatterStep.referral_id).label("matter"), func.max(MatterStep.at).label("at"))
        .group_by(col(MatterStep.referral_id))
        .subquery()
    )
    asked = (
        select(Referral.account_id)
        .join(last, last.c.matter == col(Referral.id), isouter=True)
        .where(
            Referral.kind == ReferralKind.legal,
            or_(col(Referral.state) == ReferralState.accepted, last.c.matter.is_not(None)),
            col(Referral.id).not_in(closed),
        )
    )
    if idle:
        ahead = select(CourtDate.referral_id).where(col(CourtDate.ended).is_(None))
        asked = asked.where(col(Referral.id).not_in(ahead))
    if scope.portfolio_ids is not None:
        asked = asked.where(col(Referral.portfolio_id).in_(scope.portfolio_ids))
    ordered = asked.order_by(func.coalesce(last.c.at, col(Referral.state_at)), col(Referral.id))
    return list(dict.fromkeys(session.exec(ordered.limit(limit))))


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


def packages_of(session: Session, referral_id: int) -> list[tuple[CounselPackage, CounselReceipt | None]]:
    """What counsel was given of a matter, newest first, each with the receipt where it came."""
    rows = (
        select(CounselPackage, CounselReceipt)
        .join(CounselReceipt, col(CounselReceipt.package_id) == col(CounselPackage.id), isouter=True)
        .where(CounselPackage.referral_id == referral_id)
    )
    return [(package, receipt) for package, receipt in session.exec(rows.order_by(col(CounselPackage.id).desc()))]
