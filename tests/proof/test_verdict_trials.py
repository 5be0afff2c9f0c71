"""Trying the verdict: what is passed over as sure to be refused is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.proof import verdict_trials
from synthtools_stream.proof.integrity import replay
from synthtools_stream.proof.verdict import Target, is_solved
from synthtools_stream.proof.verdict_trials import verdict_tests
from synthtools_stream.records import State
from synthtools_stream.state import Expectation, compare
from tests.proof.freight import proven


def test_what_is_sure_to_be_refused_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The altered states that are not tried, and only those, are each refused when they are tried all the same."""
    task = proven()
    replayed = replay(task)
    is_sure = vars(verdict_trials)["_is_sure"]
    tried: list[State] = []

    def spy(target: Target, state: State, told: str, expectation: Expectation) -> bool:
        tried.append(state)
        return is_solved(target, state, told, expectation)

    def other_way(*of: object) -> bool:
        return not is_sure(*of)

    def never(*_of: object) -> bool:
        return False

    monkeypatch.setattr(verdict_trials, "is_solved", spy)
    usual = verdict_tests(task, replayed)
    shortly = len(tried)
    tried.clear()
    monkeypatch.setattr(verdict_trials, "_is_sure", other_way)
    assert verdict_tests(task, replayed) == usual
    monkeypatch.setattr(verdict_trials, "_is_sure", never)
    tried.clear()
    assert verdict_tests(task, replayed) == usual
    assert len(tried) > shortly, "some are passed over"


def test_verdict_that_accepts_everything_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though not every altered state is tried, a verdict that refuses nothing does not pass."""
    task = proven()

    def accept(*_of: object) -> bool:
        return True

    monkeypatch.setattr(verdict_trials, "is_solved", accept)
    tests = verdict_tests(task, replay(task))
    assert not tests.rejects_nothing
    assert not tests.rejects_missing_write
    assert not tests.rejects_extra_write


ENTITIES = st.dictionaries(
    st.sampled_from(["E-1", "E-2", "F-1"]),
    st.dictionaries(st.sampled_from("ab"), st.sampled_from(["x", "E-1", "see E-2", 1, None, ["F-1"]])),
    max_size=3,
)


STATES = st.dictionaries(st.sampled_from(["es", "fs"]), ENTITIES, max_size=2)


@given(STATES, STATES)
def test_sure_refusals_differ_under_every_pairing(initial: State, final: State) -> None:
    """Whatever is new in a state: a value that is sure to be refused, altered, makes it another state."""
    target = Target(initial, final, frozenset())
    private = vars(verdict_trials)
    new = private["_new"](target)
    for collection, entities in final.items():
        for entity, attributes in entities.items():
            for name, value in attributes.items():
                altered = private["_with"](final, collection, entity, {name: private["_other"](value)})
                if private["_is_sure"](target, collection, entity, value, new):
                    assert compare(altered, final, initial).differences
