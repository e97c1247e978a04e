"""What every kind of approval is told in: its lines, and what would be otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.portfolio.rules.ways import FIELDS, LISTS, Changes, points_to
from collector.web.words import Words


@dataclass(frozen=True)
class Difference:
    """One thing as it is, and as it would be."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Shown:
    """What an approval is about, as its second person is shown it. `lines`: what would be done; `changes`: what would
    be otherwise, word for word."""

    subject: str
    href: str
    lines: Sequence[str]
    zone: str
    changes: Sequence[Difference] = ()


def field_words(t: Words, name: str) -> str:
    """What a field of the ways to pay is called."""
    return {
        "creditor": t("Creditor"),
        "sender_name": t("Sender's name"),
        "signature": t("Signature"),
        "pay_instructions": t("How to pay"),
        "links": t("Links that texts may name"),
        "call_backs": t("Numbers to call back"),
        "pay_accounts": t("Accounts to pay to"),
        "callers": t("Caller numbers"),
    }[name]


def differences(change: Changes, t: Words) -> list[Difference]:
    """Before and after of every field that changes."""
    return [
        Difference(field_words(t, name), _told(change[name]["before"]), _told(change[name]["after"]))
        for name in FIELDS
        if name in change
    ]


def _told(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "\n".join(value)


def new_targets(change: Changes) -> list[str]:
    """Links and numbers that texts could name afterwards and can not now: what to look at hardest."""
    empty: dict[str, str | list[str]] = {name: [] if name in (*LISTS, "callers") else "" for name in FIELDS}
    before, after = (
        points_to({**empty, **{name: both[side] for name, both in change.items()}}) for side in ("before", "after")
    )
    return [one for one in after if one not in before]
