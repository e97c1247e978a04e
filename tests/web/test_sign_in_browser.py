"""An app for codes is set up and used in a real browser, whose content policy lets no picture in from elsewhere."""

from __future__ import annotations

import pyotp
import pytest
from playwright.sync_api import Page
from web.conftest import PASSWORD, Building
from web.test_browser import browser, complaints, page, served, sign_in

pytestmark = pytest.mark.browser

__all__ = ["browser", "complaints", "page", "served"]


def test_an_app_is_set_up_and_asked_for(page: Page, served: tuple[Building, str], complaints: list[str]) -> None:
    building, address = served
    sign_in(page, address, "tracer")
    page.click(".who a[href='/me']")
    page.click("a.button[href='/me/codes']")
    page.click("main button.primary")
    drawn = page.locator(".qr svg").bounding_box()
    assert drawn is not None
    assert drawn["width"] == drawn["height"] > 150
    app = pyotp.TOTP(page.inner_text("code.secret").replace(" ", ""))
    assert page.evaluate("document.activeElement.name") == "code"
    page.keyboard.type(app.at(building.clock()))
    page.keyboard.press("Enter")
    page.wait_for_url("**/me?said=codes")
    page.click("form[action='/logout'] button")
    building.clock.forward(minutes=1)
    sign_in_again(page, "tracer")
    page.keyboard.type(app.at(building.clock()))
    page.keyboard.press("Enter")
    page.wait_for_url("**/referrals/skiptrace")
    page.goto(f"{address}/me/codes")
    page.click("button.danger")
    page.wait_for_url("**/me?said=codes-off")
    assert complaints == []


def sign_in_again(page: Page, name: str) -> None:
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/login")
    page.wait_for_selector("[name=code]")
