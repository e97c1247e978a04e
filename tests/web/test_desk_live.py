"""The stream of a desk: it tells of a phone that rings, of nobody else's, and ends with its session."""

from __future__ import annotations

from web.test_floor_live import CLOSES_S, Listening, Served, log_out, served, signed_in

from collector.casework import actions
from collector.web.live import LIVE

__all__ = ["served"]
WANG, LINE = "+8613812340001", "+8657122010010"


def test_a_phone_that_rings_is_told_of_at_its_desk_alone(served: Served) -> None:
    building = served.building
    client, other = signed_in(served, "agent"), signed_in(served, "supervisor")
    desk, floor = Listening(served.address, client, "/desk/live"), Listening(served.address, other, "/desk/live")
    desk.wait_for("bar")
    floor.wait_for("bar")
    assert desk.heard("bar") == [""]
    with building.office.database.begin() as session:
        told = {"sid": "CA7", "sender": WANG, "to": LINE, "at": building.clock()}
        assert "<Dial" in actions.inbound_call(session, building.office, **told)
    desk.wait_for("bar", 2)
    assert "/calls-in/1" in str(desk.heard("bar")[-1])
    assert "L-1" not in str(desk.heard("bar")[-1])
    desk.wait_for("beat", 2)
    assert len(desk.heard("bar")) == 2, "the same is told once"
    assert floor.heard("bar") == [""], "another's phone is nobody's business"
    log_out(served, client)
    assert desk.ended.wait(CLOSES_S + 2)
    assert desk.heard("bye") == [""]
    assert not floor.ended.is_set()
    assert "/desk/live" in LIVE, "listening keeps no session alive"
