"""The embedded model: a procedural stand-in for an LLM that runs on a bare machine."""

from __future__ import annotations

from synthtools_stream.llm.embedded.model import EmbeddedModel
from synthtools_stream.llm.embedded.rates import EmbeddedRates

__all__ = ["EmbeddedModel", "EmbeddedRates"]
