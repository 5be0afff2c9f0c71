"""The configuration of a run: every option, its bounds, and whether it is content or operating.

*Content* keys decide what the rows are; they are frozen in `run.json` and a change is refused with the difference
shown. *Operating* keys (concurrency, addresses, budgets, prices, time-outs) are free to change between resumptions.
Every key stands in TOML under the same name; command-line flags win.
"""

from __future__ import annotations

from synthtools_stream.config.content import Content
from synthtools_stream.config.operating import Backend, Operating
from synthtools_stream.config.runconfig import RunConfig, difference, read_toml
from synthtools_stream.config.sections import Audit, EmbeddedRates, Prices, RoleOverride

__all__ = [
    "Audit",
    "Backend",
    "Content",
    "EmbeddedRates",
    "Operating",
    "Prices",
    "RoleOverride",
    "RunConfig",
    "difference",
    "read_toml",
]
