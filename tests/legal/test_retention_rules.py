"""What may go and what stays: the longest reason wins, a hold wins over all, and what is not known stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.compliance.packs import CODES, load_pack
from collector.compliance.rules import REMOVABLE, Retained, Since, Term
from collector.dispatch.rules import add_years
from collector.law.rules import Evidence
from collector.legal.retention.rules import (
    NOT_OF_RECORDINGS,
    PURGE_MOVES,
    AccountFacts,
    Bar,
    Decision,
    Fate,
    PurgeState,
    Record,
    decide,
)
from collector.portfolio.rules import DebtType

TERMS = {code: load_pack(code).retention for code in CODES}
ACTIVE, CLOSED = date(2015, 5, 20), date(2015, 5, 10)
CARD = AccountFacts(1, 1, "cn", "card", ACTIVE, CLOSED, frozenset())
LOAN = AccountFacts(2, 2, "us", "consumer_finance", ACTIVE, CLOSED, frozenset())
LATE = date(2040, 1, 1)


@pytest.mark.parametrize(
    ("record", "today", "expected"),
    [
        pytest.param(
            Record(Retained.message, 1, (LOAN,)),
            date(2018, 5, 20),
            Decision(Fate.keep, "US-KEEP-RECORDS", date(2018, 5, 20)),
            id="on the last day it stays",
        ),
        pytest.param(
            Record(Retained.message, 1, (LOAN,)),
            date(2018, 5, 21),
            Decision(Fate.may_go, "US-KEEP-RECORDS", date(2018, 5, 20)),
            id="a day later it may go",
        ),
        pytest.param(
            Record(Retained.message, 1, (CARD,)),
            date(2018, 5, 20),
            Decision(Fate.keep, "HOUSE-KEEP", date(2018, 5, 20)),
            id="the house keeps longer than the law of cards asks",
        ),
        pytest.param(
            Record(Retained.message, 1, (CARD,)),
            date(2018, 5, 21),
            Decision(Fate.must_go, "HOUSE-KEEP", date(2018, 5, 20)),
            id="the law wants it removed when the last reason is over",
        ),
        pytest.param(
            Record(Retained.person, 1, (CARD,)),
            date(2025, 5, 10),
            Decision(Fate.keep, "CN-KEEP-AML", date(2025, 5, 10)),
            id="who they are, ten years from the closing",
        ),
        pytest.param(
            Record(Retained.person, 1, (CARD, LOAN)),
            date(2020, 1, 1),
            Decision(Fate.keep, "CN-KEEP-AML", date(2025, 5, 10)),
            id="of several accounts the longest",
        ),
        pytest.param(
            Record(Retained.recording, 1, (CARD,), on=date(2016, 2, 29), promised=date(2021, 2, 28)),
            date(2021, 2, 28),
            Decision(Fate.keep, "HOUSE-KEEP", date(2021, 2, 28)),
            id="a promise that is longer than the term",
        ),
        pytest.param(
            Record(Retained.recording, 1, (replace(CARD, bars=frozenset({Bar.owed})),), on=ACTIVE),
            LATE,
            Decision(Fate.must_go, "HOUSE-KEEP", add_years(ACTIVE, 3)),
            id="a recording goes though something is owed",
        ),
        pytest.param(Record(Retained.person, 1, ()), LATE, Decision(Fate.keep, "unknown"), id="of nobody's account"),
        pytest.param(
            Record(Retained.person, 1, (replace(CARD, closed_on=None),)),
            LATE,
            Decision(Fate.keep, "unknown"),
            id="the day it began is not known",
        ),
        pytest.param(Record(Retained.audit, 1, (CARD,)), LATE, Decision(Fate.keep, "HOUSE-PROOF"), id="for ever"),
    ],
)
def test_the_longest_reason_wins_and_is_named(record: Record, today: date, expected: Decision) -> None:
    assert decide(record, TERMS, today) == expected


@pytest.mark.parametrize("bar", Bar)
@pytest.mark.parametrize("kind", REMOVABLE)
def test_a_hold_wins_over_every_term(bar: Bar, kind: Retained) -> None:
    if kind is Retained.recording and bar in NOT_OF_RECORDINGS:
        return
    record = Record(kind, 1, (LOAN, replace(CARD, bars=frozenset({bar}))), on=ACTIVE)
    assert decide(record, TERMS, LATE) == Decision(Fate.keep, bar.value)


DAYS = st.dates(date(2000, 1, 1), date(2035, 12, 31))
ACCOUNTS = st.builds(
    AccountFacts,
    account_id=st.integers(1, 99),
    portfolio_id=st.integers(1, 9),
    pack=st.sampled_from(CODES),
    debt_type=st.sampled_from([one.value for one in DebtType]),
    active_on=st.none() | DAYS,
    closed_on=st.none() | DAYS,
    bars=st.frozensets(st.sampled_from(Bar), max_size=2),
)
RECORDS = st.builds(
    Record,
    kind=st.sampled_from(REMOVABLE),
    id=st.integers(1, 99),
    accounts=st.lists(ACCOUNTS, max_size=3).map(tuple),
    on=st.none() | DAYS,
    promised=st.none() | DAYS,
)


def begins(term: Term, record: Record, account: AccountFacts) -> date | None:
    if term.since is Since.closing:
        return account.closed_on
    if record.kind is Retained.recording:
        return record.on or (account.active_on if term.since is Since.contact else None)
    return record.on or account.active_on if term.since is Since.contact else account.active_on


@given(RECORDS, DAYS)
def test_nothing_held_within_a_term_or_unknown_ever_goes(record: Record, today: date) -> None:
    found = decide(record, TERMS, today)
    if found.fate is Fate.keep:
        return
    assert record.accounts
    bars = set().union(*(one.bars for one in record.accounts))
    assert not (bars - NOT_OF_RECORDINGS if record.kind is Retained.recording else bars)
    assert record.promised is None or record.promised < today
    for account in record.accounts:
        for term in TERMS[account.pack]:
            if term.binds(record.kind, account.debt_type):
                first = begins(term, record, account)
                assert first is not None
                assert term.keep_years is not None
                assert add_years(first, term.keep_years) < today


@given(RECORDS, DAYS, st.integers(1, 4000), ACCOUNTS)
def test_more_reasons_and_earlier_days_never_remove_more(
    record: Record, today: date, days: int, another: AccountFacts
) -> None:
    if decide(record, TERMS, today).fate is Fate.keep:
        assert decide(replace(record, accounts=(*record.accounts, another)), TERMS, today).fate is Fate.keep or (
            not record.accounts
        )
        assert decide(record, TERMS, today - timedelta(days=days)).fate is Fate.keep


@pytest.mark.parametrize("code", CODES)
def test_every_pack_says_of_every_kind_how_long_and_on_whose_word(code: str) -> None:
    for kind in Retained:
        for debt in DebtType:
            assert any(term.binds(kind, debt.value) for term in TERMS[code]), (kind, debt)
    for term in TERMS[code]:
        assert term.title["en"]
        assert term.title["zh"]
        assert term.source
        assert (term.evidence is Evidence.house) is term.id.startswith("HOUSE-")
        assert term.keep_years is None or not term.kinds - set(REMOVABLE)


def test_a_purge_that_is_done_or_refused_stays_so() -> None:
    assert set(PURGE_MOVES) == set(PurgeState)
    assert not PURGE_MOVES[PurgeState.done] | PURGE_MOVES[PurgeState.refused]
    assert PurgeState.running not in PURGE_MOVES[PurgeState.planned] | PURGE_MOVES[PurgeState.asked]
