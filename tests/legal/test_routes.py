"""The route that is proposed, and how much of its papers is there."""

from __future__ import annotations

import pytest

from collector.history.rules import Cause, DocumentKind
from collector.legal.rules import Route, RouteReason, percent_of_papers, propose_route
from collector.portfolio.rules import CollectorType, Security

R, S = Route, Security


@pytest.mark.parametrize(
    ("security", "more", "route", "reason"),
    [
        pytest.param(S.guaranteed, {}, R.guarantor_claim, RouteReason.guarantee_runs, id="guaranteed"),
        pytest.param(S.guaranteed, {"guarantee_runs": False}, R.suit, RouteReason.guarantee_over, id="period over"),
        pytest.param(S.mortgaged, {}, R.court_sale, RouteReason.mortgage, id="mortgaged"),
        pytest.param(S.pledged, {"is_dead": True}, R.pledge_sale, RouteReason.pledge, id="pledged"),
        pytest.param(S.credit, {}, R.suit, RouteReason.no_security, id="credit"),
        pytest.param(S.credit, {"cause": Cause.careless}, R.suit, RouteReason.no_security, id="careless"),
        pytest.param(
            S.credit,
            {"cause": Cause.disappeared},
            R.suit_with_preservation,
            RouteReason.assets_may_vanish,
            id="disappeared",
        ),
        pytest.param(S.credit, {"is_dead": True}, R.suit_with_preservation, RouteReason.assets_may_vanish, id="dead"),
        pytest.param(
            S.guaranteed,
            {"guarantee_runs": False, "cause": Cause.over_indebted},
            R.suit_with_preservation,
            RouteReason.guarantee_over,
            id="period over, and other creditors",
        ),
    ],
)
def test_the_route_by_security(security: Security, more: dict[str, object], route: Route, reason: RouteReason) -> None:
    found = propose_route(security, **more)  # type: ignore[arg-type]
    assert found.route is route
    assert reason in found.reasons


def test_papers_are_complete_only_when_none_is_missing() -> None:
    every = set(DocumentKind)
    assert percent_of_papers(S.mortgaged, CollectorType.creditor, every) == 100
    assert percent_of_papers(S.mortgaged, CollectorType.creditor, ()) == 0
    assert percent_of_papers(S.mortgaged, CollectorType.creditor, every - {DocumentKind.collateral}) == 83
    assert percent_of_papers(S.credit, CollectorType.creditor, every - {DocumentKind.collateral}) == 100
