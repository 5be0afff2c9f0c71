"""Lists: what is filtered, searched for and labelled, and where it leads. Each check is given a page and the site."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.browser.browsing import Site, address_of

__all__ = ["filters", "labels", "live_rows", "overview", "search", "token"]


def _query(page: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def token(page: Any, site: Site) -> None:
    """The address is clean once one is let in; nobody else is."""
    assert page.url == f"{site.origin}/", page.url
    stranger = page.context.browser.new_context().new_page()
    answer = stranger.goto(f"{site.origin}/attempts")
    assert answer.status == 401, answer.status
    stranger.context.close()


def overview(page: Any, site: Site) -> None:
    """The first page leads to every kind of row."""
    for kind in ("environments", "tools", "tasks", "attempts"):
        page.goto(f"{site.origin}/")
        page.locator(f"nav a[href='/{kind}']").first.click()
        assert page.locator("h1").first.is_visible()
        assert page.locator(".rows .item").count() > 0, kind


def filters(page: Any, site: Site) -> None:
    """A click on a value narrows the list; another takes it back; the address says so, and can be sent on."""
    page.goto(f"{site.origin}/attempts")
    whole = page.locator(".rows .item").count()
    page.locator(".facets a", has_text="unsolved").first.click()
    assert _query(page) == {"verdict": "unsolved"}, page.url
    few = page.locator(".rows .item").count()
    assert 0 < few < whole, (few, whole)
    address = page.url
    page.locator(".facets a[aria-current]").first.click()
    assert page.locator(".rows .item").count() == whole
    page.goto(address)
    assert page.locator(".rows .item").count() == few


def search(page: Any, site: Site) -> None:
    """Words are found in what one role says, shown where they stand, and searched for with filters kept."""
    page.goto(f"{site.origin}/attempts?verdict=solved")
    page.locator("#search").fill("zalgo")
    page.locator("#role").select_option("assistant")
    page.locator("form.find button").click()
    asked = _query(page)
    assert (asked["q"], asked["role"], asked["verdict"]) == ("zalgo", "assistant", "solved"), page.url
    assert page.locator(".rows .item").count() == 1
    assert "zalgo" in page.locator(".excerpt").inner_text()
    page.goto(f"{site.origin}/attempts?q=zalgo&role=user")
    assert page.locator(".rows .item").count() == 0


def labels(page: Any, site: Site) -> None:
    """A label and a note are kept beside the rows, shown in the list, and filtered by."""
    page.goto(f"{site.origin}/attempts")
    page.locator(".rows .item-link").first.click()
    page.locator("#label").fill("good")
    page.locator("#note").fill("<b>plain</b>")
    page.locator("[data-note] button").click()
    page.locator("[data-saved]", has_text="Saved").wait_for()
    kept = json.loads((site.run / "labels.jsonl").read_text().splitlines()[-1])
    assert (kept["label"], kept["note"]) == ("good", "<b>plain</b>"), kept
    page.goto(f"{site.origin}/attempts?label=good")
    assert page.locator(".rows .item").count() == 1
    assert "<b>plain</b>" in page.locator(".rows").inner_text()
    page.goto(f"{site.origin}{address_of('attempts', kept['id'])}")
    page.locator("#label").fill("two words")
    page.locator("[data-note] button").click()
    page.locator("[data-saved]", has_text="one word").wait_for()


def live_rows(page: Any, site: Site) -> None:
    """While a run is at work, new rows are told of, and are there once the page is loaded anew."""
    path = site.run / "trajectories.jsonl"
    page.goto(f"{site.origin}/attempts")
    before = page.locator("h1 .count").inner_text()
    row = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**row, "id": f"{site.task}#r95"}) + "\n")
    page.locator("#fresh a").wait_for()
    assert "1 new row" in page.locator("#fresh").inner_text()
    page.locator("#fresh a").click()
    page.wait_for_load_state()
    assert page.locator("h1 .count").inner_text() != before
