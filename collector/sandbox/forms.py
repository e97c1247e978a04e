"""Form-encoded request bodies, as the REST takes them: a name may come several times."""

from __future__ import annotations

from urllib.parse import parse_qs


class Form:
    """The last value of a name counts, except where many are meant."""

    __slots__ = ("_values",)

    def __init__(self, body: bytes) -> None:
        self._values = parse_qs(body.decode(errors="replace"), keep_blank_values=True)

    def one(self, name: str) -> str:
        """The value, or an empty string; the carrier treats both alike."""
        values = self._values.get(name)
        return values[-1] if values else ""

    def many(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def method(self, name: str) -> str:
        return "GET" if self.one(name).upper() == "GET" else "POST"
