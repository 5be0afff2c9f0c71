"""Run parts of ids, and ids without them."""

from __future__ import annotations

import pytest

from synthtools_stream.values.lineages import environment_number, environment_of, lineage, run_part


def test_part_is_the_head_of_a_digest() -> None:
    """It is short, and goes again."""
    part = run_part("1f0c9a3e77b21d04aa")
    assert part == "@1f0c9a3e"
    assert lineage(f"a_spec_001{part}_seq03#r0{part}") == "a_spec_001_seq03#r0"


@pytest.mark.parametrize("name", ["a_spec_001.GetHorse", "a@b", "a@1f0c9a3", "a@1f0c9a3e7", "a@1F0C9A3E"])
def test_other_ids_stay(name: str) -> None:
    """What is no run part belongs to the id."""
    assert lineage(name) == name


@pytest.mark.parametrize(
    ("task_id", "environment"),
    [
        ("horses_spec_001@1f0c9a3e_seq03", "horses_spec_001"),
        ("horses_spec_001_seq03@77b21d04", "horses_spec_001"),
        ("mine", "mine"),
    ],
)
def test_environment_of_a_task(task_id: str, environment: str) -> None:
    """Told by its id, whichever run it is of."""
    assert environment_of(task_id) == environment


def test_number_of_an_environment() -> None:
    """As its id says, with and without a run part."""
    assert environment_number("bee_keeping_spec_012") == environment_number("bee_keeping_spec_012@1f0c9a3e") == 12
    with pytest.raises(ValueError, match="no environment's id"):
        environment_number("mine")
