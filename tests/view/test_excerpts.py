"""What was searched for, as it stands in a row."""

from __future__ import annotations

import pytest

from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.view.excerpts import excerpt
from synthtools_stream.view.shown_kinds import ShownKind

ROW: JsonObject = {
    "id": "x#r0",
    "messages": [
        {"role": "user", "content": "Move the booking of Zoë, " + "and more " * 40 + "then İstanbul's BK-2057 today"},
        {"role": "assistant", "content": "Done: the booking was moved."},
    ],
}


@pytest.mark.parametrize(
    ("terms", "role", "found"),
    [
        (["moved"], "", "Done: the booking was moved."),
        (["BOOKING"], "user", "Move the booking of Zoë, and more"),
        (["booking"], "assistant", "Done: the booking was moved."),
        (["zoe"], "user", "Move the booking of Zoë"),
        (["nothing", "done"], "", "Done: the booking"),
        (["nothing"], "", ""),
        ([], "", ""),
    ],
)
def test_around_what_was_found(terms: list[str], role: str, found: str) -> None:
    """The first of the words that stands there, with a little of the text on either side."""
    said = excerpt(ShownKind.attempts, ROW, terms, role)
    assert said.startswith(found) if found else said == ""


def test_a_long_text_is_cut_on_both_sides() -> None:
    """And says so."""
    said = excerpt(ShownKind.attempts, ROW, ["BK-2057"])
    assert said.startswith("… ")
    assert said.endswith("BK-2057 today")
    assert len(excerpt(ShownKind.attempts, ROW, ["booking"], "user")) < 250
