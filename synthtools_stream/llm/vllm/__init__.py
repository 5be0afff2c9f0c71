"""vLLM in our process: the only place that knows vLLM, which is imported when an engine is opened and not before."""

from __future__ import annotations

from synthtools_stream.llm.vllm.load import VllmLoad
from synthtools_stream.llm.vllm.model import VllmModel

__all__ = ["VllmLoad", "VllmModel"]
