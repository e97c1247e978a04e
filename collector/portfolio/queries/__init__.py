"""Reads of the book."""

from collector.portfolio.queries.access import codes_by_key, codes_by_user
from collector.portfolio.queries.accounts import (
    account,
    account_by_key,
    accounts,
    accounts_of_person,
    callers,
    contact_points,
    held_payments,
    key_of,
    load_runs,
    parties,
    person,
    person_of,
    points_with,
    portfolio_by_code,
    portfolio_of,
    portfolios,
    scope_of,
    within,
)
from collector.portfolio.queries.claims import law_of, lender_of, rate_changes, statement_of
from collector.portfolio.queries.records import Records, records_of
from collector.portfolio.queries.settings import creditor_of, reckoning_of, settings_of

__all__ = [
    "Records",
    "account",
    "account_by_key",
    "accounts",
    "accounts_of_person",
    "callers",
    "codes_by_key",
    "codes_by_user",
    "contact_points",
    "creditor_of",
    "held_payments",
    "key_of",
    "law_of",
    "lender_of",
    "load_runs",
    "parties",
    "person",
    "person_of",
    "points_with",
    "portfolio_by_code",
    "portfolio_of",
    "portfolios",
    "rate_changes",
    "reckoning_of",
    "records_of",
    "scope_of",
    "settings_of",
    "statement_of",
    "within",
]
