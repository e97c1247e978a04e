"""The web door: pages for people, an API for programs, webhooks for the carrier, put together."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from collector.casework.office import Office
from collector.dispatch.twilio import Signatures
from collector.foundation.clock import Clock
from collector.foundation.errors import CollectorError
from collector.foundation.settings import Settings
from collector.planning.queries import Mark
from collector.web import access, answers, health
from collector.web import session as door
from collector.web.api import book, floor, people
from collector.web.guard import Guard
from collector.web.pages import PAGES, PUBLIC
from collector.web.pages.entry import sign_in_again
from collector.web.pages.shell import error_page
from collector.web.webhooks import twilio

STATIC = Path(__file__).parent / "static"
VERSION = "1"


class Web(FastAPI):
    """FastAPI with the guard as the outermost layer: an answer to an unforeseen error carries the headers too."""

    def build_middleware_stack(self) -> ASGIApp:
        https = self.state.desk.office.settings.public_url.startswith("https:")
        return Guard(super().build_middleware_stack(), https=https)


def create_web(office: Office, clock: Clock) -> FastAPI:
    """The application of one installation. It never reads the clock but through `clock`."""
    web = Web(title="collector", version=VERSION, docs_url=None, redoc_url=None, openapi_url=None)
    web.state.desk = door.Desk(office, clock, Signatures(office.settings), Mark())
    web.state.error_page, web.state.sign_in_again = error_page, sign_in_again
    web.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(office.settings))
    _add_handlers(web)
    web.mount("/static", StaticFiles(directory=STATIC), name="static")
    web.include_router(health.router)
    web.include_router(twilio.router)
    web.include_router(_api())
    for router in PUBLIC:
        web.include_router(router, include_in_schema=False)
    for router in PAGES:
        web.include_router(router, dependencies=[Depends(access.permitted)], include_in_schema=False)
    return web


def _api() -> APIRouter:
    api = APIRouter(prefix="/api/v1", dependencies=[Depends(access.permitted_key)])
    for part, tag in ((floor, "floor"), (people, "people"), (book, "book")):
        api.include_router(part.router, tags=[tag])
    return api


def _hosts(settings: Settings) -> list[str]:
    """The names the server answers to: those of the settings, and its own public one."""
    named = [host.strip() for host in settings.trusted_hosts.split(",") if host.strip()]
    return sorted({*named, urlsplit(settings.public_url).hostname or ""} - {""})


def _add_handlers(web: FastAPI) -> None:
    handlers: dict[Any, Any] = {
        CollectorError: answers.on_error,
        RequestValidationError: answers.on_invalid,
        HTTPException: answers.on_http,
        OperationalError: answers.on_busy,
        ClientDisconnect: answers.on_gone,
        Exception: answers.on_broken,
    }
    for kind, handler in handlers.items():
        web.add_exception_handler(kind, handler)
