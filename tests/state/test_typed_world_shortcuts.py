"""Where the check of a world goes a shorter way, it comes to what the long way comes to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.records import Attribute, EntityType, State
from synthtools_stream.state import attribute_problems, state_problems
from synthtools_stream.values.jsontypes import Json, JsonObject

ATTRIBUTES = [
    Attribute(name="word", type="string"),
    Attribute(name="stage", type="string", enum=["open", "shut"]),
    Attribute(name="day", type="string", format="date"),
    Attribute(name="moment", type="string", format="datetime"),
    Attribute(name="thing_id", type="string", references="things"),
    Attribute(name="closed_thing_id", type="string", references="things", enum=["TH-1", "TH-9"]),
    Attribute(name="thing_ids", type="array", references="things"),
    Attribute(name="parts", type="array"),
    Attribute(name="address", type="object"),
    Attribute(name="whole", type="integer"),
    Attribute(name="price", type="float"),
    Attribute(name="known", type="boolean"),
]


TEXTS = [
    "",
    "open",
    "TH-1",
    "TH-2",
    "2026-03-14",
    "2026-02-30",
    "2026-03-14T09:00",
    "2026-03-14T25:00:00",
    "2026-03-14 ",
]


HELD: st.SearchStrategy[Json] = st.sampled_from(
    [*TEXTS, None, True, 0, 1.0, 1.5, [], {}, ["TH-1"], ["TH-9", 1], {"street": "Mill Lane"}, "x" * 50]
)


@given(
    st.dictionaries(
        st.sampled_from(["TH-1", "TH-2", "XX-1"]),
        st.dictionaries(st.sampled_from([*(part.name for part in ATTRIBUTES), "strange"]), HELD),
        max_size=3,
    )
)
def test_values_passed_over_are_right(things: dict[str, JsonObject]) -> None:
    """Of a whole state the very same is told as of each entity alone, where every value is looked at in full."""
    kind = EntityType(name="thing", collection="things", id_prefix="TH-", attributes=ATTRIBUTES)
    state: State = {"things": things, "clock": {"now": {"value": "2026-03-14T09:00:00"}}}
    found: list[str] = []
    for name, attributes in things.items():
        if not name.startswith("TH-"):
            found.append(f"things/{name}: its id must begin with TH-")
        found.extend(f"things/{name}: {problem}" for problem in attribute_problems(attributes, kind, state))
    assert state_problems(state, [kind]) == found
