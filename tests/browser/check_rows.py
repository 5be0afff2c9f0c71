"""Rows: nothing is cut, nothing that a model said is more than text, every place has an address."""

from __future__ import annotations

import json
from typing import Any

from tests.browser.browsing import Site, address_of

__all__ = [
    "compare",
    "copies",
    "emoji",
    "folds",
    "keys",
    "markup",
    "narrow",
    "places",
    "right_to_left",
    "sources",
    "two_megabytes",
]


def _open(page: Any, site: Site, name: str) -> Any:
    """Open one of the hard rows, and return its last message."""
    page.goto(f"{site.origin}{address_of('attempts', f'{site.task}#{name}')}")
    said = page.locator("article.message").last
    said.scroll_into_view_if_needed()
    return said


def markup(page: Any, site: Site) -> None:
    """A message with markup is shown letter by letter."""
    said = _open(page, site, "r90")
    assert "<script>document.title = 'run'</script>" in said.text_content()
    assert "<b>bold</b> &amp;" in said.text_content()
    assert page.locator("article img, article script, article b").count() == 0
    assert page.title() != "run"


def right_to_left(page: Any, site: Site) -> None:
    """Hebrew runs from the right, what overrides a direction is shown as what it is, and the page stays as it was."""
    said = _open(page, site, "r91")
    block = said.locator("[dir=auto]").last
    assert block.evaluate("element => getComputedStyle(element).direction") == "rtl"
    assert "\u202e" not in said.text_content()
    assert page.evaluate("getComputedStyle(document.body).direction") == "ltr"


def emoji(page: Any, site: Site) -> None:
    """Families stay together."""
    assert "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f1e8\U0001f1ed" in _open(page, site, "r92").text_content()


def two_megabytes(page: Any, site: Site) -> None:
    """All of a long message is there, to its end."""
    said = _open(page, site, "r93")
    text = said.text_content()
    assert len(text) > 1_990_000, len(text)
    assert "THE END" in text[-2000:]
    page.keyboard.press("End")
    assert page.locator("#label").count() == 1


def narrow(page: Any, site: Site) -> None:
    """On a telephone's screen nothing but tables and programs is wider than the screen."""
    page.set_viewport_size({"width": 360, "height": 740})
    rows = (address_of("tasks", site.task), address_of("attempts", f"{site.task}#r94"))
    for address in ("/", "/attempts", "/tools", *rows):
        page.goto(f"{site.origin}{address}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, (address, wide)


def folds(page: Any, site: Site) -> None:
    """Reasoning is folded, and all of it unfolds at once; a link into something folded unfolds it."""
    _open(page, site, "r0")
    parts = page.locator("details.fold")
    page.keyboard.press("e")
    assert parts.evaluate_all("all => all.every(one => one.open)")
    page.keyboard.press("c")
    assert not parts.evaluate_all("all => all.some(one => one.open)")


def keys(page: Any, site: Site) -> None:
    """j and k go from item to item, / to the search, ? tells all keys, Escape leaves; typing is typing."""
    page.goto(f"{site.origin}/attempts")
    focused = "document.activeElement.getAttribute('href')"
    page.keyboard.press("j")
    first = page.evaluate(focused)
    page.keyboard.press("j")
    second = page.evaluate(focused)
    assert first != second, (first, second)
    page.keyboard.press("k")
    assert page.evaluate(focused) == first
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{first.split('#')[0]}")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("j?k")
    assert page.locator("#search").input_value() == "j?k"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    page.keyboard.press("n")
    page.wait_for_url(f"**{second.split('#')[0]}")
    page.keyboard.press("u")
    page.wait_for_url("**/attempts")


def sources(page: Any, site: Site) -> None:
    """A mark that says where an argument comes from leads there."""
    page.goto(f"{site.origin}{address_of('tasks', site.task)}")
    link = page.locator(".source a").first
    target = link.get_attribute("href")
    link.click()
    assert page.url.endswith(target), page.url
    assert page.evaluate("document.getElementById(decodeURIComponent(location.hash.slice(1))) !== null")


def places(page: Any, site: Site) -> None:
    """An address with a step or a message leads there at once, also into what is folded."""
    for address, place in (
        (address_of("tasks", site.task), "step-1"),
        (address_of("attempts", f"{site.task}#r0"), "message-2"),
    ):
        page.goto("about:blank")
        page.goto(f"{site.origin}{address}#{place}")
        box = page.locator(f"[id='{place}']").bounding_box()
        assert box is not None, place
        assert -5 <= box["y"] < page.viewport_size["height"], (place, box)


def compare(page: Any, site: Site) -> None:
    """Two attempts of one task stand side by side, reached from either; what differs is marked."""
    _open(page, site, "r0")
    page.locator("a", has_text="side by side").first.click()
    assert "/compare?" in page.url
    assert page.locator(".aligned > li").count() > 0
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('[data-item]') !== null")


def copies(page: Any, site: Site) -> None:
    """The row as JSON, and the request to a model as a command, go to the clipboard."""
    _open(page, site, "r0")
    page.locator("button", has_text="Copy JSON").click()
    page.locator("#told", has_text="Copied").wait_for()
    assert json.loads(page.evaluate("navigator.clipboard.readText()"))["task_id"] == site.task
    page.locator("button", has_text="Copy as curl").first.click()
    command = ""
    for _ in range(40):  # the attempt is made again first
        command = page.evaluate("navigator.clipboard.readText()")
        if command.startswith("curl "):
            break
        page.wait_for_timeout(200)
    assert command.startswith("curl "), command[:80]
