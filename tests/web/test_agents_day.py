"""An agent's day by keyboard alone: verify, promise, no answer and on, a slip taken back; each in a few keystrokes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlmodel import col, select
from web.conftest import Building, open_building
from web.test_browser import browser, complaints, page, serve, sign_in  # noqa: F401 - fixtures

from collector.casework import actions
from collector.facts import actions as facts
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.history.rules import Outcome
from collector.history.tables import OutcomeRow, Promise, Verification
from collector.portfolio.tables import Person

pytestmark = pytest.mark.browser
ID_NO, LAST_FOUR, BORN = "11010519491231002X", "002X", "19491231"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, templates: Callable[[str], str]) -> Iterator[tuple[Building, str]]:
    """A floor on which three people are to be called."""
    home: Path = tmp_path_factory.mktemp("day")
    shutil.copy(templates("sqlite"), home / "collector.db")
    keys = Keys(b"a master secret for tests, 32 bytes!")
    building = open_building(Database(f"sqlite:///{home / 'collector.db'}"), home, keys)
    with building.office.database.begin() as session:
        book, people = building.book, [building.book.wang]
        book.session = session
        session.get_one(Person, book.wang).id_sealed = keys.seal(ID_NO)
        session.get_one(Person, book.wang).id_type = "cn_id"
        for number in (2, 3):
            person = book.add(
                Person(
                    name=f"p{number}", salt="s", natural_key=f"p{number}", id_type="cn_id", id_sealed=keys.seal(ID_NO)
                )
            )
            book.account(book.cn, f"L-{number}", person)
            book.phone(person, f"+86138123400{number}0")
            people.append(person)
        session.flush()
        facts.refresh(session, people, building.clock())
    actions.plan(building.office, "CN", building.clock(), actor="test")
    with serve(building) as address:
        yield building, address


class Keyboard:
    """Counts what the agent presses as commands; what a borrower said is typed besides."""

    def __init__(self, shown: Page) -> None:
        self.page, self.pressed = shown, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def spent(self) -> int:
        count, self.pressed = self.pressed, 0
        return count


def test_an_agents_day_by_keyboard_alone(
    page: Page,  # noqa: F811
    served: tuple[Building, str],
    complaints: list[str],  # noqa: F811
) -> None:
    building, address = served
    keys = Keyboard(page)
    sign_in(page, address, "agent")

    keys.press("n")
    page.wait_for_selector("form[action$='/verify']")
    assert "1,000.00" not in page.inner_text("main"), "nothing of the debt before they are verified"
    keys.press("i")
    page.keyboard.type(LAST_FOUR)
    keys.press("Tab")
    page.keyboard.type(BORN)
    keys.press("Enter")
    page.wait_for_url("**?said=verified")
    assert "1,000.00" in page.inner_text("main")
    assert keys.spent() == 4

    keys.press("p", "Enter")
    page.wait_for_url("**?said=promise")
    assert keys.spent() <= 6, "a promise of what clears today, on the day that is offered"
    keys.press("7")
    page.wait_for_url("**said=outcome*")

    keys.spent()
    keys.press("n")
    page.wait_for_selector("form[action$='/verify']")
    first = page.url
    keys.press("1")
    page.wait_for_url("**said=outcome*")
    keys.press("n")
    page.wait_for_selector("form[action$='/verify']")
    assert page.url != first
    assert keys.spent() - 1 <= 2, "no answer, and on to the next"

    keys.press("u")
    page.wait_for_url("**?again=*")
    assert page.is_visible("text=What was it really?")
    keys.press("2")
    page.wait_for_url("**said=outcome*")
    keys.press("n")
    page.wait_for_selector("form[action$='/verify']")
    keys.press("1")
    page.wait_for_url("**said=outcome*")
    keys.press("n")
    page.wait_for_url("**/desk?said=none")

    with building.office.database.read() as session:
        said = [row.outcome for row in session.exec(select(OutcomeRow).order_by(col(OutcomeRow.id)))]
        assert said == [Outcome.right_party, Outcome.no_answer, Outcome.busy, Outcome.no_answer]
        assert [row.amount for row in session.exec(select(Promise))] == [1_000_00]
        assert [row.passed for row in session.exec(select(Verification))] == [True]
    assert complaints == []


def test_the_key_to_take_a_result_back_is_gone_after_ten_seconds(
    page: Page,  # noqa: F811
    served: tuple[Building, str],
) -> None:
    _, address = served
    sign_in(page, address, "agent")
    page.evaluate(
        "sessionStorage.setItem('undo', JSON.stringify({href: '/desk', until: Date.now() + 900, words: 'w'}))"
    )
    page.goto(f"{address}/search")
    assert page.is_visible("#undo")
    page.wait_for_selector("#undo", state="detached", timeout=3000)
    page.goto(f"{address}/desk")
    assert page.query_selector("#undo") is None
