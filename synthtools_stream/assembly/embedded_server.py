"""Serving: the embedded model behind an OpenAI-compatible server."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from synthtools_stream.embedded import EmbeddedModel, EmbeddedRates
from synthtools_stream.serving import BatchingEngine, Capacity, FaultPlan, Faults, RequestLog, build_app, serve

__all__ = ["serve_embedded"]


async def serve_embedded(
    host: str,
    port: int,
    capacity: Capacity,
    *,
    perfect: bool,
    ready: Callable[[str, int], None],
    faults: FaultPlan | None = None,
    request_log: Path | None = None,
) -> None:
    """Serve until a signal; `ready` is told the model's name and the port. A `perfect` model never errs on purpose.

    :raises ConfigError: when the address or the request log cannot be had.
    """
    async with AsyncExitStack() as stack:
        model = EmbeddedModel(EmbeddedRates.none() if perfect else EmbeddedRates())
        stack.push_async_callback(model.aclose)
        requests = RequestLog(request_log) if request_log is not None else None
        if requests is not None:
            stack.callback(requests.close)
        app = build_app(
            model, BatchingEngine(capacity), faults=Faults(faults) if faults is not None else None, requests=requests
        )
        await serve(app, host, port, ready=lambda bound: ready(model.model, bound))
