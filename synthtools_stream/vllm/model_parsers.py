"""Which of vLLM's parsers reads the tool calls and the reasoning of which family of models.

Matched on the model's name, the first that fits; a name of its own in the configuration always wins.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Parsers", "known_parsers"]


class Parsers(NamedTuple):
    """Names of vLLM's parsers; empty where a model needs none, or none is known."""

    tool_call: str = ""
    reasoning: str = ""


_FAMILIES: tuple[tuple[str, Parsers], ...] = (
    (r"gpt-oss", Parsers("openai", "openai_gptoss")),
    (r"qwen3-coder", Parsers("qwen3_coder")),
    (r"qwen3.*instruct", Parsers("hermes")),
    (r"qwen3[.]5", Parsers("qwen3_coder", "qwen3")),
    (r"qwen3", Parsers("hermes", "qwen3")),
    (r"qwq", Parsers("hermes", "deepseek_r1")),
    (r"deepseek-r1-distill", Parsers("", "deepseek_r1")),
    (r"deepseek-r1", Parsers("deepseek_v3", "deepseek_r1")),
    (r"qwen2|hermes", Parsers("hermes")),
    (r"llama-?4", Parsers("llama4_pythonic")),
    (r"llama-?3", Parsers("llama3_json")),
    (r"magistral", Parsers("mistral", "mistral")),
    (r"mi[sx]tral|ministral|devstral", Parsers("mistral")),
    (r"glm-4[.]?5|glm-4[.]6", Parsers("glm45", "glm45")),
    (r"glm-4[.]7", Parsers("glm47", "glm47")),
    (r"kimi-k2-thinking", Parsers("kimi_k2", "kimi_k2")),
    (r"kimi-k2", Parsers("kimi_k2")),
    (r"granite-4", Parsers("granite4")),
    (r"phi-4-mini", Parsers("phi4_mini_json")),
)


def known_parsers(model: str) -> Parsers:
    """Return the parsers for a model by its name or path; empty names for a model that is not known."""
    name = model.lower().replace("_", "-")
    return next((parsers for pattern, parsers in _FAMILIES if re.search(pattern, name)), Parsers())
