"""Write a call as one Python call expression."""

from __future__ import annotations

import re
from functools import lru_cache
from keyword import iskeyword

import orjson

from synthtools_stream.toolcalls.call_parser import Call

__all__ = ["format_call"]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def format_call(call: Call) -> str:
    """Write `Name(a=1, b='x')`; parsing it gives the call back.

    Names that Python cannot write (`from`, `m/s`) make the whole call JSON, which is read as well.
    """
    if all(map(_is_plain, (call.name, *call.arguments))):
        return f"{call.name}({', '.join(f'{name}={value!r}' for name, value in call.arguments.items())})"
    return orjson.dumps({"name": call.name, "arguments": call.arguments}).decode()


@lru_cache(maxsize=1024)
def _is_plain(name: str) -> bool:
    return _PLAIN.match(name) is not None and not iskeyword(name)
