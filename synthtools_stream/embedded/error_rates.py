"""How often the embedded model errs, and in which way: decided by the request's seed and nothing else.

Some tools are harder to emulate than others: a share of them, told by the structure of their text with all names left
out, is answered wrongly far more often, so that an audit has something to reject.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import orjson

from synthtools_stream.embedded.english import tokens
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["EmbeddedRates", "chance", "is_hard"]

_WORD = re.compile(r"[a-z]+")
_LENGTH = re.compile(r"(\d+) characters")
_FUNCTION_WORDS = frozenset(
    tokens(
        "a an the of by to its for with and or only must may can not be is if when whose that what given"
        " least most than later first earliest latest lowest highest sets creates removes raises lowers"
        " changes also read sorted differ exceed past find list look get show check cancel create add"
        " update change assign"
    )
)


@dataclass(frozen=True)
class EmbeddedRates:
    """Probabilities, each of one answer unless said otherwise."""

    agent_error: float = 0.03
    """Of one agent turn: wrong argument, skipped step, premature stop."""
    solver_error: float = 0.02
    simulator_error: float = 0.01
    """Wrong status, response that contradicts the state, lost write."""
    program_error: float = 0.08
    """Of one program, as it is written first: a rule or a change missed, a wrong comparison or attribute."""
    judge_error: float = 0.01
    bad_json: float = 0.01
    """Of any answer that a schema is asked for: malformed or truncated."""
    unreliable_tool: float = 0.05
    """Share of tools that are hard to emulate."""
    unreliable_error: float = 0.5
    """Errors of simulator and programmer on those."""

    @classmethod
    def none(cls) -> EmbeddedRates:
        """Return rates at which nothing ever goes wrong."""
        return cls(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def chance(seed: int, label: str) -> random.Random:
    """Return the source of one decision of the request with this seed."""
    return random.Random(f"{seed}:{label}")


def is_hard(tool: JsonObject, share: float) -> bool:
    """Say whether a tool belongs to the share that is hard to emulate."""
    return share > 0 and _difficulty(orjson.dumps(tool)) < share


@lru_cache(maxsize=2048)
def _difficulty(tool_text: bytes) -> float:
    """Draw from what renaming leaves alone: function words, digits, types, bounds and closed sets of values."""
    tool: JsonObject = orjson.loads(tool_text)
    prose = " ".join(str(tool.get(part) or "") for part in ("tool_description", "usage"))
    shape: list[Json] = [word for word in _WORD.findall(prose.lower()) if word in _FUNCTION_WORDS]
    for part in ("parameters", "output_details"):
        for spec in _specs(tool, part):
            shape.append([spec.get(key) for key in ("type", "required", "enum", "minimum", "maximum", "default")])
            shape += [int(number) for number in _LENGTH.findall(str(spec.get("description") or ""))]
    digest = hashlib.blake2b(orjson.dumps(shape), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def _specs(tool: JsonObject, part: str) -> list[JsonObject]:
    held = tool.get(part)
    values: Mapping[str, Json] = held if isinstance(held, dict) else {}
    return [value for value in values.values() if isinstance(value, dict)]
