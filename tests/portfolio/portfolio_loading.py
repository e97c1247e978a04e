"""A portfolio to load into, and the moment of loading."""

from __future__ import annotations

from collections.abc import Callable

from collector.foundation.clock import parse_moment
from collector.portfolio.loading import LoadResult

NOW = parse_moment("2026-05-12T18:00+08:00")
PORTFOLIO = (
    "code,creditor,collector_type,debt_type,currency,timezone,jurisdiction,language,sender_name\n"
    "CN1,银行,creditor,consumer_finance,CNY,Asia/Shanghai,cn,zh,银行\n"
)

Loading = Callable[..., LoadResult]
"""`loading(kind, text or path, mapping=..., at=...)`; see the fixture."""
