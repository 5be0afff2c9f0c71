"""An OpenAI-compatible server for any language model, with the load behaviour of a batching engine.

`build_app` makes the web application, `serve` runs it. `capacity` imitates slots, queue, KV memory and token rates of
a continuous-batching server, `prefixcache` its prefix cache, `metrics` what it tells about itself.
"""

from __future__ import annotations

from synthtools_stream.llm.serving.capacity import BatchingEngine, Capacity, EngineBusy
from synthtools_stream.llm.serving.server import build_app, serve

__all__ = ["BatchingEngine", "Capacity", "EngineBusy", "build_app", "serve"]
