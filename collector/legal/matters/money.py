"""What matters cost and brought, and a matter as counsel is given it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from collector.foundation.database import among
from collector.foundation.errors import Conflict, NotFound
from collector.legal.matters.queries import Matter, court_dates, matters_of
from collector.legal.matters.rules import MatterStage, Net, net_of
from collector.legal.matters.tables import CourtDate, MatterCost, MatterStep
from collector.portfolio.rules import EntryKind, PaymentKind, PaymentState
from collector.portfolio.tables import LedgerEntry, PaymentRow


@dataclass(frozen=True, slots=True)
class Handed:
    """A matter as counsel is given it: what stands, nothing that was struck, no words of the house."""

    matter: Matter
    steps: Sequence[MatterStep]
    dates: Sequence[CourtDate]
    costs: Sequence[MatterCost]
    contact: str
    """Who may go on talking to the borrower, and how they are reached."""


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
