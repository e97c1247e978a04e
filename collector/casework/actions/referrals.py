"""What the legal and skip-tracing teams decide about what was handed to them (handbook section 8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, select

from collector.casework.actions.follow_up import follow_up
from collector.casework.office import Office
from collector.casework.views.negotiators import by_default, negotiators
from collector.dispatch.queries import lock_people
from collector.facts.clocks import read_clocks
from collector.facts.queries import people_of_accounts, read_people
from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.foundation.errors import BadInput, NotFound
from collector.history import actions as history
from collector.history.rules import ReferralKind, ReferralState, Route
from collector.history.tables import Filing, Referral
from collector.identity.rules import Actor
from collector.legal.routing import kinds_on_file, routes_of
from collector.legal.rules import best_route
from collector.portfolio.tables import Account, Portfolio


def move_referral(
    session: Session,
    office: Office,
    referral_id: int,
    state: ReferralState,
    at: datetime,
    actor: Actor,
    reason: str,
    *,
    route: Route | None = None,
    negotiator_id: int | None = None,
) -> Referral:
    """One of `move_referrals`."""
    return move_referrals(
        session, office, [referral_id], state, at, actor, reason, route=route, negotiator_id=negotiator_id
    )[0]


def move_referrals(
    session: Session,
    office: Office,
    referral_ids: Collection[int],
    state: ReferralState,
    at: datetime,
    actor: Actor,
    reason: str,
    *,
    route: Route | None = None,
    negotiator_id: int | None = None,
) -> list[Referral]:
    """Accept, return or close referrals; a return needs a reason.

    Legal accepts by a route, without one by that which is proposed, and names who alone goes on talking: without a
    name the account's owner, or else whoever accepts. Another route than the proposed one needs a reason.
    """
    if state is ReferralState.returned and not reason.strip():
        raise BadInput("a referral is returned with a reason: say what is missing")
    rows = _held(session, referral_ids)
    accepts = [row for row in rows if row.kind is ReferralKind.legal and state is ReferralState.accepted]
    proposed = proposed_routes(session, accepts, at)
    if route is not None and not reason.strip() and any(one is not route for one in proposed.values()):
        raise BadInput("say why another route is taken than the one that is proposed")
    for row in rows:
        number = row.id or 0
        mine = proposed.get(number)
        talks = _named(session, row, negotiator_id, actor) if row in accepts else None
        chosen = (route or mine) if row in accepts else None
        history.move_referral(
            session, number, state, at, actor, reason, route=chosen, proposed=mine, negotiator_id=talks
        )
    _follow(session, office, rows, at, actor)
    return rows


def change_route(
    session: Session, office: Office, referral_id: int, route: Route, at: datetime, actor: Actor, reason: str
) -> Referral:
    """Another route for an accepted case, with the reason; the one before stays on record."""
    if not reason.strip():
        raise BadInput("say why the route changes")
    rows = _held(session, [referral_id])
    if rows[0].route is route:
        raise BadInput("this is the route already")
    proposed = proposed_routes(session, rows, at).get(referral_id)
    row = history.choose_route(session, referral_id, route, at, actor, reason, proposed)
    _follow(session, office, rows, at, actor)
    return row


def change_negotiator(
    session: Session, office: Office, referral_id: int, user_id: int, at: datetime, actor: Actor, reason: str
) -> Referral:
    """Somebody else goes on talking about an accepted case, and nobody but them; with the reason."""
    if not reason.strip():
        raise BadInput("say why somebody else negotiates")
    rows = _held(session, [referral_id])
    if rows[0].negotiator_id == user_id:
        raise BadInput("they negotiate already")
    _require_negotiator(session, rows[0], user_id)
    row = history.name_negotiator(session, referral_id, user_id, at, actor, reason)
    _follow(session, office, rows, at, actor)
    return row


def file_together(
    session: Session, office: Office, referral_ids: Collection[int], at: datetime, actor: Actor
) -> Filing:
    """Accepted cases of one portfolio, filed as one group under the next number of the year."""
    rows = _held(session, referral_ids)
    books = {row.portfolio_id for row in rows}
    if len(books) != 1:
        raise BadInput("cases of one portfolio are filed together; choose them portfolio by portfolio")
    book = session.get_one(Portfolio, books.pop())
    year = local_day(at, book.timezone).year
    numbers = [row.id or 0 for row in rows]
    filing = history.file_together(session, book.id or 0, book.code, numbers, year, at, actor)
    _follow(session, office, rows, at, actor)
    return filing


def proposed_routes(session: Session, rows: Sequence[Referral], at: datetime) -> Mapping[int, Route | None]:
    """By referral: the route that the strategy proposes now; None: none is open."""
    accounts = {row.account_id for row in rows}
    if not accounts:
        return {}
    people = read_people(session, {row.person_id for row in rows}, at).values()
    clocks, papers = read_clocks(session, accounts, at), kinds_on_file(session, accounts)
    found = routes_of(session, people, clocks, papers, at)
    return {row.id or 0: best_route(found.get(row.account_id, ())) for row in rows}


def _held(session: Session, referral_ids: Collection[int]) -> list[Referral]:
    """These referrals, with everyone who owes their accounts held until commit."""
    wanted = select(Referral).where(among(session, Referral.id, referral_ids)).order_by(Referral.id)  # type: ignore[arg-type]
    rows = list(session.exec(wanted))
    if not rows or len(rows) < len(set(referral_ids)):
        raise NotFound("there is no such referral")
    lock_people(session, people_of_accounts(session, {row.account_id for row in rows}))
    return rows


def _named(session: Session, row: Referral, user_id: int | None, actor: Actor) -> int | None:
    if user_id is not None:
        _require_negotiator(session, row, user_id)
        return user_id
    owner_id = session.get_one(Account, row.account_id).owner_id
    found = by_default(negotiators(session, row.portfolio_id), owner_id, actor.user_id)
    return found.id if found else None


def _require_negotiator(session: Session, row: Referral, user_id: int) -> None:
    if all(user.id != user_id for user in negotiators(session, row.portfolio_id)):
        raise BadInput("this person does not talk with borrowers of this portfolio; name another one")


def _follow(session: Session, office: Office, rows: Sequence[Referral], at: datetime, actor: Actor) -> None:
    follow_up(session, office, people_of_accounts(session, {row.account_id for row in rows}), at, actor)
