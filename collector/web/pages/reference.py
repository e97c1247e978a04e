"""The API's reference: our own rendering of its schema, since no page loads anything from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from collector.web.access import API
from collector.web.pages.shell import frame_of
from collector.web.session import CallerParam, DeskParam, api_caller, signed_in
from collector.web.templating import Page, render

router = APIRouter()
schema = APIRouter()


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    needed: bool
    words: str


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    scope: str
    words: str
    fields: Sequence[Field]


@dataclass(frozen=True)
class ReferencePage(Page):
    template: ClassVar[str] = "reference.html"
    operations: Sequence[Operation]


@router.get("/reference")
def reference(request: Request, caller: CallerParam) -> Any:
    document = request.app.openapi()
    operations = [
        _operation(document, path, method, told)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
    ]
    return render(ReferencePage(frame_of(request, caller), operations))


@schema.get("/api/v1/openapi.json")
def reference_schema(request: Request, desk: DeskParam) -> Any:
    """For key holders, and for who is signed in."""
    if "Authorization" in request.headers:
        api_caller(request, desk)
    else:
        signed_in(request, desk)
    return JSONResponse(request.app.openapi())


def _operation(document: dict[str, Any], path: str, method: str, told: dict[str, Any]) -> Operation:
    name = told["operationId"]
    scope = next((str(needed) for route, needed in API.items() if name.startswith(f"{route}_")), "")
    fields = [
        _field(document, one["name"], one["schema"], needed=one.get("required", False))
        for one in told.get("parameters", [])
    ]
    return Operation(method.upper(), path, scope, told.get("description", ""), [*fields, *_body(document, told)])


def _body(document: dict[str, Any], told: dict[str, Any]) -> list[Field]:
    content = told.get("requestBody", {}).get("content", {})
    found = []
    for part in content.values():
        shape = part["schema"]
        if "$ref" in shape:
            shape = document["components"]["schemas"][shape["$ref"].rsplit("/", 1)[-1]]
        for name, one in shape.get("properties", {}).items():
            found.append(_field(document, name, one, needed=name in shape.get("required", ())))
    return found


def _field(document: dict[str, Any], name: str, shape: dict[str, Any], *, needed: bool) -> Field:
    return Field(name, _kind(document, shape), needed, shape.get("description", ""))


def _kind(document: dict[str, Any], shape: dict[str, Any]) -> str:
    """The type in a word, or the words it may be."""
    if "$ref" in shape:
        name = str(shape["$ref"]).rsplit("/", 1)[-1]
        return ", ".join(str(one) for one in document["components"]["schemas"][name].get("enum", [name]))
    if "anyOf" in shape:
        return " | ".join(_kind(document, one) for one in shape["anyOf"] if one.get("type") != "null")
    return str(shape.get("format") or shape.get("type", "any"))
