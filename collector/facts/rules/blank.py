"""An account of which nothing is known."""

from collector.facts.rules.words import AccountFacts
from collector.portfolio.rules import PartyRole

BLANK = AccountFacts(
    person_id=0, account_id=0, portfolio_id=0, role=PartyRole.borrower, account_no="", product="",
    borrower_type="other", value_tier="ordinary", security="credit", partner=None, autopay=False, principal=0,
    matures_on=None, payday=None, grace_days=0, oldest_unpaid_due=None, overdue=1, due_today=0, owed=1,
    next_due_on=None, next_due_amount=0, missed_consecutive=0, missed_cumulative=0, last_paid_on=None, settled=False,
    reported_on=None, reported_min=None, reported_max=None, owner_id=None, guarantee_kind=None, guarantee_until=None,
    step=None, step_on=None, touched_on=None, broken_at=None, promises_broken=0, extra=None,
)  # fmt: skip
"""A debt of which nothing is told. Amounts never are: it is taken as overdue."""
