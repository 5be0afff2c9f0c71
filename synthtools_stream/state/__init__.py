"""Environment state: changes, diff, digest, minted ids, equality, and what a typed world must fulfil.

Belongs here: what can be said of states, and done to them, with no tool in view.

Does not: whether a tool may make a change (`simulator`); what states prove (`proof`); the records of it all
(`records`).

May import: `errors`, `records`, `values`.
"""

from __future__ import annotations

from synthtools_stream.state.changes import (
    CLOCK,
    AppliedChanges,
    IdMinter,
    Mint,
    apply,
    as_json,
    as_state,
    diff,
    digest,
    initial_state,
    is_placeholder,
    mint_id,
    now_of,
    refuse_mint,
    rename,
)
from synthtools_stream.state.equality import Comparison, Expectation, compare, equal_up_to
from synthtools_stream.state.typed_world import (
    MAX_ENTITIES,
    MAX_STATE_BYTES,
    attribute_problems,
    fits,
    state_bytes,
    state_problems,
    world_problems,
)
from synthtools_stream.state.volatile_attributes import volatile_problems

__all__ = [
    "CLOCK",
    "MAX_ENTITIES",
    "MAX_STATE_BYTES",
    "AppliedChanges",
    "Comparison",
    "Expectation",
    "IdMinter",
    "Mint",
    "apply",
    "as_json",
    "as_state",
    "attribute_problems",
    "compare",
    "diff",
    "digest",
    "equal_up_to",
    "fits",
    "initial_state",
    "is_placeholder",
    "mint_id",
    "now_of",
    "refuse_mint",
    "rename",
    "state_bytes",
    "state_problems",
    "volatile_problems",
    "world_problems",
]
