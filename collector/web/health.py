"""Is the process alive, and is today ready? For monitors: no name and no number of anybody is in the answer."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from collector.casework.views.readiness import State, readiness
from collector.identity.rules import EVERYTHING
from collector.web.session import DeskParam, reading

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def alive() -> Any:
    """The process answers."""
    return {"status": "alive"}


@router.get("/ready")
def ready(desk: DeskParam) -> Any:
    """Database, payments, plan, carrier, each good, look or bad. 503 while something is bad."""
    with reading(desk) as session:
        lights = readiness(session, desk.office, EVERYTHING, desk.clock())
    bad = any(light.state is State.bad for light in lights)
    told = [{"name": light.name, "state": light.state.value, "words": light.words} for light in lights]
    return JSONResponse({"ready": not bad, "lights": told}, 503 if bad else 200)
