"""What stays loaded in a sandbox session: runs each call of a trip in a scope of its own, and tells what became of it.

Read as text, after the prelude; nothing here runs in our own process. A trip comes and goes as JSON text: converting
values at the border costs more than parsing them inside.
"""

from __future__ import annotations

import decimal
import json
from typing import Any

__all__ = ["answers"]

_MAX_ANSWER = 65_536
"""Characters of one answer: eight times the largest world that an answer could show."""


def answers(trip_text: str, helpers: dict[str, Any]) -> list[dict[str, str]]:
    """Return, for each call of the trip, `{"answer": JSON text}` or `{"fault": kind, "detail": text}`."""
    trip = json.loads(trip_text)
    return [_answer(trip["sources"][one["source"]], one, helpers) for one in trip["calls"]]


def _answer(source: str, one: dict[str, Any], helpers: dict[str, Any]) -> dict[str, str]:
    # A program's own names go with its scope. Of what it may import, only this keeps anything.
    decimal.setcontext(decimal.Context(prec=28, rounding=decimal.ROUND_HALF_EVEN))
    scope = dict(helpers, exec=_refused, eval=_refused, id=_refused)
    try:
        exec(source, scope)
    except (SyntaxError, NotImplementedError) as error:
        return {"fault": "unreadable", "detail": str(error)}
    except Exception as error:
        return {"fault": "raised", "detail": f"{type(error).__name__}: {error}"}
    if "call" not in scope:
        return {"fault": "unreadable", "detail": "it defines no function call(state, arguments, now)"}
    try:
        made = scope["call"](one["state"], one["arguments"], one["now"])
    except Exception as error:
        return {"fault": "raised", "detail": f"{type(error).__name__}: {error}"}
    try:
        text = json.dumps(made)
    except Exception as error:
        return {"fault": "garbage", "detail": f"what it returned is no JSON: {error}"}
    if len(text) > _MAX_ANSWER:
        return {"fault": "garbage", "detail": f"what it returned has {len(text)} characters, {_MAX_ANSWER} at most"}
    return {"answer": text}


def _refused(*_arguments: Any) -> Any:
    """Stand in for what runs text, or tells where in memory a value lies, which differs from call to call.

    :raises RuntimeError: always.
    """
    raise RuntimeError("exec, eval and id may not be used")
