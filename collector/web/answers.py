"""Errors as HTTP answers: JSON for programs, a page with a sentence for people; what was typed is never lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from collector.foundation.errors import (
    BadInput,
    CarrierError,
    CollectorError,
    Conflict,
    Forbidden,
    NotFound,
    NotReady,
    Problem,
    Unauthorized,
)
from collector.foundation.invalid import in_plain_words
from collector.web.session import CodeFirst, PasswordFirst, SignInFirst
from collector.web.typed import Typed, typed

STATUS: dict[type[CollectorError], int] = {
    BadInput: 422,
    NotFound: 404,
    Conflict: 409,
    Forbidden: 403,
    Unauthorized: 401,
    NotReady: 503,
    CarrierError: 502,
}

BUSY = "the database does not answer right now; nothing was changed, please try again"
BROKEN = "something went wrong on our side; nothing was changed. If it happens again, tell whoever runs this."


def status_of(error: CollectorError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def wants_json(request: Request) -> bool:
    return request.url.path.startswith(("/api", "/webhooks", "/healthz", "/ready"))


def _answer(
    request: Request, status: int, words: str, problems: tuple[Problem, ...] = (), kept: Typed | None = None
) -> Response:
    """JSON for programs, a page with a sentence for people."""
    if wants_json(request):
        headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}.get(status)
        told = [str(problem) for problem in problems]
        return JSONResponse({"error": words, "problems": told}, status, headers=headers)
    answer: Response = request.app.state.error_page(request, status, words, problems, kept or Typed())
    return answer


async def on_error(request: Request, error: Exception) -> Response:
    """An error of ours."""
    assert isinstance(error, CollectorError)  # noqa: S101 - registered for these only
    kept = Typed() if wants_json(request) else await typed(request)
    if not wants_json(request) and isinstance(error, SignInFirst | PasswordFirst | CodeFirst):
        return _at_the_entrance(request, error, kept)
    problems = error.problems if isinstance(error, BadInput) else ()
    return _answer(request, status_of(error), error.message, problems, kept)


def _at_the_entrance(request: Request, error: CollectorError, kept: Typed) -> Response:
    """To the sign-in, an own password or an app for codes; what was typed while the session ran out is shown there."""
    if isinstance(error, SignInFirst) and kept.fields:
        answer: Response = request.app.state.sign_in_again(request, kept)
        return answer
    ways: dict[type[CollectorError], str] = {PasswordFirst: "/password", CodeFirst: "/me/codes"}
    return RedirectResponse(ways.get(type(error), "/login"), 303)


async def on_invalid(request: Request, error: Exception) -> Response:
    """What FastAPI's own checks refuse: named by place and reason, without echoing what was sent."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return _answer(request, 422, "the request is not valid", reasons(error.errors()))


def reasons(errors: Any, called: Callable[[str], str] = str) -> tuple[Problem, ...]:
    """Field and reason of each problem pydantic found; never the value. `called`: how a field is called there."""
    fields = [called(".".join(str(part) for part in one["loc"])) for one in errors]
    return tuple(Problem(f"{name}: {in_plain_words(one)}") for name, one in zip(fields, errors, strict=True))


async def on_http(request: Request, error: Exception) -> Response:
    """What the routing refuses: no such address, or not by this method."""
    assert isinstance(error, HTTPException)  # noqa: S101
    words = {404: NotFound().message, 405: "this address does not take that method"}.get(error.status_code)
    return _answer(request, error.status_code, words or str(error.detail))


async def on_gone(_request: Request, _error: Exception) -> Response:
    """Whoever asked hung up before the question was read: there is nobody to answer, and nothing was done."""
    return Response(status_code=400)


async def on_busy(request: Request, error: Exception) -> Response:
    """The database is away or busy: nothing was done."""
    assert isinstance(error, OperationalError)  # noqa: S101
    return _answer(request, 503, BUSY)


async def on_broken(request: Request, error: Exception) -> Response:
    """An error of the program itself. It is logged by the server; the answer tells nothing of it."""
    return _answer(request, 500, BROKEN)
