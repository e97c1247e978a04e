"""Who is there? A decision asks for a password or a code, unless one was given in this session a moment ago: a screen
that was left open decides nothing (security section 1).

A page shows `parts.confirm()` in its form; its door passes what was typed to `require_confirmed` before it begins its
transaction, since a password takes a tenth of a second to check.
"""

from __future__ import annotations

from fastapi import Request

from collector.foundation.errors import Forbidden
from collector.identity import signing_in
from collector.web.session import Caller, Desk, came_from

MISSING = (
    "this needs your password, or a code of your app: the last one was given more than 5 minutes ago; open the page "
    "again, type it beside the button, and repeat"
)
WRONG = "that is neither your password nor a code of your app that may still be used; go back and type it again"


def require_confirmed(request: Request, desk: Desk, caller: Caller, typed: str) -> None:
    """`Forbidden` with what to do, unless it is certain that the session's user is there. What is wrong is counted, and
    slows down who guesses; what is right counts for the next 5 minutes."""
    if caller.fresh:
        return
    if not typed or caller.session is None:
        raise Forbidden(MISSING)
    office = desk.office
    if not signing_in.confirm(office.database, office.keys, caller.session, typed, came_from(request), desk.clock()):
        raise Forbidden(WRONG)
