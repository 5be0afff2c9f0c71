"""How often the embedded model errs, and in which way: decided by the request's seed and nothing else.

Some tools are harder to emulate than others: a share of them, told by the structure of their text with all names left
out, is answered wrongly far more often, so that an audit has something to reject.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import orjson

from synthtools_stream.jsontypes import Json, JsonObject

__all__ = ["EmbeddedRates", "chance", "is_hard"]

_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class EmbeddedRates:
    """Probabilities, each of one answer unless said otherwise."""

    agent_error: float = 0.03
    """Of one agent turn: wrong argument, skipped step, premature stop."""
    solver_error: float = 0.02
    simulator_error: float = 0.01
    """Wrong status, response that contradicts the state, lost write."""
    judge_error: float = 0.01
    bad_json: float = 0.01
    """Of any answer that a schema is asked for: malformed or truncated."""
    unreliable_tool: float = 0.05
    """Share of tools that are hard to emulate."""
    unreliable_error: float = 0.5
    """Simulator errors on those."""

    @classmethod
    def none(cls) -> EmbeddedRates:
        """Return rates at which nothing ever goes wrong."""
        return cls(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def chance(seed: int, label: str) -> random.Random:
    """Return the source of one decision of the request with this seed."""
    return random.Random(f"{seed}:{label}")


def is_hard(tool: JsonObject, share: float) -> bool:
    """Say whether a tool belongs to the share that is hard to emulate."""
    return share > 0 and _difficulty(orjson.dumps(tool)) < share


@lru_cache(maxsize=2048)
def _difficulty(tool_text: bytes) -> float:
    tool: JsonObject = orjson.loads(tool_text)
    names = {str(tool.get("tool_name"))} | set(_keys(tool, "parameters")) | set(_effects(tool))
    texts = [tool.get("tool_description"), tool.get("usage")]
    words = [word.lower() for text in texts for word in _WORD.findall(str(text or "")) if word not in names]
    shape = [*words, *_types(tool, "parameters"), "/", *_types(tool, "output_details")]
    digest = hashlib.blake2b(" ".join(shape).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def _keys(tool: JsonObject, part: str) -> Iterable[str]:
    held = tool.get(part)
    return held.keys() if isinstance(held, dict) else ()


def _types(tool: JsonObject, part: str) -> list[str]:
    held = tool.get(part)
    values: Mapping[str, Json] = held if isinstance(held, dict) else {}
    return [str(value.get("type")) for value in values.values() if isinstance(value, dict)]


def _effects(tool: JsonObject) -> list[str]:
    effects = tool.get("effects")
    lists = effects.values() if isinstance(effects, dict) else ()
    return [str(name) for listed in lists if isinstance(listed, list) for name in listed]
