"""An OpenAI-compatible server for any language model, with the load behaviour of a batching engine.

`build_app` makes the web application, `serve` runs it. `batching_engine` imitates slots, queue, KV memory and token
rates, `prefix_cache` what a server finds of a prompt, `server_metrics` what it tells about itself; `planned_faults`
make it a bad server on purpose.

Belongs here: our side of HTTP, where we are the server.

Does not: what is answered (the model that is served), asking servers (`servers/`), bodies of requests (`chat/`).

May import: `chat`, `errors`, `synthtools_stream`, `values`.
"""

from __future__ import annotations

from synthtools_stream.serving.batching_engine import BatchingEngine, Capacity, EngineBusy
from synthtools_stream.serving.chat_server import RequestLog, build_app, serve
from synthtools_stream.serving.planned_faults import FaultKind, FaultPlan, Faults, parse_faults
from synthtools_stream.serving.server_stop import stop_signals

__all__ = [
    "BatchingEngine",
    "Capacity",
    "EngineBusy",
    "FaultKind",
    "FaultPlan",
    "Faults",
    "RequestLog",
    "build_app",
    "parse_faults",
    "serve",
    "stop_signals",
]
