"""Accounts given to owners: by the rules for a whole portfolio, by a supervisor's word, and taken back (handbook 2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from collector.allocation.queries import Ground, ground_of, people_in_hand
from collector.allocation.rules import Decision, Move
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.sweeping import CHUNK, Progressed, unseen
from collector.casework.office import Office
from collector.dispatch.queries import lock_people
from collector.foundation.database import among, lock_key
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.history import actions as history
from collector.history.rules import HoldingReason
from collector.identity.rules import WORKER, Actor
from collector.portfolio.tables import Account, Portfolio
from collector.strategy.queries import compiled


class BookChanged(Conflict):
    """The book changed since this was shown: look at it again."""


@dataclass(frozen=True, slots=True)
class Allocated:
    """What allocating a portfolio came to: accounts by why they moved, by why they have nobody, by why they stay."""

    portfolio: str
    moved: dict[str, int]
    left_out: dict[str, int]
    stays: dict[str, int]
    digest: str

    @property
    def accounts(self) -> int:
        return sum(self.moved.values())


def allocate(
    session: Session, office: Office, *, portfolio_id: int, at: datetime, actor: Actor, shown: str | None = None
) -> Decision:
    """Bring the owners of a portfolio up to date by its strategy's rules. With `shown`, the digest of what somebody was
    shown, exactly that is done, or nothing and `BookChanged`."""
    ground = _ground(session, portfolio_id, at)
    return _carry_out(session, office, ground.decide(), at, actor, shown)


def reassign(
    session: Session,
    office: Office,
    *,
    portfolio_id: int,
    chosen: Collection[int],
    to: Collection[int],
    note: str,
    at: datetime,
    actor: Actor,
    shown: str | None = None,
) -> Decision:
    """Give the chosen accounts, with all that the same people owe in the portfolio, to these users."""
    if not note.strip():
        raise BadInput("accounts are reassigned with a reason: say why")
    ground = _ground(session, portfolio_id, at)
    unknown = sorted(set(to) - {one.user_id for one in ground.collectors})
    if unknown or not to:
        raise BadInput("choose who is to have them: agents who work this portfolio")
    return _carry_out(session, office, ground.give(chosen, to), at, actor, shown, note)


def recall(
    session: Session, office: Office, *, account_ids: Collection[int], note: str, at: datetime, actor: Actor
) -> Sequence[int]:
    """Take accounts back from their owners (退案): the rules give them to nobody until somebody reassigns them. Returns
    the ids of those taken back; an account nobody has stays so, one whose person is on a call is a `Conflict`."""
    if not note.strip():
        raise BadInput("accounts are recalled with a reason: say why")
    wanted = select(Account).where(among(session, Account.id, account_ids), col(Account.owner_id).is_not(None))
    people = {row.person_id for row in session.exec(wanted)}
    lock_people(session, people)
    rows = session.exec(wanted.order_by(col(Account.id)).execution_options(populate_existing=True)).all()
    if people & people_in_hand(session, at):
        raise Conflict("a call about this is held or rings: it stays with its owner until that is done")
    gifts = [history.Given(row.id or 0, None, None, HoldingReason.taken_back) for row in rows]
    history.give(session, gifts, at, actor, note)
    follow_up(session, office, people, at, actor)
    return [one.account_id for one in gifts]


def allocate_books(
    office: Office,
    portfolio: str | None,
    at: datetime,
    *,
    dry_run: bool = False,
    actor: str = WORKER.name,
    progress: Progressed = unseen,
) -> list[Allocated]:
    """Allocate one portfolio, or all, by the rules. People are taken in chunks, each in a transaction of its own: what
    came in between for them is left to the next time."""
    with office.database.read() as session:
        wanted = select(Portfolio).order_by(col(Portfolio.id))
        if portfolio is not None:
            wanted = wanted.where(col(Portfolio.code) == portfolio)
        books = session.exec(wanted).all()
        if portfolio is not None and not books:
            raise NotFound(f"there is no portfolio {portfolio!r}")
        decided = [(book, ground_of(session, book, at).decide()) for book in books]
    total, done = sum(len(decision.people) for _, decision in decided), 0
    for _, decision in [] if dry_run else decided:
        people = decision.people
        for start in range(0, len(people), CHUNK):
            chunk = frozenset(people[start : start + CHUNK])
            with office.database.begin() as session:
                moves = [move for move in decision.moves if move.person_id in chunk]
                _give(session, office, _still_right(session, moves, at), at, Actor(actor))
            done += len(chunk)
            progress(done, total)
    return [told(book.code, decision) for book, decision in decided]


def told(portfolio: str, decision: Decision) -> Allocated:
    """A decision in counts."""
    return Allocated(
        portfolio=portfolio,
        moved=dict(sorted(Counter(move.why.value for move in decision.moves).items())),
        left_out=dict(sorted(Counter(one.why.value for one in decision.left_out).items())),
        stays=dict(sorted((why.value, accounts) for why, accounts in decision.stays.items())),
        digest=decision.digest,
    )


def allocate_automatically(office: Office, codes: Collection[str], at: datetime, actor: str = WORKER.name) -> list[str]:
    """Those of these portfolios whose strategy says `automatic`; their codes. What it says is asked again each time."""
    with office.database.read() as session:
        books = session.exec(select(Portfolio).where(col(Portfolio.code).in_(codes)).order_by(col(Portfolio.id))).all()
        due = [book.code for book in books if compiled(session, book.id or 0, at).allocation.automatic]
    for code in due:
        allocate_books(office, code, at, actor=actor)
    return due


def _ground(session: Session, portfolio_id: int, at: datetime) -> Ground:
    """Two who allocate a portfolio follow each other."""
    lock_key(session, f"allocation:{portfolio_id}")
    return ground_of(session, session.get_one(Portfolio, portfolio_id), at)


def _carry_out(
    session: Session,
    office: Office,
    decision: Decision,
    at: datetime,
    actor: Actor,
    shown: str | None,
    note: str = "",
) -> Decision:
    if shown is not None and shown != decision.digest:
        raise BookChanged
    lock_people(session, decision.people)
    right = {move.account_id for move in _still_right(session, decision.moves, at)}
    late = {move.person_id for move in decision.moves if move.account_id not in right}
    if late and shown is not None:
        raise BookChanged
    decision = decision.without(late)
    _give(session, office, decision.moves, at, actor, note)
    return decision


def _still_right(session: Session, moves: Sequence[Move], at: datetime) -> list[Move]:
    """Those whose accounts are held as when it was decided, and nobody talks about. Their people are held from here
    on."""
    lock_people(session, {move.person_id for move in moves})
    busy = people_in_hand(session, at)
    held = {
        number: (owner, standby)
        for number, owner, standby in session.exec(
            select(Account.id, Account.owner_id, Account.standby_id).where(
                among(session, Account.id, [move.account_id for move in moves])
            )
        )
    }
    changed = {one.person_id for one in moves if held[one.account_id] != (one.before, one.standby_before)}
    return [move for move in moves if move.person_id not in busy | changed]


def _give(session: Session, office: Office, moves: Sequence[Move], at: datetime, actor: Actor, note: str = "") -> None:
    gifts = [history.Given(one.account_id, one.owner_id, one.standby_id, one.why, one.rule) for one in moves]
    history.give(session, gifts, at, actor, note)
    follow_up(session, office, {move.person_id for move in moves}, at, actor, propose=False)
