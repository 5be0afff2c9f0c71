"""A program is shown line by line, as it runs."""

from __future__ import annotations

import time

import pytest

from synthtools_stream.view.pages.program_markup import program_markup
from tests.programs.coded_freight import PROGRAMS
from tests.view.pages.written_page import HOSTILE, WrittenPage


@pytest.mark.parametrize("source", [*PROGRAMS.values(), 'x = """\n\ta\n"""\n\n\n', "", "def f(:\n\x0c  ¿", HOSTILE])
def test_every_line_is_shown(source: str) -> None:
    """Each line of the source is a line of the page, to the letter but for what is hidden in it."""
    page = WrittenPage(str(program_markup(source)))
    assert not page.unbalanced
    lines = [line.words for line in page.of("li")]
    assert len(lines) == source.rstrip("\n").count("\n") + 1
    if source.isascii() and source.replace("\n", "").replace("\t", "").isprintable():
        assert "\n".join(lines) == source.rstrip("\n")
    assert {element.tag for element in page.elements} <= {"ol", "li", "span", "i"}


def test_tokens_are_coloured() -> None:
    """Keywords, texts, numbers and comments have classes of ours."""
    page = WrittenPage(str(program_markup("def call(state):  # why\n    return 'a', 1, None, not len(state)\n")))
    coloured = {span.words: span.attributes["class"] for span in page.of("span")}
    assert coloured["def"] == coloured["return"] == coloured["not"] == "c-keyword"
    assert coloured["call"] == "c-name"
    assert coloured["# why"] == "c-comment"
    assert coloured["1"] == coloured["None"] == "c-number"
    assert coloured["len"] == "c-builtin"


def test_what_turns_the_writing_is_shown() -> None:
    """A comment cannot pose as code."""
    assert "U+202E" in WrittenPage(str(program_markup("a = 1  # \u202e } ⁦ if"))).elements[0].words


def test_huge_programs_are_not_coloured() -> None:
    """They are shown all the same, and soon."""
    begin = time.perf_counter()
    assert "c-number" not in program_markup("x = (1,\n" * 60_000)
    assert time.perf_counter() - begin < 2
