"""What several states do not have in common."""

from __future__ import annotations

from hypothesis import given

from stages.rollout.state_differences import only_differences
from synthtools_stream.records import State
from synthtools_stream.state import diff, digest
from tests.state.statekit import states


@given(states, states, states)
def test_only_differences_differ(a: State, b: State, c: State) -> None:
    """What is left out stands alike in all states; what is left does not, and differs as the whole states do."""
    whole, less = [a, b, c], only_differences([a, b, c])
    assert sorted(map(str, diff(less[0], less[1]))) == sorted(map(str, diff(a, b)))
    assert sorted(map(str, diff(less[1], less[2]))) == sorted(map(str, diff(b, c)))
    places = {(name, entity) for state in less for name, entities in state.items() for entity in entities}
    for name, entity in places:
        contents = [state.get(name, {}).get(entity) for state in whole]
        assert [state.get(name, {}).get(entity) for state in less] == contents
        assert digest(contents[0]) != digest(contents[1]) or digest(contents[1]) != digest(contents[2])
