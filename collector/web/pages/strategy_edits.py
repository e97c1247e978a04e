"""What is done to a draft: rows moved, copied, changed, parts and the whole text written. Whatever was typed is kept,
right or wrong; a draft that was changed elsewhere meanwhile is not written over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from collector.casework import drafts
from collector.foundation.errors import BadInput
from collector.portfolio.queries import portfolio_by_code
from collector.strategy.editing import (
    copy_row,
    free_name,
    insert_row,
    move_row,
    remove_row,
    replace_part,
    replace_row,
    rows_of,
)
from collector.strategy.queries import draft_of
from collector.web.pages.shell import see
from collector.web.pages.strategy import Code, as_file
from collector.web.pages.strategy_draft import GONE, own_draft
from collector.web.pages.strategy_editor import PARTS, row_said
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing

router = APIRouter()
NEW = {"stage": "growth", "level": "primary"}


def change(
    desk: Desk, caller: Caller, code: str, fields: Mapping[str, str], edit: Callable[[str], str]
) -> tuple[str, bool]:
    """The draft changed; the sentence to say, if any."""
    with writing(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        revision = fields.get("revision", "")
        if not revision.isdecimal() or len(revision) > 9:
            raise BadInput(GONE)
        voided = drafts.change(session, book, caller.actor, int(revision), edit, desk.clock())
    return f"/strategy/{code}/draft", voided


def back(page: str, voided: bool, query: str = "", anchor: str = "") -> Any:
    told = [part for part in (query, "said=strategy-void" if voided else "") if part]
    return see(f"{page}{'?' if told else ''}{'&'.join(told)}{anchor}")


@router.post("/strategy/{code}/draft/rows")
def move_rows(code: Code, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """`do` is a word and places from 0: up AT, down AT, move AT TO, copy AT, remove AT, switch AT, add AT."""
    word, *places = fields.get("do", "").split()
    if not places or not all(place.isdecimal() and len(place) < 6 for place in places):
        raise BadInput(GONE)
    at, to = int(places[0]), int(places[-1])
    page, voided = change(desk, caller, code, fields, lambda text: _moved(text, word, at, to))
    target = {"up": max(at - 1, 0), "down": at + 1, "move": to, "copy": at + 1, "add": at}.get(word, at)
    if word in ("copy", "add"):
        return back(page, voided, f"row={target}")
    return back(page, voided, f"at={target}&by={word if word in ('up', 'down') else 'up'}")


def _moved(text: str, word: str, at: int, to: int) -> str:
    if word in ("up", "down"):
        return move_row(text, at, at + (1 if word == "down" else -1))
    if word == "move":
        return move_row(text, at, to)
    if word == "copy":
        return copy_row(text, at)
    if word == "remove":
        return remove_row(text, at)
    if word == "add":
        return insert_row(text, at, {"name": free_name(text, "new-segment"), "when": {"bucket": []}, **NEW})
    if word != "switch" or at >= len(rows_of(text)):
        raise BadInput(GONE)
    row = dict(rows_of(text)[at])
    return replace_row(text, at, _switched(row))


def _switched(row: dict[str, Any]) -> dict[str, Any]:
    """On or off."""
    if row.pop("disabled", False):
        return row
    return {**row, "disabled": True}


@router.post("/strategy/{code}/draft/row")
def save_row(code: Code, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    place = fields.get("at", "")
    if not place.isdecimal() or len(place) > 6:
        raise BadInput(GONE)
    at = int(place)
    page, voided = change(desk, caller, code, fields, lambda text: replace_row(text, at, row_said(text, at, fields)))
    if fields.get("do", "save") == "save":
        return back(page, voided, f"at={at}", f"#row-{at}")
    return back(page, voided, f"row={at}")


@router.post("/strategy/{code}/draft/part")
def save_part(request: Request, code: Code, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A part as text; one that can not be put back is shown again as it was typed."""
    key, block = fields.get("part", ""), fields.get("block", "")
    if key not in PARTS:
        raise BadInput(GONE)
    page, voided = change(desk, caller, code, fields, lambda text: replace_part(text, key, block.replace("\r\n", "\n")))
    return back(page, voided, f"part={key}", "#parts")


@router.post("/strategy/{code}/draft/text")
async def save_draft_text(request: Request, code: Code, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The whole text, typed or from a file; kept whatever is wrong with it."""
    file = (await request.form()).get("file")
    if isinstance(file, UploadFile) and file.filename:
        text = drafts.uploaded(await file.read())
    elif "body" in fields:
        text = fields["body"]
    else:
        raise BadInput("choose a file first")
    page, voided = await run_in_threadpool(change, desk, caller, code, fields, lambda _: text)
    return back(page, voided, "text=1", "#text")


@router.get("/strategy/{code}/draft/file")
def download_draft(code: Code, desk: DeskParam, caller: CallerParam) -> Any:
    with reading(desk) as session:
        draft = own_draft(session, portfolio_by_code(session, code, caller.actor.scope), caller)
    return as_file(draft.body, "strategy-draft")


@router.post("/strategy/{code}/draft/drop")
def drop_strategy_draft(code: Code, desk: DeskParam, caller: CallerParam, _fields: FormParam) -> Any:
    with writing(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        if draft_of(session, book.id or 0, caller.actor) is not None:
            drafts.drop(session, book, caller.actor, desk.clock())
    return see(f"/strategy/{code}", "strategy-dropped")
