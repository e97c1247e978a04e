"""A real browser walks the line: keys, one click once, and not one complaint of the content policy."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright
from sqlmodel import select
from web.conftest import PASSWORD, Building, open_building

from collector.casework import actions
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.history.tables import OutcomeRow, Promise

CHROMIUM = os.environ.get("COLLECTOR_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
COMPLETE = os.environ.get("COLLECTOR_TEST_COMPLETE") == "1"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if COMPLETE:
            pytest.fail("no chromium: set COLLECTOR_TEST_CHROMIUM")
        pytest.skip("the browser test was SKIPPED: no chromium; set COLLECTOR_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, templates: Callable[[str], str]) -> Iterator[tuple[Building, str]]:
    """A floor with today's plan, answering on a port of this machine."""
    home: Path = tmp_path_factory.mktemp("served")
    shutil.copy(templates("sqlite"), home / "collector.db")
    building = open_building(
        Database(f"sqlite:///{home / 'collector.db'}"), home, Keys(b"a master secret for tests, 32 bytes!")
    )
    actions.plan(building.office, "CN", building.clock(), actor="test")
    with serve(building) as address:
        yield building, address


@contextmanager
def serve(building: Building) -> Iterator[str]:
    """The building's application, answering on a port of this machine; its address."""
    server = uvicorn.Server(uvicorn.Config(building.web, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)
    building.office.database.dispose()


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """A page that writes down whatever the browser complains of."""

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    context = browser.new_context(locale="en-US")
    opened = context.new_page()
    opened.on("console", heard)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/login")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(lambda url: "/login" not in url)


def test_the_line_by_keys_alone(page: Page, served: tuple[Building, str], complaints: list[str]) -> None:
    building, address = served
    sign_in(page, address, "agent")
    page.keyboard.press("n")
    page.wait_for_url(f"{address}/accounts/{building.book.loan}")
    assert page.inner_text(".number") == "+8613812340001"
    page.keyboard.press("i")
    page.wait_for_url("**?said=verified")
    page.keyboard.press("7")
    page.wait_for_url("**?said=outcome*")
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.name") == "amount"
    page.fill("[name=amount]", "600.00")
    page.fill("#promise [name=due_on]", "2026-05-15")
    page.keyboard.press("Enter")
    page.wait_for_url("**?said=promise")
    page.keyboard.press("/")
    page.wait_for_url("**/search")
    assert page.evaluate("document.activeElement.name") == "text"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    with building.office.database.read() as session:
        assert [row.outcome for row in session.exec(select(OutcomeRow))] == ["right_party"]
        assert [row.amount for row in session.exec(select(Promise))] == [600_00]
    assert complaints == []


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        pytest.param(
            "supervisor",
            ["/floor", "/figures", "/operations", "/legal", "/inbox", "/search"],
            id="supervisor",
        ),
        pytest.param("admin", ["/users", "/audit", "/reference", "/password"], id="admin"),
    ],
)
def test_no_page_breaks_the_content_policy_or_asks_a_stranger(
    page: Page, served: tuple[Building, str], complaints: list[str], name: str, paths: list[str]
) -> None:
    _, address = served
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, address, name)
    for path in paths:
        page.goto(address + path)
        assert page.is_visible("main")
    assert complaints == []
    assert [url for url in asked if not url.startswith(address)] == []


def test_a_key_behind_a_key_does_nothing_on_the_page_that_is_left(page: Page, served: tuple[Building, str]) -> None:
    """Who types `/` and a name is on the way to the search: an `n` in the name takes no call."""
    _, address = served
    sent: list[str] = []
    on_the_way: list[Route] = []
    sign_in(page, address, "agent")
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.route("**/search", lambda route: on_the_way.append(route))
    with page.expect_request("**/search"):
        page.keyboard.press("/")
    page.keyboard.press("n")
    on_the_way[0].continue_()
    page.wait_for_url("**/search")
    assert page.evaluate("document.activeElement.name") == "text"
    assert sent == []


def test_the_answer_to_an_excuse_is_found_by_a_word_of_it(
    page: Page, served: tuple[Building, str], complaints: list[str]
) -> None:
    building, address = served
    sign_in(page, address, "agent")
    page.goto(f"{address}/accounts/{building.book.loan}")
    page.keyboard.press("e")
    page.keyboard.type("ALREADY paid")
    assert [row.inner_text().split("\n")[0] for row in page.query_selector_all("#excuses > :visible")] == [
        "I have paid already."
    ]
    page.keyboard.type(" zebra")
    assert page.query_selector_all("#excuses > :visible") == []
    assert page.is_visible("#excuses-none")
    assert complaints == []


def test_a_double_click_sends_once(page: Page, served: tuple[Building, str]) -> None:
    building, address = served
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    sign_in(page, address, "agent")
    page.goto(f"{address}/accounts/{building.book.loan}")
    page.click("summary[data-key=y]")
    page.dblclick("form[action$=says-paid] button")
    page.wait_for_url("**?said=paid")
    assert len([url for url in sent if url.endswith("says-paid")]) == 1


def test_after_signing_out_the_back_button_shows_nothing(page: Page, served: tuple[Building, str]) -> None:
    building, address = served
    sign_in(page, address, "agent")
    page.goto(f"{address}/accounts/{building.book.loan}")
    page.click("form[action='/logout'] button")
    page.wait_for_url("**/login?said=out")
    page.go_back()
    page.wait_for_url("**/login")
    assert "L-1" not in page.content()
