"""Nothing that anybody wrote is lost, hidden or markup."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from synthtools_stream.view.pages.visible_text import (
    BLOCK_CHARS,
    LINE_CHARS,
    Passage,
    found_text,
    marked_block,
    plain,
    text_block,
    visible,
)
from tests.view.pages.written_page import HOSTILE, WrittenPage

_SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


def told(markup: Markup) -> str:
    """Return the text of some markup."""
    return WrittenPage(f"<div>{markup}</div>").elements[0].words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[31m", "␛[31m"),
        ("a\r\n", "a␍\n"),
        ("\u202egnp", "U+202Egnp"),
        ("\ud800", "U+D800"),
        ("\U000e0041", "U+E0041"),
        (_SCOTLAND, _SCOTLAND),
        ("\U0001f3f4\U000e0067\U000e0041", "\U0001f3f4U+E0067U+E0041"),
        ("zero\u200bwidth", "zeroU+200Bwidth"),
        ("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_hidden_characters_are_written_out(text: str, shown: str) -> None:
    """Joiners stay, which scripts and emoji need; all else that has no shape gets one."""
    assert told(visible(text)) == shown


@settings(deadline=None)
@given(st.text())
def test_markup_is_never_made_of_text(text: str) -> None:
    """Whatever it is, only our own elements stand around it."""
    page = WrittenPage(f"<div>{visible(text)}{text_block(text)}</div>")
    assert not page.unbalanced
    assert {element.tag for element in page.elements} <= {"div", "i"}


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Lo"])))
def test_whole_text_is_shown(text: str) -> None:
    """What hides nothing is shown to the letter."""
    clean = re.sub("[\u034f\u2028\u2029\u2065\ufff0-\uffff\U000e0000-\U000e0fff]", "", text)
    assert told(visible(clean)) == clean


def test_titles_have_points() -> None:
    """Where no markup may stand, a point stands for what is hidden."""
    assert plain("a\u202eb\x00c") == "a·b·c"


@pytest.mark.parametrize("line", [70, BLOCK_CHARS + 1, LINE_CHARS * 3])
def test_long_text_is_whole(line: int) -> None:
    """A long text stands in parts; a line end between two parts is the only thing that they do not show."""
    text = "\n".join(("x" * line, "y" * line, "")) * (9 * BLOCK_CHARS // line + 2)
    page = WrittenPage(str(text_block(text)))
    parts = page.of("div", class_="part")
    assert len(parts) > 1
    joined = parts[0].words + "".join(
        part.words if "goes-on" in part.attributes["class"] else "\n" + part.words for part in parts[1:]
    )
    assert joined == text


@pytest.mark.parametrize("text", ["a" * 2_000_000, "a <b>\n" * 350_000, "\u202e" * 200_000, " " * 2_000_000 + "!"])
def test_two_megabytes_take_no_time(text: str) -> None:
    """No text is slow: the work grows with its length alone."""
    begin = time.perf_counter()
    assert len(text_block(text)) >= len(text)
    assert time.perf_counter() - begin < 2


def test_passages_are_marked() -> None:
    """Each quote has its id; one that overlaps another, or is not there, has its id all the same."""
    text = "Move BK-1 to <deck> two, and BK-1 stays."
    passages = [
        Passage("BK-1 to <deck>", "a"),
        Passage("<deck> two", "b"),
        Passage("nowhere", "c"),
        Passage("stays", "d"),
    ]
    page = WrittenPage(str(marked_block(text, passages)))
    assert page.elements[0].words == text
    assert [mark.words for mark in page.of("mark")] == ["BK-1 to <deck>", "stays"]
    assert {element.attributes.get("id") for element in page.elements} >= {"a", "b", "c", "d"}


def test_what_was_sought_is_marked() -> None:
    """In any case, the longer term first, and nothing of it is a pattern."""
    page = WrittenPage(f"<p>{found_text('A.b a.b axb <i>a</i>', ['a.b', 'A'])}</p>")
    assert [mark.words for mark in page.of("mark")] == ["A.b", "a.b", "a", "a"]
    assert page.elements[0].words == "A.b a.b axb <i>a</i>"
    assert found_text(HOSTILE, []) == visible(HOSTILE)
