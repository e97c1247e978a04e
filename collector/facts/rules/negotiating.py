"""Who alone may talk about an account that the legal team has (handbook section 8)."""

from __future__ import annotations

from typing import NamedTuple

from collector.facts.rules.words import Mark, PersonBody


class Negotiator(NamedTuple):
    """Number and login of the user; None and empty: nobody was named."""

    user_id: int | None
    name: str

    @property
    def actor(self) -> str:
        """As what they do is recorded; empty: nobody was named."""
        return f"user:{self.name}" if self.name else ""


def negotiator_of(body: PersonBody, account_id: int) -> Negotiator | None:
    """Of an account of that person; None: the account is not with the legal team."""
    for mark in body.standing:
        if mark.mark is Mark.with_legal and account_id in mark.debts:
            user, name = mark.detail.get("user"), mark.detail.get("negotiator")
            return Negotiator(int(str(user)) if user else None, str(name or ""))
    return None
