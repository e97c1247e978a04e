"""The figures in a browser's hands: every number opens its accounts, and nobody sees another portfolio's."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import text
from sqlmodel import select
from web.conftest import NOW, Building, Visitor

from collector.history.rules import Outcome
from collector.identity.tables import User
from collector.portfolio.tables import Portfolio
from collector.web.pages import figures

LIST = re.compile(r'href="(/figures/accounts\?[^"]+)"')
NUMBER = re.compile(r'<td class="num[^"]*"><a href="(/figures/accounts\?[^"]+)">([\d,]+)</a>')


@pytest.fixture
def worked(building: Building) -> Building:
    """Wang was called, reached, and promised."""
    with building.office.database.begin() as session:
        building.book.session = session
        building.book.contact(NOW - timedelta(hours=1), Outcome.right_party)
    fields = {"amount": "500.00", "due_on": "2026-05-12", "due_time": "18:00"}
    building.signed_in("supervisor").post(f"/accounts/{building.book.loan}/promise", fields)
    return building


def lists(page: str) -> list[str]:
    return sorted({unescape(found) for found in LIST.findall(page)})


def test_every_number_opens_as_many_accounts_as_it_says(worked: Building) -> None:
    visitor = worked.signed_in("supervisor")
    page = visitor.get("/figures").text
    counted = [(unescape(href), number) for href, number in NUMBER.findall(page)]
    assert len(counted) > 12
    for href, number in counted:
        opened = visitor.get(href).text
        assert f"CN · accounts: {number} · as of 2026-05-11 10:00 Shanghai" in opened, href
        assert opened.count("CN/L-1") == 1, href
    assert len(lists(page)) > len({href for href, _ in counted})
    for href in lists(page):
        assert visitor.get(href).status_code == 200, href


def test_charts_are_told_to_who_does_not_see_them(worked: Building) -> None:
    page = worked.signed_in("supervisor").get("/figures").text
    pictures = re.findall(r"<svg class=\"chart\".*?</svg>", page, re.S)
    assert len(pictures) == 5
    for picture in pictures:
        assert re.match(r'<svg class="chart" viewBox="0 0 \d+ \d+" role="img" aria-label="[^"]{10,}">', picture)
        assert len(re.findall("<rect", picture)) == len(re.findall(r"<rect[^>]*><title>[^<]+</title></rect>", picture))
    assert page.count("The same in figures") == 5
    assert " style=" not in page
    assert "NaN" not in page


def test_the_figures_speak_chinese(worked: Building) -> None:
    visitor = worked.signed_in("supervisor")
    with worked.office.database.begin() as session:
        session.exec(select(User).where(User.name == "supervisor")).one().language = "zh"
    page = visitor.get("/figures").text
    for words in ("迁徙率", "催收漏斗", "周一", "未逾期"):
        assert words in page
    for href in lists(page):
        opened = visitor.get(href)
        assert opened.status_code == 200, href
        assert 'lang="zh-CN"' in opened.text


def test_an_empty_book_and_no_book_say_what_would_fill_them(building: Building) -> None:
    page = building.signed_in("supervisor").get("/figures").text
    assert "Nobody was called in these 90 days." in page
    assert "No promise was due in these weeks." in page
    with building.office.database.begin() as session:
        for user in session.exec(select(User).where(User.name == "second")):
            user.name = "nobody"
        session.flush()
    with building.office.database.begin() as session:
        session.execute(
            text("DELETE FROM portfolio_access WHERE user_id = (SELECT id FROM user_account WHERE name = 'nobody')")
        )
    assert "You see no portfolio yet." in building.signed_in("nobody").get("/figures").text


def test_a_large_book_says_what_its_matrix_costs(building: Building, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = building.signed_in("supervisor")
    assert "From where accounts stood" in visitor.get("/figures").text
    monkeypatch.setattr(figures, "AT_ONCE", 0)
    page = visitor.get("/figures").text
    assert "1 accounts: about 0 s." in page
    assert "From where accounts stood" not in page
    ask = re.search(r'href="(/figures\?[^"]+matrix=1)"', page)
    assert ask
    assert "From where accounts stood" in visitor.get(unescape(ask[1])).text
    rolled = f"/figures/accounts?book={building.book.cn}&what=roll&first=2026-05-01&last=2026-05-11"
    assert "accounts: not counted" in visitor.get(rolled).text
    assert "accounts: 1 " in visitor.get(f"/figures/accounts?book={building.book.cn}&what=funnel&stage=book").text


@pytest.mark.parametrize(
    "asked",
    [
        "what=funnel",
        "what=funnel&stage=x",
        "what=funnel&stage=book&stage=book",
        "what=funnel&stage=book&name=wang",
        "what=roll&first=2026-05-01",
        "what=roll&first=2026-05-01&last=2026-05-01",
        "what=roll&first=2020-05-01&last=2026-05-01",
        "what=promises&week=2026-05-12",
        "what=money&first=2026-05-02&last=2026-05-01",
        "what=hours&weekday=7&hour=1",
        "what=hours&hour=24",
        "what=everything",
        "what=funnel&stage=book&after=x",
    ],
)
def test_an_address_that_names_no_list_is_refused_by_its_field(house: Building, asked: str) -> None:
    visitor = house.signed_in("supervisor")
    answer = visitor.get(f"/figures/accounts?book={house.book.cn}&{asked}")
    assert answer.status_code == 422
    assert "wang" not in answer.text


@pytest.mark.parametrize("asked", ["first=2026-13-01", "first=2026-05-11", "book=CN%2F1", "book=cny", "matrix=x"])
def test_days_and_books_of_the_page_are_checked(house: Building, asked: str) -> None:
    assert house.signed_in("supervisor").get(f"/figures?{asked}").status_code == 422


def stripped(visitor: Visitor, path: str) -> tuple[int, str]:
    answer = visitor.get(path)
    return answer.status_code, answer.text.replace(path, "")


@pytest.mark.parametrize("path", ["/figures?book={book}", "/figures/accounts?book={book}&what=funnel&stage=book"])
def test_another_portfolio_is_an_absent_one(house: Building, path: str) -> None:
    stranger = house.signed_in("stranger")
    foreign = stripped(stranger, path.format(book=house.book.cn))
    missing = stripped(stranger, path.format(book=99999999))
    assert foreign == missing
    assert foreign[0] == 404
    assert stripped(stranger, path.format(book="CNY"))[0] == 404
    own = stranger.get(path.format(book=house.book.us))
    assert own.status_code == 200
    assert "L-1" not in own.text


def test_the_list_without_a_book_is_not_there(house: Building) -> None:
    assert house.signed_in("supervisor").get("/figures/accounts?what=funnel&stage=book").status_code == 404


def test_all_of_a_currency_is_the_scopes_own(building: Building) -> None:
    with building.office.database.begin() as session:
        other = session.get_one(Portfolio, building.book.us)
        other.currency = "CNY"
    page = building.signed_in("supervisor").get("/figures/accounts?book=CNY&what=funnel&stage=book").text
    assert "CN/L-1" in page
    assert "US/C-1" not in page
