"""What a strategy says of terms: until when, and who may agree to how much."""

from __future__ import annotations

from decimal import Decimal

import pytest
from strategy_books import row, table

from collector.foundation.errors import BadInput
from collector.identity.rules import Role
from collector.strategy.compiling import compile_document, default_text
from collector.strategy.reading import parse
from collector.strategy.rules import Authority, TermsPolicy

BARE = table(row("rest"))
TERMS = """
terms:
  ask_days: 15
  authority:
    - {role: supervisor, principal: 0, amount: 2000.50}
    - {role: admin}
  write_offs: [admin]
"""


def policy(text: str, currency: str = "CNY") -> TermsPolicy:
    return compile_document(parse(text), currency).terms


@pytest.mark.parametrize("jurisdiction", ["cn", "us"])
def test_without_a_word_of_it_the_shipped_terms_hold(jurisdiction: str) -> None:
    assert policy(default_text(jurisdiction)) == TermsPolicy()


def test_what_is_written_holds_in_minor_units() -> None:
    found = policy(BARE + TERMS)
    assert (found.ask_days, found.offer_days, found.write_offs) == (15, 31, {Role.admin})
    assert found.authority == (Authority(Role.supervisor, principal=Decimal(0), amount=2_000_50), Authority(Role.admin))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param("2000.50", "2000.505", "terms.authority", id="finer than the currency"),
        pytest.param("principal: 0", "principal: 1.5", "terms.authority", id="more than all of it"),
        pytest.param("role: admin", "role: owner", "terms.authority", id="no such role"),
        pytest.param("ask_days: 15", "ask_days: -1", "terms: ask_days", id="days below zero"),
        pytest.param("write_offs", "writeoffs", "unknown key 'writeoffs'", id="unknown part"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, words: str) -> None:
    with pytest.raises(BadInput) as raised:
        policy(BARE + TERMS.replace(old, new))
    assert words in str(raised.value)
