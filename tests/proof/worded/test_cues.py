"""Cues: a pattern that is found in a text is never passed over for want of its words."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthtools_stream.proof import worded
from synthtools_stream.proof.worded.cues import Cue, cue_of, word_heads
from synthtools_stream.proof.worded.key_words import _QUESTION_OF

_MODULES = [import_module(f"{worded.__name__}.{module.name}") for module in iter_modules(worded.__path__)]
_NAMED = {
    f"{module.__name__.rpartition('.')[2]}.{name}": cue
    for module in _MODULES
    for name, cue in vars(module).items()
    if isinstance(cue, Cue)
}
_ASKING = {f"{word}: {cue.pattern.pattern}": cue for word, cues in _QUESTION_OF.items() for cue in cues}
CUES = {**_NAMED, **_ASKING}


@pytest.mark.parametrize("name", CUES)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_no_pattern_is_passed_over(name: str, data: st.DataObject) -> None:
    """Whatever the pattern matches has one of the cue's words."""
    cue = CUES[name]
    text = data.draw(st.from_regex(cue.pattern))
    assert cue.may_be_in(word_heads(text))


def test_texts_without_the_words_are_passed_over() -> None:
    """A text in other words cannot hold the pattern, and is not looked through."""
    cue = cue_of(r"\b(?:unless|ignor\w+)\b", "unless ignore")
    assert not cue.may_be_in(word_heads("Move booking BK-2041, and tell me its status."))
    assert cue.may_be_in(word_heads("Do it UNLE\u017fS it is full."))
    assert cue.may_be_in(word_heads("Ignoring all that"))
