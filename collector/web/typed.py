"""What somebody had typed into a form that was not taken: it is shown again, so that nothing has to be typed twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from collector.texts.rules import VALUES

WRITTEN: Final = frozenset(
    {"amount", "block", "body", "due_on", "due_time", "next_step", "note", "numbers", "phone", "reason", "until", "way"}
    | {"awarded", "case_no", "contact", "counsel", "court", "place", "received_by", "title", "what"}
    | {"what_for", "who", "whom"}
) | {name for name, value in VALUES.items() if value.entry is not None}
"""The fields that take thought. Nothing else that was sent is ever shown: no secret, no token, no field made up."""
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
LONGEST: Final = 262_144
"""Of one field, in characters; no field of ours takes more."""


@dataclass(frozen=True)
class Typed:
    """Name and content of what was written, and the page the form stood on."""

    page: str = ""
    fields: Sequence[tuple[str, str]] = ()


async def typed(request: Request) -> Typed:
    """Only from our own pages: another site gets none of its words shown here."""
    is_form = request.headers.get("Content-Type", "").startswith(FORMS)
    if request.method != "POST" or not is_form or request.headers.get("Sec-Fetch-Site") == "cross-site":
        return Typed()
    try:
        form = await request.form(max_files=2, max_fields=200)
    except (HTTPException, ClientDisconnect):
        return Typed()
    fields = [
        (name, value.strip()[:LONGEST])
        for name, value in form.multi_items()
        if name in WRITTEN and isinstance(value, str) and value.strip()
    ]
    return Typed(str(form.get("from", "")), fields)
