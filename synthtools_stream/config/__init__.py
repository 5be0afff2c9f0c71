"""The configuration of a run: every option, its bounds, and whether it is content or operating.

*Content* keys decide what the rows are; they are frozen in `run.json` and a change is refused with the difference
shown. *Operating* keys (concurrency, addresses, budgets, prices, time-outs) are free to change between resumptions.
Every key stands in TOML under the same name; command-line flags win.

Belongs here: keys, their bounds, what is wrong with one in our words, and reading them from TOML.

Does not: flags (`cli`) and what a run makes of its configuration (`assembly`).

May import: `errors`, `records`, `roles`, `toolgraph`, `values`.
"""

from __future__ import annotations

from synthtools_stream.config.content_keys import Content
from synthtools_stream.config.field_shares import FieldShares, field_weights
from synthtools_stream.config.key_groups import (
    Audit,
    EmbeddedRates,
    Embeddings,
    Implicit,
    Prices,
    RoleOverride,
    Targets,
)
from synthtools_stream.config.operating_keys import Backend, Operating
from synthtools_stream.config.run_config import RunConfig, difference, read_toml

__all__ = [
    "Audit",
    "Backend",
    "Content",
    "EmbeddedRates",
    "Embeddings",
    "FieldShares",
    "Implicit",
    "Operating",
    "Prices",
    "RoleOverride",
    "RunConfig",
    "Targets",
    "difference",
    "field_weights",
    "read_toml",
]
