"""API of the book: loading, accounts, payments that match no account, strategies, the gate, the audit."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Query, UploadFile
from fastapi.responses import FileResponse, PlainTextResponse

from collector.audit import queries as audit
from collector.audit.actions import record
from collector.casework import queries, strategies
from collector.casework.approvals import matching
from collector.casework.approvals import strategies as proposals
from collector.casework.views import held as views
from collector.casework.views import within
from collector.casework.views.account import account_view
from collector.casework.views.find import accounts, others_of, search
from collector.casework.views.timeline import timeline
from collector.compliance.check import check_document, check_schema
from collector.foundation.clock import parse_moment
from collector.foundation.money import plain
from collector.portfolio.queries import portfolio_by_code
from collector.portfolio.rules import LoadKind, Sign
from collector.web.api.frame import answer, require_everything, waiting
from collector.web.api.models import AccountAsked, CheckAsked, MatchAsked, PublishAsked, SearchAsked, StrategyAsked
from collector.web.loading import load_upload
from collector.web.session import ApiCallerParam, DeskParam, reading, writing
from collector.web.uploads import kept_rejects

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
AtQuery = Annotated[str | None, Query(max_length=40, description="The moment that counts; default: now")]
Text = Annotated[str | None, Form(max_length=200)]


@router.post("/load/{kind}")
def api_load(
    kind: LoadKind,
    desk: DeskParam,
    caller: ApiCallerParam,
    file: Annotated[UploadFile, File(description="CSV (UTF-8, also .gz) or XLSX")],
    mapping: Annotated[UploadFile | None, File(description="YAML for a foreign file's columns")] = None,
    portfolio: Text = None,
    as_of: Text = None,
    at: Text = None,
) -> Any:
    """Load a file of the book. Rows that are wrong are refused one by one; the rest goes in together, or not at all."""
    result = load_upload(
        desk,
        caller,
        kind,
        file,
        mapping,
        portfolio=portfolio,
        as_of=parse_moment(as_of) if as_of else None,
        at=desk.moment(at),
    )
    return answer(**result.totals())


@router.get("/loads/{run_id}/rejects")
def api_rejects(run_id: Id, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """The rows a load refused, as CSV with their reasons."""
    with reading(desk) as session:
        within.load_run(session, caller.actor.scope, run_id)
    path = kept_rejects(desk.office, run_id)
    with writing(desk) as session:
        record(session, caller.actor.name, "load.rejects", f"load_run:{run_id}", {}, desk.clock())
    return FileResponse(path, media_type="text/csv", filename=f"rejects-{run_id}.csv")


@router.get("/accounts")
def api_accounts(
    desk: DeskParam,
    caller: ApiCallerParam,
    portfolio: Annotated[str | None, Query(max_length=100)] = None,
    after: Annotated[str | None, Query(max_length=20)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    at: AtQuery = None,
) -> Any:
    """Accounts page by page: ask again with `after` until it is null."""
    with reading(desk) as session:
        page = accounts(session, caller.actor.scope, desk.look(at), code=portfolio, after=after, limit=limit)
    return answer(accounts=page.rows, after=page.after)


@router.post("/accounts/search")
def api_search(asked: SearchAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """By account or card number, the start of a name, or a whole phone number. At most 20."""
    with reading(desk) as session:
        return answer(accounts=search(session, caller.actor.scope, asked.text, desk.look(asked.at)))


@router.get("/accounts/{account_id}")
def api_account(account_id: Id, desk: DeskParam, caller: ApiCallerParam, at: AtQuery = None) -> Any:
    """One account: where it stands, schedule, payments, promises, who stands to it. Phones masked."""
    with reading(desk) as session:
        account, book = within.account(session, caller.actor.scope, account_id)
        others = others_of(session, caller.actor.scope, account.person_id, account_id)
        view = account_view(session, account, book, desk.look(at), others)
        return answer(
            id=account_id,
            account=f"{book.code}/{account.account_no}",
            person=account.person_id,
            name=view.name,
            product=account.product,
            currency=book.currency,
            timezone=book.timezone,
            payments_as_of=book.payments_as_of,
            standing=view.standing,
            schedule=view.schedule,
            payments=[_kept(row, _PAYMENT) for row in view.payments],
            promises=[_kept(row, _PROMISE) for row in view.promises],
            people=view.people,
            stops=[_kept(row, _STOP) for row in view.stops],
            holds=[_kept(row, _HOLD) for row in view.holds],
            disputes=[_kept(row, _DISPUTE) for row in view.disputes],
            referrals=[_kept(row, _REFERRAL) for row in view.referrals],
            others=[key for _, key in others],
        )


_PAYMENT = ("id", "reference", "amount", "paid_at", "kind", "state", "reason")
_PROMISE = ("id", "amount", "paid", "due_at", "made_at", "state", "way", "promised_by", "decided_at")
_STOP = ("id", "kind", "channel", "at", "until")
_HOLD = ("id", "scope", "reason", "at", "until")
_DISPUTE = ("id", "reason", "at", "answer_by", "answered_at")
_REFERRAL = ("id", "kind", "state", "opened_at", "state_at")


def _kept(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """What of a stored row is told: by allow-list."""
    return {name: getattr(row, name) for name in names}


@router.get("/accounts/{account_id}/timeline")
def api_timeline(account_id: Id, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """What happened around an account, newest first. Amounts in minor units, numbers masked."""
    with reading(desk) as session:
        account, _ = within.account(session, caller.actor.scope, account_id)
        return answer(timeline=timeline(session, account))


@router.post("/explain")
def api_explain(asked: AccountAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Where an account stands, which rules put it there, what comes next, and what was refused."""
    with reading(desk) as session:
        document = queries.explain(session, desk.office, asked.account, desk.look(asked.at), caller.actor.scope)
        return answer(**document)


@router.get("/payments/held")
def api_held_payments(desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Payments that match no account and wait for a person, with what might fit."""
    with reading(desk) as session:
        held = views.held_payments(session, desk.office, caller.actor.scope, limit=100)
        return answer(payments=[_held(one) for one in held.rows])


def _held(one: views.Held) -> dict[str, Any]:
    names = ("id", "reference", "account_no", "card_no", "payer_name", "paid_at", "reason")
    amount = plain(one.payment.amount, one.currency)
    suggestions = [(fit.account_id, f"{one.code}/{fit.account_no}", SIGNS[fit.signs[0]]) for fit in one.fits]
    scores = [
        {"account": f"{one.code}/{fit.account_no}", "score": fit.score, "signs": [str(sign) for sign in fit.signs]}
        for fit in one.fits
    ]
    told = {"portfolio": one.code, "amount": amount, "suggestions": suggestions, "fits": scores}
    return {**_kept(one.payment, names), **told}


SIGNS = {
    Sign.account_typo: "account number with one slip",
    Sign.same_card: "the same card",
    Sign.card_typo: "card number with one slip",
    Sign.same_name: "payer's name",
    Sign.alike_name: "a name like the payer's",
    Sign.amount_overdue: "amount overdue",
    Sign.amount_instalment: "amount of an instalment",
    Sign.amount_owed: "amount owed",
    Sign.phone_tail: "end of a phone",
    Sign.id_tail: "end of an ID",
}
"""What speaks for an account, in words."""


@router.post("/payments/{payment_id}/match")
def api_match(payment_id: Id, asked: MatchAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Propose where a held payment belongs. A person confirms it on the pages: a key may never approve."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        payment = within.payment(session, caller.actor.scope, payment_id)
        account, _ = queries.account_and_portfolio(session, asked.account, caller.actor.scope)
        row = matching.propose(session, payment, account, caller.actor, at)
        document = {"approval": row.id, "state": row.state}
    return waiting(**document)


@router.get("/strategies/{code}")
def api_strategy(code: str, desk: DeskParam, caller: ApiCallerParam, at: AtQuery = None) -> Any:
    """The strategy that counts for a portfolio, as YAML."""
    with reading(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        return PlainTextResponse(strategies.text_in_force(session, book.code, desk.look(at)), media_type="text/yaml")


@router.post("/strategies/validate")
def api_strategy_validate(asked: StrategyAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Check a strategy: every problem with its row and line."""
    with reading(desk) as session:
        code = _code(session, caller, asked.portfolio)
        warnings = strategies.validate(session, desk.office.texts(session), asked.text, code)
    return answer(valid=True, warnings=warnings)


@router.post("/strategies/diff")
def api_strategy_diff(asked: StrategyAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """What publishing would move, in accounts and money, from segment to segment."""
    with reading(desk) as session:
        code = _code(session, caller, asked.portfolio)
        return answer(flows=strategies.diff(session, asked.text, code, desk.look(asked.at)))


@router.post("/strategies/publish")
def api_strategy_publish(asked: PublishAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Propose a strategy as the next version. A key may never approve: a person publishes it, under Approvals."""
    at = desk.moment(asked.at)
    starts = parse_moment(asked.start) if asked.start else at
    with writing(desk) as session:
        code = _code(session, caller, asked.portfolio)
        book = None if code is None else portfolio_by_code(session, code, caller.actor.scope)
        row = proposals.propose(session, desk.office, book, asked.text, asked.reason, starts, caller.actor, at)
        told = {"approval": row.id, "digest": row.body["digest"], "starts_at": row.body["starts_at"]}
    return answer(versions=[], proposed=told)


def _code(session: Any, caller: ApiCallerParam, code: str | None) -> str | None:
    """The portfolio meant; for all of them the key must see all of them."""
    if code is None:
        require_everything(caller.actor.scope)
        return None
    return portfolio_by_code(session, code, caller.actor.scope).code


@router.post("/check")
def api_check(asked: CheckAsked) -> Any:
    """The gate on its own: may this contact happen, by which rule not, and when next?"""
    return answer(**check_document(asked.document()))


@router.get("/check/schema")
def api_check_schema() -> Any:
    """The JSON Schema of what /check takes."""
    return answer(**check_schema())


@router.get("/audit/verify")
def api_audit_verify(desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Walk the whole chain; names what was changed, removed, inserted or reordered."""
    require_everything(caller.actor.scope)
    with reading(desk) as session:
        proof = audit.verify(session, desk.office.keys, desk.clock())
    return answer(sealed=proof.sealed, unsealed=proof.unsealed, findings=proof.findings)
