"""What a reader of a task finds."""

from __future__ import annotations

from synthtools_stream.records import ActKind, DialogueAct, DialogueTurn
from synthtools_stream.view.pages.page import ListedRow, Page
from synthtools_stream.view.pages.task_page import task_page
from tests.export.exported import task
from tests.view.pages.written_page import WrittenPage, written


def opened(page: Page) -> WrittenPage:
    """Return a page of a task, parsed."""
    found = written(page, "t", "tasks")
    assert found.problems() == []
    return found


def test_sources_lead_to_what_they_name() -> None:
    """A quote to itself in its turn, an answer to the very value that it gave."""
    page = opened(task_page(task(), None, []))
    move = page.at("step-1")
    assert "BK-2057" in move.words
    (vessel,) = [link for link in page.links if "-response_" in link and "vessel" in link][:1]
    assert page.at(vessel[1:]).words == '"VS-81"'
    quotes = {page.at(link[1:]).words for link in page.links if link.startswith("#turn_")}
    assert {"16 March 2026", "BK-2057"} <= quotes


def test_changes_stand_beside_what_was_before() -> None:
    """Of each step, and of the whole."""
    page = opened(task_page(task(), None, []))
    step = page.at("step-1").words
    assert "bookings / BK-2057" in " ".join(step.split())
    whole = page.at("state")
    assert "VS-81" in whole.words
    last = page.at("state").words
    assert last.index("bookings") < last.index('"VS-81"')
    assert '"confirmed"' in [element.words for element in page.of("ins")]
    assert page.of("td", data_side="Before")


def test_certificate_tells_each_claim_and_mutant() -> None:
    """Every test of the verdict, and why each mutant is rejected."""
    page = opened(task_page(task(), None, []))
    found = page.at("certificate")
    assert "leaving out any one write is rejected" in found.words
    assert found.words.count("rejected") > 6
    assert "left out: step 1" in found.words
    assert "the ground truth is accepted" in found.words
    assert [mark.words for mark in page.of("span", class_="is-odd")] == []


def test_acts_of_a_dialogue_are_told() -> None:
    """What is said line by line stands beside the turn."""
    act = DialogueAct(
        kind=ActKind.held_back, pointer="/booking_id", opening="Move a booking.", reply="Which one?", reveal="BK-2057."
    )
    line = DialogueTurn(step=1, goal="Move it.", turn="Move BK-2057 to the first of those.", act=act)
    late = DialogueTurn(step=99, goal="More.", turn="And something else.")
    page = opened(task_page(task().model_copy(update={"dialogue": [line, late]}), None, []))
    step = page.at("step-1").words
    assert step.index("Move a booking.") < step.index("Which one?") < step.index("BK-2057.", step.index("Which"))
    assert "And something else." in page.html


def test_attempts_can_be_laid_side_by_side() -> None:
    """Where there are two or more, the form names both."""
    rows = [ListedRow(f"t#r{number}", f"/attempts/t%23r{number}", {"verdict": "solved"}) for number in range(3)]
    page = opened(task_page(task(), None, rows))
    assert [option.attributes["value"] for option in page.of("option")][:3] == ["t#r0", "t#r1", "t#r2"]
    assert "/attempts/t%23r1" in page.links
    assert not opened(task_page(task(), None, rows[:1])).of("select")
