"""States of every kind, small enough to differ by chance in little."""

from __future__ import annotations

from hypothesis import strategies as st

attributes = st.dictionaries(
    st.sampled_from("abc"),
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "E-1", "E-2"]),
    max_size=3,
)
states = st.dictionaries(
    st.sampled_from(["es", "fs"]),
    st.dictionaries(st.sampled_from(["E-1", "E-2", "F-1"]), attributes, max_size=3),
    max_size=2,
)
