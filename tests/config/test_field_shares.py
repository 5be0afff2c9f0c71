"""How many sequences each field of a run gets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.config.field_shares import MOST_SEQUENCES, FieldShares, field_weights

FIELDS = ["Maritime Shipping", "Maritime Law", "Bee Keeping", "Opera [new]"]


def test_first_that_fits_tells_the_weight() -> None:
    """A name or a glob; a name is never read as a glob where it is there as it stands."""
    weights = {"Maritime Law": 1.0, "Maritime*": 3.0, "Opera [new]": 2.0}
    assert [*field_weights(FIELDS, weights).values()] == [3.0, 1.0, 0.0, 2.0]
    assert {*field_weights(FIELDS, {"*": 1.5}).values()} == {1.5}


def test_shares_of_what_they_would_have_together() -> None:
    """Fields without a weight are not begun, and make the others no larger."""
    shares = FieldShares.of(FIELDS, {"Bee*": 1.0, "Maritime Law": 3.0}, environments=2, sequences=4)
    assert shares.by_field == {"Maritime Shipping": 0, "Maritime Law": 12, "Bee Keeping": 4, "Opera [new]": 0}
    assert [shares.begun(field) for field in FIELDS] == [0, 2, 2, 0]
    assert [shares.of_environment("Maritime Law", number) for number in (0, 1)] == [6, 6]


@given(
    weights=st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any),
    environments=st.integers(1, 7),
    sequences=st.integers(1, 9),
)
def test_environments_make_up_their_field(weights: list[int], environments: int, sequences: int) -> None:
    """Those that are begun have some, and together what their field has."""
    asked = {name: float(weight) for name, weight in zip(FIELDS, weights, strict=True)}
    shares = FieldShares.of(FIELDS, asked, environments, sequences)
    wanted = sum(weight > 0 for weight in weights)
    assert sum(shares.by_field.values()) == wanted * environments * sequences
    for name in FIELDS:
        each = [shares.of_environment(name, number) for number in range(environments)]
        assert sum(each) == shares.by_field[name]
        assert sum(count > 0 for count in each) == shares.begun(name)
        assert max(each) - min(each) <= 1


def test_no_more_than_tools_can_give() -> None:
    """However great the weight."""
    shares = FieldShares.of(FIELDS, {"*": 0.001, "Bee Keeping": 1.0}, environments=1, sequences=200)
    assert shares.of_environment("Bee Keeping", 0) <= MOST_SEQUENCES
