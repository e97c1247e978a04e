"""The open floor: what happens elsewhere is seen without loading again, and the stream ends with its session."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from sqlmodel import select
from web.conftest import PASSWORD, Building, open_building
from web.test_browser import browser, complaints  # noqa: F401 - fixtures

from collector.casework import actions
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.history.rules import HoldScope
from collector.identity import actions as identity
from collector.identity.rules import Actor
from collector.identity.tables import User, UserSession
from collector.web.live import PER_USER, Server

WHY = "form[action='/floor/red-switch'] [name=note]"
CLOSES_S = 5.0
"""A stream closes this soon after its session ended (security section 2)."""


@dataclass
class Served:
    building: Building
    address: str
    server: Server
    thread: threading.Thread

    def listeners(self, count: int) -> bool:
        """Whether there are so many, now or a moment later: the server hears that a stream ended after its reader."""
        until = time.monotonic() + 2
        while self.building.web.state.desk.streams.open != count and time.monotonic() < until:
            time.sleep(0.05)
        return bool(self.building.web.state.desk.streams.open == count)

    def stop(self) -> float:
        """Seconds until the server was gone."""
        begun = time.monotonic()
        self.server.should_exit = True
        self.thread.join(timeout=20)
        return time.monotonic() - begun


@pytest.fixture
def served(tmp_path: Path, templates: Callable[[str], str]) -> Iterator[Served]:
    """A floor with today's plan, answering on a port of this machine."""
    shutil.copy(templates("sqlite"), tmp_path / "collector.db")
    database = Database(f"sqlite:///{tmp_path / 'collector.db'}")
    building = open_building(database, tmp_path, Keys(b"a master secret for tests, 32 bytes!"))
    actions.plan(building.office, "CN", building.clock(), actor="test")
    server = Server(uvicorn.Config(building.web, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    open_ = Served(building, f"http://127.0.0.1:{port}", server, thread)
    yield open_
    open_.stop()
    database.dispose()


class Listening:
    """A program that listens as a browser does: the events of one stream, read by a thread."""

    def __init__(self, address: str, client: httpx2.Client, path: str = "/floor/live") -> None:
        self.events: list[tuple[str, object]] = []
        self.status = 0
        self.ended = threading.Event()
        self._client, self._url = client, address + path
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        name = ""
        try:
            headers = {"Accept": "text/event-stream"}
            with self._client.stream("GET", self._url, headers=headers, timeout=60) as answer:
                self.status = answer.status_code
                for line in answer.iter_lines():
                    if line.startswith("event: "):
                        name = line.removeprefix("event: ")
                    elif line.startswith("data: "):
                        self.events.append((name, json.loads(line.removeprefix("data: "))))
        finally:
            self.ended.set()

    def heard(self, name: str) -> list[object]:
        return [data for known, data in self.events if known == name]

    def wait_for(self, name: str, count: int = 1, patience: float = 10) -> None:
        until = time.monotonic() + patience
        while len(self.heard(name)) < count:
            assert time.monotonic() < until, (name, self.status, [known for known, _ in self.events])
            time.sleep(0.05)


def signed_in(served: Served, name: str = "supervisor") -> httpx2.Client:
    client = httpx2.Client(follow_redirects=False)
    answer = client.post(f"{served.address}/login", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303
    return client


def log_out(served: Served, client: httpx2.Client) -> None:
    with served.building.office.database.begin() as session:
        token = next(iter(client.cookies.values()))
        identity.log_out(session, token, served.building.clock())


def disable(served: Served, _client: httpx2.Client) -> None:
    with served.building.office.database.begin() as session:
        user = session.exec(select(User).where(User.name == "supervisor")).one()
        identity.disable_user(session, user, served.building.clock(), "test")


def grow_old(served: Served, _client: httpx2.Client) -> None:
    served.building.clock.forward(minutes=16)


@pytest.mark.parametrize("ends", [log_out, disable, grow_old], ids=["logout", "disabled", "idle"])
def test_the_stream_closes_with_its_session(served: Served, ends: Callable[[Served, httpx2.Client], None]) -> None:
    client = signed_in(served)
    listening = Listening(served.address, client)
    listening.wait_for("beat")
    ends(served, client)
    assert listening.ended.wait(CLOSES_S)
    assert listening.events[-1][0] == "bye"
    assert served.listeners(0)


def test_looking_is_no_activity(served: Served) -> None:
    client, clock = signed_in(served), served.building.clock
    begun = clock()
    clock.forward(minutes=5)
    Listening(served.address, client).wait_for("beat", 2)
    with served.building.office.database.read() as session:
        [row] = session.exec(select(UserSession)).all()
        assert row.seen_at == begun
    client.get(f"{served.address}/floor")
    with served.building.office.database.read() as session:
        [row] = session.exec(select(UserSession)).all()
        assert row.seen_at == begun + timedelta(minutes=5), "a page that somebody opened is"


def test_only_what_changed_is_sent_and_nothing_is_held_while_it_waits(served: Served) -> None:
    listening = Listening(served.address, signed_in(served))
    listening.wait_for("beat")
    first = {part["id"] for part in listening.heard("part")}  # type: ignore[index]
    assert first >= {"lights", "figures", "queues", "agents", "approvals", "holds", "rail"}
    listening.wait_for("beat", 2)
    time.sleep(0.4)
    assert served.building.office.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert len(listening.heard("part")) == len(first)
    with served.building.office.database.begin() as session:
        task = actions.next_call(session, served.building.office, _agent(served), served.building.clock())
        assert task is not None
    listening.wait_for("part", len(first) + 1)
    listening.wait_for("beat", len(listening.heard("beat")) + 1)
    news = {part["id"] for part in listening.heard("part")[len(first) :]}  # type: ignore[index]
    assert news == {"queues", "agents"}


def _agent(served: Served) -> Actor:
    with served.building.office.database.read() as session:
        return identity.actor_of(session.exec(select(User).where(User.name == "agent")).one())


def test_a_user_has_a_few_streams_and_the_newest_win(served: Served) -> None:
    client = signed_in(served)
    streams = []
    for _ in range(PER_USER + 1):
        streams.append(Listening(served.address, client))
        streams[-1].wait_for("beat")
    assert streams[0].ended.wait(CLOSES_S)
    assert streams[0].events[-1][0] == "enough"
    assert not any(one.ended.is_set() for one in streams[1:])
    assert served.listeners(PER_USER)


def test_the_server_stops_although_somebody_listens(served: Served) -> None:
    listening = Listening(served.address, signed_in(served))
    listening.wait_for("beat")
    assert served.stop() < CLOSES_S
    assert listening.ended.wait(1)
    assert listening.heard("bye") == [], "the session lives: the page asks again"


@pytest.mark.parametrize(
    ("name", "accept", "path", "status"),
    [
        pytest.param("supervisor", "text/event-stream", "/floor/live?book={us}", 404, id="a foreign portfolio"),
        pytest.param("supervisor", "text/event-stream", "/floor/live?book=999999999", 404, id="a missing one"),
        pytest.param("supervisor", "*/*", "/floor/live", 422, id="not as a stream"),
        pytest.param("agent", "text/event-stream", "/floor/live", 403, id="not an agent's"),
    ],
)
def test_who_may_not_listen_is_told_at_once(served: Served, name: str, accept: str, path: str, status: int) -> None:
    client = signed_in(served, name)
    answer = client.get(served.address + path.format(us=served.building.book.us), headers={"Accept": accept}, timeout=5)
    assert answer.status_code == status
    assert served.building.web.state.desk.streams.open == 0


@pytest.fixture
def visit(browser: Browser, served: Served, complaints: list[str]) -> Iterator[Callable[[str], Page]]:  # noqa: F811
    """Somebody's own browser, signed in; whatever it complains of is written down."""
    contexts: list[BrowserContext] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def opened(name: str) -> Page:
        contexts.append(browser.new_context(locale="en-US"))
        page = contexts[-1].new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{served.address}/login")
        page.fill("[name=name]", name)
        page.fill("[name=password]", PASSWORD)
        page.click("button.primary")
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    yield opened
    for context in contexts:
        context.close()


def floor_of(served: Served, visit: Callable[[str], Page]) -> Page:
    """The supervisor's floor, listening; it remembers whether it was ever loaded again."""
    floor = visit("supervisor")
    floor.goto(f"{served.address}/floor")
    expect(floor.locator("#as-of")).to_contain_text("live ·", timeout=10_000)
    floor.evaluate("window.sameAsBefore = true")
    return floor


@pytest.mark.browser
def test_a_call_worked_in_one_browser_shows_in_another_without_loading_it_again(
    served: Served,
    visit: Callable[[str], Page],
    complaints: list[str],  # noqa: F811
) -> None:
    floor = floor_of(served, visit)
    expect(floor.locator("#part-queues")).to_contain_text("0/1")
    desk = visit("agent")
    desk.keyboard.press("n")
    desk.wait_for_url("**/accounts/*")
    expect(floor.locator("#part-agents")).to_contain_text("CN/L-1", timeout=10_000)
    desk.keyboard.press("1")
    desk.wait_for_url("**?said=outcome*")
    expect(floor.locator("#part-queues")).to_contain_text("1/", timeout=10_000)
    expect(floor.locator("#part-figures")).to_contain_text("of 1 calls")
    desk.click(".readiness button")
    desk.wait_for_url("**?said=break")
    expect(floor.locator("#part-agents")).to_contain_text("1 break", timeout=10_000)
    assert floor.evaluate("window.sameAsBefore") is True
    assert complaints == []


@pytest.mark.browser
def test_signing_out_elsewhere_ends_the_stream_and_the_page_says_so(
    served: Served, visit: Callable[[str], Page]
) -> None:
    floor = floor_of(served, visit)
    other = floor.context.new_page()
    other.goto(f"{served.address}/search")
    other.click("form[action='/logout'] button")
    other.wait_for_url("**/login?said=out")
    expect(floor.locator("#as-of")).to_contain_text("You are signed out; this is as of", timeout=CLOSES_S * 1000)
    assert served.listeners(0)


@pytest.mark.browser
def test_a_part_that_somebody_is_at_work_in_waits(served: Served, visit: Callable[[str], Page]) -> None:
    """Typed words, the focus and open boxes stay; what was kept back comes when the part is left."""
    floor = floor_of(served, visit)
    floor.click("#part-lights summary")
    floor.fill(WHY, "wrong template")
    _red_switch(served)
    expect(floor.locator("#part-lights")).to_contain_text("the red switch is on", timeout=10_000)
    assert floor.evaluate("document.querySelector('#part-lights details').open") is True
    expect(floor.locator("#part-holds.waits")).to_be_visible()
    assert floor.input_value(WHY) == "wrong template"
    assert floor.evaluate("document.activeElement.name") == "note"
    floor.fill(WHY, "")
    floor.evaluate("document.activeElement.blur()")
    expect(floor.locator("#part-holds")).to_contain_text("All contact is stopped.", timeout=10_000)
    assert floor.locator("#part-holds.waits").count() == 0


def _red_switch(served: Served) -> None:
    building = served.building
    with building.office.database.begin() as session:
        actions.hold(
            session, building.office, scope=HoldScope.everything, at=building.clock(), actor=_agent(served), note="fire"
        )


@pytest.mark.browser
def test_when_the_server_is_gone_the_page_says_since_when(served: Served, visit: Callable[[str], Page]) -> None:
    floor = floor_of(served, visit)
    served.stop()
    expect(floor.locator("#as-of")).to_have_text(
        "not live: as of 10:00:00 Shanghai, trying again", timeout=CLOSES_S * 1000
    )
