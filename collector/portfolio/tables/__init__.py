"""Stored shapes of the book: `book` is what is kept, `stage` what a load writes on its way there."""

from collector.portfolio.tables.book import (
    Account,
    CallerNumber,
    ContactPoint,
    InstalmentRow,
    LoadRun,
    Partner,
    Party,
    PauseRow,
    PaymentRow,
    Person,
    Portfolio,
    PortfolioAccess,
)
from collector.portfolio.tables.ledger import (
    MATURITY,
    InstalmentBefore,
    LedgerBalance,
    LedgerEntry,
    ReversalNote,
    StatedInstalment,
)
from collector.portfolio.tables.rates import RateChange
from collector.portfolio.tables.settings import PortfolioSetting
from collector.portfolio.tables.stage import (
    STAGES,
    stage_account,
    stage_balance,
    stage_instalment,
    stage_party,
    stage_payment,
)
from collector.portfolio.tables.uploads import SavedMapping, Upload
from collector.portfolio.tables.ways import WaysChange

__all__ = [
    "MATURITY",
    "STAGES",
    "Account",
    "CallerNumber",
    "ContactPoint",
    "InstalmentBefore",
    "InstalmentRow",
    "LedgerBalance",
    "LedgerEntry",
    "LoadRun",
    "Partner",
    "Party",
    "PauseRow",
    "PaymentRow",
    "Person",
    "Portfolio",
    "PortfolioAccess",
    "PortfolioSetting",
    "RateChange",
    "ReversalNote",
    "SavedMapping",
    "StatedInstalment",
    "Upload",
    "WaysChange",
    "stage_account",
    "stage_balance",
    "stage_instalment",
    "stage_party",
    "stage_payment",
]
