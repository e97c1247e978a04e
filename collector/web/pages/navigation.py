"""Where a reader can go: pages in groups, a group whose pages are several opens to a second line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from collector.web.access import PAGES
from collector.web.session import Caller
from collector.web.templating import Link
from collector.web.words import Words


class Place(NamedTuple):
    """`route` says who may open it; `key` opens it from any page."""

    route: str
    href: str
    words: str
    key: str = ""


class Group(NamedTuple):
    """Without words its pages stand in the first line themselves."""

    words: str
    places: tuple[Place, ...]


NAVIGATION = (
    Group(
        "",
        (
            Place("desk", "/desk", "Desk", "g"),
            Place("my_cases", "/cases", "My cases"),
            Place("search_page", "/search", "Search", "/"),
            Place("inbox", "/inbox", "Messages"),
        ),
    ),
    Group(
        "Floor",
        (
            Place("floor", "/floor", "Floor"),
            Place("allocation_page", "/allocation", "Allocation"),
            Place("campaigns_page", "/campaigns", "Campaigns"),
            Place("figures_page", "/figures", "Figures"),
            Place("quality", "/quality", "Quality"),
            Place("refusals_page", "/refusals", "Refusals"),
        ),
    ),
    Group(
        "Strategy",
        (
            Place("strategy_page", "/strategy", "Strategy"),
            Place("texts_page", "/texts", "Texts"),
            Place("portfolios_page", "/portfolios", "Portfolios"),
        ),
    ),
    Group(
        "",
        (
            Place("skiptrace_queue", "/referrals/skiptrace", "Skip-tracing"),
            Place("letters_page", "/letters", "Letters"),
            Place("terms_page", "/terms", "Terms"),
        ),
    ),
    Group(
        "Legal",
        (
            Place("legal_page", "/legal", "What is lost first"),
            Place("court_dates", "/court-dates", "Court calendar"),
            Place("counsel_report", "/counsel", "By counsel"),
            Place("archive_page", "/archive", "Archive"),
            Place("law_page", "/law", "Law"),
        ),
    ),
    Group(
        "",
        (
            Place("operations", "/operations", "Operations"),
            Place("decide_approval", "/approvals", "Approvals"),
        ),
    ),
    Group(
        "Administration",
        (
            Place("users", "/users", "Users"),
            Place("api_keys", "/keys", "API keys"),
            Place("audit_page", "/audit", "Audit"),
            Place("retention_page", "/retention", "Retention"),
        ),
    ),
)


def links(caller: Caller, here: str, t: Words) -> tuple[Sequence[Link], Sequence[Link]]:
    """What this reader may open: the first line, and the second where the page that is open has neighbours."""
    first: list[Link] = []
    second: Sequence[Link] = ()
    for group in NAVIGATION:
        own = [place for place in group.places if PAGES[place.route] & caller.actor.roles]
        told = [Link(place.href, t(place.words), place.key, _is_under(place.href, here)) for place in own]
        if not group.words or len(told) < 2:
            first += told
            continue
        is_open = any(link.here for link in told)
        first.append(Link(told[0].href, t(group.words), "", is_open))
        second = told if is_open else second
    return first, second


def _is_under(href: str, here: str) -> bool:
    return here == href or here.startswith(f"{href}/")
