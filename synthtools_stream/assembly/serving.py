"""Serving: the embedded model behind an OpenAI-compatible server."""

from __future__ import annotations

from collections.abc import Callable

from synthtools_stream.llm.embedded import EmbeddedModel, EmbeddedRates
from synthtools_stream.llm.serving import BatchingEngine, Capacity, build_app, serve

__all__ = ["serve_embedded"]


async def serve_embedded(
    host: str, port: int, capacity: Capacity, *, perfect: bool, ready: Callable[[str, int], None]
) -> None:
    """Serve until a signal; `ready` is told the model's name and the port. A `perfect` model never errs on purpose."""
    model = EmbeddedModel(EmbeddedRates.none() if perfect else EmbeddedRates())
    app = build_app(model, BatchingEngine(capacity))
    try:
        await serve(app, host, port, ready=lambda bound: ready(model.model, bound))
    finally:
        await model.aclose()
