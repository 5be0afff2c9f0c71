"""An OpenAI-compatible server for any language model, with the load behaviour of a batching engine.

`build_app` makes the web application, `serve` runs it. `capacity` imitates slots, queue, KV memory and token rates of
a continuous-batching server, `prefixcache` its prefix cache, `metrics` what it tells about itself. `faults` make it a
bad server on purpose, and `requestlog` remembers what it was asked.
"""

from __future__ import annotations

from synthtools_stream.serving.batching_engine import BatchingEngine, Capacity, EngineBusy
from synthtools_stream.serving.chat_server import build_app, serve
from synthtools_stream.serving.planned_faults import FaultKind, FaultPlan, Faults, parse_faults
from synthtools_stream.serving.request_log import RequestLog

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
]
