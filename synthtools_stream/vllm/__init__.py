"""vLLM in our process: the only place that knows vLLM, which is imported when an engine is opened and not before.

`vllm_model` is the language model, `chat_frontend` does what vLLM's server does between HTTP and its engine, `bindings`
looks up what we use of vLLM; `serve_command` and `tiny_model` serve the scripts in `bin/`.

Belongs here: whatever depends on vLLM's own names, arguments and versions.

Does not: servers that speak HTTP, vLLM's own included (`servers/`), when an engine is opened (`assembly/backends.py`).

May import: `chat`, `errors`, `servers`, `values`.
"""

from __future__ import annotations

from synthtools_stream.vllm.engine_load import VllmLoad
from synthtools_stream.vllm.vllm_model import VllmModel

__all__ = ["VllmLoad", "VllmModel"]
