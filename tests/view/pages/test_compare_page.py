"""Two attempts side by side: what is aligned with what, and what is said to differ."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from synthtools_stream.records import Trajectory
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.view.pages.aligned_calls import aligned
from synthtools_stream.view.pages.attempt_messages import PlayedCall
from synthtools_stream.view.pages.compare_page import compare_page
from tests.export.exported import attempt, call, result, task
from tests.view.pages.written_page import written


def played(index: int, name: str, said: Json, found: Json = "ok") -> PlayedCall:
    """Return a call as it was made."""
    return PlayedCall(index, f"step-{index}", name, said, None, found, 200, None)


def calls(*names: str) -> list[PlayedCall]:
    """Return calls of these tools."""
    return [played(index, name, {}) for index, name in enumerate(names)]


def test_calls_are_aligned_by_tool_and_order() -> None:
    """What only one has stands alone; the rest lies side by side."""
    rows = aligned(calls("Find", "Show", "Move"), calls("Find", "Find", "Move", "Tell"))
    found = [(row.one.index if row.one else None, row.other.index if row.other else None, row.kind) for row in rows]
    assert found == [(0, 0, "same"), (1, None, "removed"), (None, 1, "inserted"), (2, 2, "same"), (None, 3, "inserted")]


def test_arguments_are_told_apart() -> None:
    """1 is 1.0; one that is left out, put in or other is named so, and so is another result."""
    one = played(0, "Move", {"a": 1, "b": "x", "c": True})
    other = played(0, "Move", {"a": 1.0, "b": "y", "d": None})
    (row,) = aligned([one], [other])
    assert [(pair.name, pair.kind) for pair in row.arguments] == [
        ("a", "same"),
        ("b", "changed"),
        ("c", "removed"),
        ("d", "inserted"),
    ]
    assert row.kind == "changed"
    (row,) = aligned([one], [played(0, "Move", {"a": 1, "b": "x", "c": True}, "another")])
    assert row.kind == "changed"
    assert not row.is_alike_answered


_NAMES = st.lists(st.sampled_from("ABC"), max_size=12)


@settings(deadline=None)
@given(_NAMES, _NAMES)
def test_no_call_is_lost(one: list[str], other: list[str]) -> None:
    """Each stands once, in its order, and only those of one tool lie side by side."""
    rows = aligned(calls(*one), calls(*other))
    assert [row.one.name for row in rows if row.one] == one
    assert [row.other.name for row in rows if row.other] == other
    assert all(row.one.name == row.other.name for row in rows if row.one and row.other)


def test_very_long_attempts_are_aligned_as_they_come() -> None:
    """The best alignment of thousands of calls would keep a reader waiting."""
    rows = aligned(calls(*"AB" * 1000), calls(*"A" * 1500))
    assert sum(row.one is not None for row in rows) == 2000
    assert sum(row.other is not None for row in rows) == 1500


def tried(number: int, arguments: JsonObject) -> Trajectory:
    """Return an attempt of one call."""
    said: list[JsonObject] = [
        {"role": "user", "content": "Move it."},
        {"role": "assistant", "content": None, "tool_calls": [call(1, "MoveBooking", arguments)]},
        result(1, {"done": True}),
        {"role": "assistant", "content": f"Done by {number}."},
    ]
    return attempt(number, messages=said)


def test_page_marks_by_sign_and_word() -> None:
    """Nobody needs to see colours: each difference has a sign, a word for a reader aloud, and its element."""
    one, other = tried(0, {"booking_id": "BK-1", "a": 1}), tried(1, {"booking_id": "BK-2", "b": 2})
    page = written(compare_page(one, other, task()))
    assert page.problems() == []
    found = page.at("calls").words
    assert all(word in found for word in ("changed: ", "removed: ", "inserted: ", "in another way"))
    assert {element.words for element in page.of("del", class_="json")} >= {'"BK-1"', "1"}
    assert {element.words for element in page.of("ins", class_="json")} >= {'"BK-2"', "2"}
    assert "Done by 0." in page.at("closing").words
    assert "they are the same" in page.at("ends").words


def test_attempts_without_calls() -> None:
    """There is nothing to align, which is said."""
    silent = attempt(0, messages=[])
    assert "neither made a call" in written(compare_page(silent, silent, None)).at("calls").words
