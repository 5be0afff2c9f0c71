"""vLLM in our process: the only place that knows vLLM, which is imported when an engine is opened and not before."""

from __future__ import annotations

from synthtools_stream.vllm.engine_load import VllmLoad
from synthtools_stream.vllm.vllm_model import VllmModel

__all__ = ["VllmLoad", "VllmModel"]
