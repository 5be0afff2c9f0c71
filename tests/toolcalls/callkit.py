"""A tool with a parameter of each type, and values of every kind."""

from __future__ import annotations

from hypothesis import strategies as st

from synthtools_stream.records import Parameter, Tool

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
)

values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)

TOOL = Tool(
    tool_name="Order",
    tool_description="Order things.",
    usage="At most 9.",
    parameters={
        "sku": Parameter(type="string", required=True),
        "count": Parameter(type="integer", default=1, minimum=1, maximum=9),
        "price": Parameter(type="float"),
        "urgent": Parameter(type="boolean", default=False),
        "channel": Parameter(type="string", enum=["air", "sea"]),
        "most": Parameter(type="float", maximum=1_234_567),
        "lines": Parameter(
            type="array",
            items=Parameter(
                type="object",
                properties={
                    "sku": Parameter(type="string", required=True),
                    "count": Parameter(type="integer", minimum=1),
                },
            ),
        ),
    },
)
