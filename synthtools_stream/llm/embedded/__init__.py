"""The embedded model: a procedural stand-in for an LLM that runs on a bare machine."""

from __future__ import annotations
