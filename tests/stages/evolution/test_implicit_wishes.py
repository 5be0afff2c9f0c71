"""Which values of a step are wished to be implicit."""

from __future__ import annotations

import pytest

from stages.evolution.implicit_wishes import ImplicitShare, wish_for_step
from synthtools_stream.records import Effects, OutputField, Parameter, Provenance, ProvenanceKind, Step, Tool
from synthtools_stream.records.implicit_kind import ImplicitKind
from synthtools_stream.values.jsontypes import JsonObject

HIRE = Tool(
    tool_name="HireVan",
    tool_description="Hire a van.",
    parameters={
        "van_id": Parameter(type="string", required=True, description="Id of the van."),
        "start_date": Parameter(type="string", format="date", required=True, description="First day."),
        "duration": Parameter(type="float", required=True, description="How long, in hours."),
        "fee": Parameter(type="integer", required=True, description="Fee, in EUR."),
        "insured": Parameter(type="boolean", required=True, description="Whether it is insured."),
        "seats": Parameter(type="integer", default=2, description="Seats."),
    },
    output_details={"hire_id": OutputField(type="string")},
    effects=Effects(writes=["hires"]),
)
ALL = ImplicitShare(0.5, [*ImplicitKind], 7)


def shown(response: JsonObject, **proofs: Provenance) -> Step:
    """Return a step that told something."""
    provenance = {f"/{name}": proof for name, proof in proofs.items()}
    return Step(turn="Show it.", call="Show()", status_code=200, response=response, provenance=provenance)


def wished(*steps: Step, share: ImplicitShare = ALL, task: str = "vans_spec_000_seq00") -> dict[str, list[str]]:
    """Return what is wished of the next step, by argument."""
    wish = wish_for_step(task, steps, HIRE, share)
    return {one.argument: [*one.kinds] for one in wish.arguments} if wish is not None else {}


def test_nothing_is_wished_at_zero() -> None:
    """So that requests are those of a run without such a key."""
    assert wish_for_step("vans_spec_000_seq00", [], HIRE, ImplicitShare(0.0, [*ImplicitKind])) is None


def test_ways_suit_their_parameter() -> None:
    """At first only dates and measures do; a number that an answer told under a like name may be reckoned from."""
    assert wished() == {"/start_date": ["relative_date"], "/duration": ["unit"]}
    row: JsonObject = {"van": {"van_id": "VN-1001", "fee": 40, "seats": 5, "name": "Blue"}}
    assert wished(shown(row))["/fee"] == ["worked_out", "carried_over"]
    owner: JsonObject = {"owner": {"owner_id": "OW-1001", "van_id": "VN-1001", "start_date": "2026-03-02"}}
    assert wished(shown(owner)) == {
        "/van_id": ["carried_over"],
        "/start_date": ["relative_date", "carried_over"],
        "/duration": ["unit"],
    }


def test_only_kinds_that_are_wanted() -> None:
    """The configuration names them."""
    assert wished(share=ImplicitShare(0.5, [ImplicitKind.unit], 7)) == {"/duration": ["unit"]}


def test_what_earlier_steps_have_is_counted() -> None:
    """A task that has more than its share already is wished nothing."""
    plenty = Provenance(kind=ProvenanceKind.user, turn=0, quote="tomorrow", normaliser="relative_date")
    step = shown({}, **{f"day_{number}": plenty for number in range(6)})
    assert wished(step) == {}


@pytest.mark.parametrize(("share", "low", "high"), [(0.1, 0.3, 0.7), (0.3, 1.2, 1.8)])
def test_count_comes_to_the_share(share: float, low: float, high: float) -> None:
    """Over many tasks, as many are wished as the share of the needed arguments is, and each time the same ones."""
    tasks = [f"vans_spec_{number:03d}_seq00" for number in range(300)]
    wishes = [wish_for_step(task, [], HIRE, ImplicitShare(share, [*ImplicitKind], 1)) for task in tasks]
    assert low < sum(wish.count for wish in wishes if wish is not None) / len(tasks) < high
    again = [wish_for_step(task, [], HIRE, ImplicitShare(share, [*ImplicitKind], 1)) for task in tasks]
    assert wishes == again
