"""The creditor's ledger compared with ours, line by line; what is explained of a difference (handbook section 2).

A line is compared when it comes, and again whenever money, a schedule or an account comes late: both times with what
our records say of the line's own day. Nothing is moved here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, or_, select

from collector.audit.actions import record
from collector.casework.office import Office
from collector.foundation.database import among, lock_key, locked
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.identity.rules import WORKER, Actor
from collector.portfolio.queries import records_of
from collector.portfolio.queries.agreed import stated_of
from collector.portfolio.queries.records import Records
from collector.portfolio.rules import (
    Compared,
    DifferenceKind,
    LedgerState,
    Ours,
    Theirs,
    compare,
    is_whole,
    missing_there,
    ours_at,
)
from collector.portfolio.tables import Account, LedgerBalance, LoadRun
from collector.strategy.queries import compiled

CHUNK = 2_000
"""Lines compared in one transaction."""
COMPARED, EXPLAINED = "ledger.compared", "ledger.explained"
LONGEST = 500


def compare_statement(office: Office, run_id: int, at: datetime, actor: Actor) -> None:
    """Compare what a load brought, and what an earlier one left that died; then see whom the statement lacks."""
    with office.database.read() as session:
        portfolio_id = session.get_one(LoadRun, run_id).portfolio_id or 0
    while True:
        with office.database.begin() as session:
            lock_key(session, f"load:{portfolio_id}")
            fresh = select(LedgerBalance).where(
                LedgerBalance.portfolio_id == portfolio_id, LedgerBalance.state == LedgerState.new
            )
            rows = session.exec(fresh.order_by(col(LedgerBalance.id)).limit(CHUNK)).all()
            _compare(session, rows, at, actor)
        if len(rows) < CHUNK:
            break
    with office.database.begin() as session:
        lock_key(session, f"load:{portfolio_id}")
        _note_missing(session, portfolio_id, at, actor)


def compare_again(session: Session, account_ids: Collection[int], at: datetime, actor: Actor = WORKER) -> None:
    """Something came that may be dated before the last statement: its lines of these accounts are compared again."""
    numbers = select(Account.account_no, Account.portfolio_id).where(among(session, Account.id, account_ids)).subquery()
    stranger = select(LedgerBalance.id).join(
        numbers,
        (col(LedgerBalance.account_no) == numbers.c.account_no)
        & (col(LedgerBalance.portfolio_id) == numbers.c.portfolio_id)
        & col(LedgerBalance.account_id).is_(None),
    )
    rows = select(LedgerBalance).where(
        col(LedgerBalance.is_last),
        LedgerBalance.state != LedgerState.new,
        or_(among(session, LedgerBalance.account_id, account_ids), col(LedgerBalance.id).in_(stranger)),
    )
    _compare(session, session.exec(rows.order_by(col(LedgerBalance.id))).all(), at, actor)


def explain_difference(session: Session, difference_id: int, reason: str, at: datetime, actor: Actor) -> LedgerBalance:
    """Why a difference stands: it stays listed as explained until both sides agree, or it becomes another one."""
    row = session.exec(locked(select(LedgerBalance).where(LedgerBalance.id == difference_id), session)).first()
    if row is None:
        raise NotFound
    if row.state is not LedgerState.differs or not row.is_last:
        raise Conflict("this line is no difference any more: both sides agree, or a later statement came")
    if not 0 < len(reason) <= LONGEST:
        raise BadInput(f"say why in 1 to {LONGEST} characters")
    if row.explained != reason:
        row.explained, row.explained_by, row.explained_at = reason, actor.name, at
        session.add(row)
        session.flush()
        detail = {"account": row.account_id, "size": row.size, "as_of": row.as_of.isoformat()}
        record(session, actor.name, EXPLAINED, f"ledger_balance:{row.id}", detail, at)
    return row


def explain_schedule(session: Session, account: Account, reason: str, at: datetime, actor: Actor) -> int:
    """Why the creditor's book has an agreed schedule otherwise: it stays listed as explained until they say the same,
    or another thing. How many instalments that was said of."""
    rows = stated_of(session, account)
    if not rows:
        raise Conflict("the creditor's book has this schedule as it was agreed, by now")
    if not 0 < len(reason) <= LONGEST:
        raise BadInput(f"say why in 1 to {LONGEST} characters")
    for row in rows:
        row.explained, row.explained_by, row.explained_at = reason, actor.name, at
        session.add(row)
    session.flush()
    record(session, actor.name, "schedule.explained", f"account:{account.id}", {"rows": len(rows)}, at)
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Before:
    """Of an account: the days on which both sides agreed, and its lines that were explained."""

    agreed: Sequence[date]
    explained: Sequence[LedgerBalance]

    def agreed_on(self, day: date) -> date | None:
        return max((one for one in self.agreed if one < day), default=None)


NOTHING_BEFORE = _Before((), ())


def _compare(session: Session, rows: Sequence[LedgerBalance], at: datetime, actor: Actor) -> None:
    if not rows:
        return
    _find_accounts(session, rows)
    ids = {row.account_id for row in rows if row.account_id is not None}
    records, before = records_of(session, ids), _before(session, ids)
    moved: Counter[str] = Counter()
    for row in rows:
        known = before.get(row.account_id or 0, NOTHING_BEFORE)
        found = _compared(session, row, records.get(row.account_id or 0), known, at)
        moved[found.state.value] += _keep(row, found, known, at)
        session.add(row)
    session.flush()
    if moved.total():
        subject = f"portfolio:{rows[0].portfolio_id}"
        record(session, actor.name, COMPARED, subject, {name: count for name, count in moved.items() if count}, at)


def _find_accounts(session: Session, rows: Sequence[LedgerBalance]) -> None:
    """Accounts that came after the statement that named them."""
    lost = {row.account_no for row in rows if row.account_id is None}
    if not lost:
        return
    same = (Account.portfolio_id == rows[0].portfolio_id, among(session, col(Account.account_no), lost))
    ids = dict(session.exec(select(Account.account_no, Account.id).where(*same)).all())
    for row in rows:
        row.account_id = row.account_id or ids.get(row.account_no)


def _before(session: Session, ids: Collection[int]) -> dict[int, _Before]:
    marked = select(LedgerBalance).where(
        among(session, LedgerBalance.account_id, ids),
        or_(LedgerBalance.state == LedgerState.agrees, LedgerBalance.explained != ""),
    )
    found: dict[int, tuple[list[date], list[LedgerBalance]]] = {}
    for row in session.exec(marked.order_by(col(LedgerBalance.as_of))):
        agreed, explained = found.setdefault(row.account_id or 0, ([], []))
        if row.state is LedgerState.agrees:
            agreed.append(row.as_of)
        else:
            explained.append(row)
    return {number: _Before(*lists) for number, lists in found.items()}


def _compared(session: Session, row: LedgerBalance, records: Records | None, before: _Before, at: datetime) -> Compared:
    tolerance = compiled(session, row.portfolio_id, at).tolerance
    ours: Ours | None = None
    if records is not None:
        agreed = before.agreed_on(row.as_of)
        ours = ours_at(
            records.schedule_on(row.as_of), records.payments, records.reported, row.as_of, agreed, records.waived
        )
        row.ours_owed, row.ours_overdue = (ours.owed, ours.overdue) if ours else (None, None)
        if ours is None:
            return Compared(LedgerState.silent, None, 0, None, None)
    if row.kind is DifferenceKind.missing_there and ours is not None:
        settled = Compared(LedgerState.agrees, DifferenceKind.missing_there, 0, 0, 0)
        return missing_there(ours) if ours.owed > tolerance else settled
    return compare(theirs_of(row), ours, tolerance)


def theirs_of(row: LedgerBalance) -> Theirs:
    """What the line says."""
    return Theirs(row.principal, row.interest, row.penalty, row.fees, row.balance, row.overdue)


def _keep(row: LedgerBalance, found: Compared, before: _Before, at: datetime) -> bool:
    """Put on the line how it compares; whether that is another thing than before. The same difference needs no second
    explanation, another one needs its own."""
    told = (row.state, row.kind, row.size)
    was, total = row.size, theirs_of(row).total
    row.state, row.kind, row.size, row.theirs = found.state, found.kind, found.size, total
    earlier = next((one for one in reversed(before.explained) if one.as_of < row.as_of), None)
    if not row.explained and earlier is not None and earlier.size == row.size and row.state is LedgerState.differs:
        row.explained, row.explained_by, row.explained_at = (
            earlier.explained,
            earlier.explained_by,
            earlier.explained_at,
        )
    elif row.explained and was != row.size:
        row.explained, row.explained_by, row.explained_at = "", "", None
    if told == (row.state, row.kind, row.size):
        return False
    row.compared_at = at
    return True


def _note_missing(session: Session, portfolio_id: int, at: datetime, actor: Actor) -> None:
    """Accounts that owe on the day of the last statement, and that it does not name."""
    named = select(func.max(LedgerBalance.as_of), func.count()).where(
        LedgerBalance.portfolio_id == portfolio_id,
        or_(col(LedgerBalance.kind).is_(None), LedgerBalance.kind != DifferenceKind.missing_there),
    )
    day = session.exec(named).one()[0]
    if day is None:
        return
    of_day = named.where(LedgerBalance.as_of == day)
    most, tolerance = session.exec(of_day).one()[1], compiled(session, portfolio_id, at).tolerance
    lacking: list[LedgerBalance] = []
    for account, ours in _unnamed(session, portfolio_id, day):
        if ours.owed > tolerance:
            lacking.append(_lack(account, ours, day, at))
        if not is_whole(most, len(lacking)):
            return
    if lacking:
        _add_missing(session, lacking, day)
        detail = {"missing": len(lacking), "as_of": day.isoformat()}
        record(session, actor.name, COMPARED, f"portfolio:{portfolio_id}", detail, at)


def _unnamed(session: Session, portfolio_id: int, day: date) -> Iterator[tuple[Account, Ours]]:
    """Accounts without a line of that day, with how ours stood."""
    said = select(LedgerBalance.id).where(
        LedgerBalance.portfolio_id == portfolio_id,
        LedgerBalance.account_no == Account.account_no,
        LedgerBalance.as_of == day,
    )
    silent = select(Account).where(
        Account.portfolio_id == portfolio_id,
        or_(col(Account.opened_on).is_(None), col(Account.opened_on) <= day),
        ~said.exists(),
    )
    after = 0
    while rows := session.exec(silent.where(col(Account.id) > after).order_by(col(Account.id)).limit(CHUNK)).all():
        records = records_of(session, [row.id or 0 for row in rows])
        for row in rows:
            mine = records[row.id or 0]
            ours = ours_at(mine.schedule_on(day), mine.payments, mine.reported, day, None, mine.waived)
            if ours is not None:
                yield row, ours
        after = rows[-1].id or 0


def _lack(account: Account, ours: Ours, day: date, at: datetime) -> LedgerBalance:
    found = missing_there(ours)
    return LedgerBalance(
        portfolio_id=account.portfolio_id,
        account_id=account.id,
        account_no=account.account_no,
        as_of=day,
        loaded_at=at,
        state=found.state,
        kind=found.kind,
        size=found.size,
        ours_owed=ours.owed,
        ours_overdue=ours.overdue,
        compared_at=at,
    )


def _add_missing(session: Session, lacking: Sequence[LedgerBalance], day: date) -> None:
    ids = {row.account_id for row in lacking if row.account_id is not None}
    older = update(LedgerBalance).where(among(session, LedgerBalance.account_id, ids), col(LedgerBalance.as_of) < day)
    session.connection().execute(older.values(is_last=False))
    session.add_all(lacking)
    session.flush()
