"""The embedded model: a procedural stand-in for an LLM that runs on a bare machine."""

from __future__ import annotations

from synthtools_stream.embedded.embedded_model import EmbeddedModel
from synthtools_stream.embedded.error_rates import EmbeddedRates

__all__ = ["EmbeddedModel", "EmbeddedRates"]
