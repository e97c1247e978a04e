"""What the API routes share."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse

from collector.foundation.errors import Forbidden
from collector.foundation.told import told
from collector.identity.rules import Scope


def answer(**document: Any) -> JSONResponse:
    return JSONResponse(told(document))


def waiting(**document: Any) -> JSONResponse:
    """Taken, but a person decides."""
    return JSONResponse(told(document), 202)


def require_everything(scope: Scope) -> None:
    """For what concerns the whole installation: a key for some portfolios may not start it."""
    if scope.portfolio_ids is not None:
        raise Forbidden("this concerns all portfolios; it needs a key for all of them")
