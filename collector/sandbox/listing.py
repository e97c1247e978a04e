"""Lists as the REST gives them: newest first, filtered, in pages that stay whole while new entries arrive."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from collector.sandbox.refusals import RestError

PAGE_SIZE: Final = 50
LARGEST_PAGE: Final = 1000


class Listed(Protocol):
    """`ordinal` counts up with creation."""

    sid: str
    ordinal: int
    to: str
    sender: str


Item = TypeVar("Item", bound=Listed)
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list, and the addresses the REST tells beside it."""

    items: list[Item]
    number: int
    size: int
    uri: str
    first: str
    following: str | None

    def body(self, name: str, items: list[dict[str, object]]) -> dict[str, object]:
        start = self.number * self.size
        return {
            name: items,
            "page": self.number,
            "page_size": self.size,
            "start": start,
            "end": start + max(len(items) - 1, 0),
            "uri": self.uri,
            "first_page_uri": self.first,
            "next_page_uri": self.following,
            "previous_page_uri": None,
        }


class Ledger(Generic[Item]):
    """Everything of one kind the account has, found by sid, recipient or sender."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Item] = {}
        self._all: list[Item] = []
        self._by_to: dict[str, list[Item]] = {}
        self._by_sender: dict[str, list[Item]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def add(self, item: Item) -> None:
        self._by_sid[item.sid] = item
        self._all.append(item)
        self._by_to.setdefault(item.to, []).append(item)
        self._by_sender.setdefault(item.sender, []).append(item)

    def get(self, sid: str) -> Item:
        """The item of that sid; an unknown one is error 20404."""
        if sid not in self._by_sid:
            raise RestError(20404)
        return self._by_sid[sid]

    def page(self, path: str, query: Query, keep: Callable[[Item], bool]) -> Page[Item]:
        """The page that `query` asks for among the items that `keep` lets pass."""
        size = min(max(whole(query.get("PageSize"), PAGE_SIZE), 1), LARGEST_PAGE)
        number = whole(query.get("Page"), 0)
        found = list(islice(filter(keep, self._newest_first(query)), size + 1))
        items = found[:size]
        filters = {key: value for key, value in query.items() if not key.startswith("Page")}
        first = _address(path, filters, size, 0, None)
        following = _address(path, filters, size, number + 1, items[-1].sid) if len(found) > size else None
        return Page(items, number, size, _address(path, dict(query), size, number, None), first, following)

    def _newest_first(self, query: Query) -> Iterator[Item]:
        items = self._all
        if "To" in query:
            items = self._by_to.get(query["To"], [])
        elif "From" in query:
            items = self._by_sender.get(query["From"], [])
        end = len(items)
        if "PageToken" in query:
            last = self.get(query["PageToken"].removeprefix("PA"))
            end = bisect_left(items, last.ordinal, key=lambda item: item.ordinal)
        return (items[place] for place in range(end - 1, -1, -1))


def within(moment: datetime | None, query: Query, name: str) -> bool:
    """Whether a moment passes the filters `name` (that UTC day), `name<` and `name>` (both inclusive, a bare date
    meaning the whole day). What has not happened yet passes no filter."""
    exact, before, after = query.get(name), query.get(name + "<"), query.get(name + ">")
    if not (exact or before or after):
        return True
    if moment is None:
        return False
    if exact and moment.date() != _moment(exact).date():
        return False
    width = timedelta(days=1) if before and len(before) == len("2026-05-12") else timedelta(seconds=1)
    if before and moment >= _moment(before) + width:
        return False
    return not (after and moment < _moment(after))


def whole(value: str | None, default: int) -> int:
    return int(value) if value is not None and value.isdecimal() else default


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise RestError(20001) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _address(path: str, filters: Mapping[str, str], size: int, number: int, last: str | None) -> str:
    query = {**filters, "PageSize": str(size), "Page": str(number)}
    if last is not None:
        query["PageToken"] = "PA" + last
    return f"{path}?{urlencode(query)}"
