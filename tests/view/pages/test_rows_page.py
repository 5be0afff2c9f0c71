"""Lists of rows, and the first page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from synthtools_stream.view.pages.overview_page import EnvironmentSummary, overview_page
from synthtools_stream.view.pages.page import Facet, FacetValue, ListedRow, Note
from synthtools_stream.view.pages.rows_page import rows_page
from tests.view.pages.written_page import written

_ROWS = [
    ListedRow("a#r0", "/attempts/a%23r0", {"verdict": "solved", "length": "3"}, Note("good", "Nice."), "the trench"),
    ListedRow("a#r1", "/attempts/a%23r1", {"verdict": "unsolved", "judge": "differs", "variant": "base"}),
]
_FACETS = [
    Facet(
        "verdict", [FacetValue("solved", 7, True, "/attempts"), FacetValue("unsolved", 2, False, "/attempts?verdict=u")]
    ),
    Facet("fault"),
]


def test_rows_lead_to_the_words_that_were_found() -> None:
    """They are marked in the list, and each link goes to the first of them."""
    page = written(
        rows_page("attempts", _ROWS, _FACETS, {"q": 'trench "at the top"', "verdict": "solved"}, 9), kind="attempts"
    )
    assert page.problems() == []
    assert [mark.words for mark in page.of("mark")] == ["trench"]
    assert "/attempts/a%23r0#:~:text=trench" in page.links
    assert "Nice." in page.html


def test_filters_live_in_the_address() -> None:
    """A search keeps them, a page keeps both, and what is chosen can be taken back."""
    query = {"q": "trench", "role": "user", "verdict": "solved", "page": "2"}
    page = written(rows_page("attempts", _ROWS, _FACETS, query, 900, 2, 3), kind="attempts")
    assert page.problems() == []
    assert page.of("input", type="hidden", name="verdict")[0].attributes["value"] == "solved"
    assert page.at("search").attributes["value"] == "trench"
    assert [option.words for option in page.of("option") if "selected" in option.attributes] == ["user"]
    (back,) = page.of("a", rel="prev")
    assert parse_qs(urlsplit(back.attributes["href"]).query) == {
        "q": ["trench"],
        "role": ["user"],
        "verdict": ["solved"],
    }
    assert page.of("a", rel="next")[0].attributes["href"].endswith("page=3")
    (chosen,) = page.of("a", aria_current="true", href="/attempts")
    assert "solved" in chosen.words
    assert "fault" not in [element.words for element in page.of("summary")]


def test_nothing_is_found() -> None:
    """It is said, and there are no pages of it."""
    page = written(rows_page("tasks", [], [], {"q": "x"}, 0), kind="tasks")
    assert "No row is like that." in page.html
    assert not page.of("nav", class_="pages")


def test_first_page_tells_fields_and_environments() -> None:
    """Field by field, with what became of each environment; one without a row is named all the same."""
    found = [
        EnvironmentSummary("b", "Ships", scenario="Berths.", tools=3, attempts=4, solved=1, unsolved=2),
        EnvironmentSummary("a", "Bees", has_row=False, rejects=2),
    ]
    page = written(overview_page(found, [("attempts", _FACETS[0]), ("attempts", _FACETS[1])]))
    assert page.problems() == []
    assert page.html.index("Bees") < page.html.index("Ships")
    assert "/environments/b" in page.links
    assert "/environments/a" not in page.links
    assert "1 of 3 solved" in page.html
    assert page.html.count("Attempts by") == 1
