"""Placeholders: what stands where something real was to be written, and what only looks like it."""

from __future__ import annotations

import pytest

from synthtools_stream.quality.placeholders import placeholder_names, placeholder_texts


@pytest.mark.parametrize("name", ["foo", "get_foo", "FooBar", "param1", "arg_2", "value3", "Tool7", "loremText", "tbd"])
def test_empty_names(name: str) -> None:
    """A name that says nothing is one, in any spelling."""
    (fault,) = placeholder_names([name], "tool T")
    assert fault.reason == "placeholder"
    assert fault.detail.startswith(f"tool T: '{name}'")


@pytest.mark.parametrize("name", ["food", "bar_code", "pressure_bar", "test_id", "sample", "line_2", "footing", "todo"])
def test_honest_names(name: str) -> None:
    """Things of kitchens and laboratories, and words that only begin alike, are none."""
    assert not list(placeholder_names([name], "tool T"))


@pytest.mark.parametrize(
    "text",
    [
        "Lorem ipsum dolor.",
        "Set it to foo",
        "mail ann@example.com",
        "TODO: say more",
        "Dear {{name}}",
        "for [insert name]",
        "ask John Doe",
        "<your answer>",
        "key your_key_here",
    ],
)
def test_empty_texts(text: str) -> None:
    """What nobody thought about is found where it stands."""
    (fault,) = placeholder_texts(text, "turn 1")
    assert (fault.reason, fault.detail.startswith("turn 1: ")) == ("placeholder", True)


@pytest.mark.parametrize(
    "text", ["Food for the foal.", "An example: comb honey.", "todo list", "At 10 < 20 (your list)", "John Dorner"]
)
def test_honest_texts(text: str) -> None:
    """Words that only look like one pass."""
    assert not list(placeholder_texts(text, "turn 1"))
