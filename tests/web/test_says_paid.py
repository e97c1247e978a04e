"""Operations looks for the money of those who say it is paid, and says what was found."""

from __future__ import annotations

from web.conftest import Building


def test_operations_sees_it_after_the_quiet_and_closes_it(building: Building) -> None:
    key, loan = "CN/L-1", building.book.loan
    hold = building.api().post("/says-paid", account=key).json()["hold"]
    building.clock.forward(days=7)
    visitor, close = building.signed_in("operations"), f"/says-paid/{hold}/answer"
    page = visitor.get("/operations").text
    assert f'<a href="/accounts/{loan}">{key}</a>' in page
    assert "the quiet is over" in page
    assert close not in building.signed_in("agent").get("/operations").text
    assert visitor.post(close, {"found": "perhaps"}).status_code == 422
    for _ in range(2):
        assert visitor.post(close, {"found": "false"}).headers["location"] == "/operations?said=looked"
    assert close not in visitor.get("/operations").text
    again = building.api().post(f"/says-paid/{hold}/answer", found=True)
    assert (again.status_code, "not found" in again.json()["error"]) == (409, True)
