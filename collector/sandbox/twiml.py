"""TwiML read into a small tree of verbs. Documents with a DOCTYPE are refused: they need none, attacks do."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from collector.foundation.errors import BadInput


@dataclass(slots=True)
class Verb:
    """An element of a TwiML document: its name, attributes, nested nouns and text."""

    name: str
    attributes: dict[str, str]
    children: list[Verb] = field(default_factory=list)
    text: str = ""

    def get(self, attribute: str, default: str = "") -> str:
        return self.attributes.get(attribute, default)

    def seconds(self, attribute: str, default: int) -> int:
        value = self.get(attribute)
        return int(value) if value.isdecimal() else default


def parse(document: str) -> list[Verb]:
    """The verbs inside `<Response>`; anything else is a `BadInput`, as the carrier's error 12100 is."""
    top = Verb("", {})
    path = [top]

    def opened(name: str, attributes: dict[str, str]) -> None:
        verb = Verb(name, attributes)
        path[-1].children.append(verb)
        path.append(verb)

    def closed(_: str) -> None:
        path.pop()

    def said(text: str) -> None:
        path[-1].text += text

    def refused(*_: object) -> None:
        raise BadInput("a TwiML document has no DOCTYPE")

    parser = expat.ParserCreate()
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = said
    parser.StartDoctypeDeclHandler = refused
    try:
        parser.Parse(document.strip(), True)
    except expat.ExpatError as error:
        raise BadInput(f"not a TwiML document: {error}") from error
    if [verb.name for verb in top.children] != ["Response"]:
        raise BadInput("a TwiML document is one <Response>")
    return top.children[0].children
