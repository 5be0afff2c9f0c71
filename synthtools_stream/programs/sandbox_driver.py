"""What stays loaded in a sandbox session: runs each call of a trip, and tells what became of it.

Read as text, after the prelude; nothing here runs in our own process. Cases come and answers go as JSON text:
converting values at the border costs more than parsing them inside. A program that keeps nothing from one call to the
next is compiled once a trip; any other, once a call, in a scope of its own.
"""

from __future__ import annotations

import decimal
import json
from typing import Any

__all__ = ["answers", "loaded"]

_MAX_ANSWER = 65_536
"""Characters of one answer: eight times the largest world that an answer could show."""


def answers(
    sources: list[str], lasting: list[bool], cases: list[str], calls: list[list[int]], helpers: dict[str, Any]
) -> dict[str, Any]:
    """Run calls, each a source and a case by their places; a case is `[state, arguments, now]`, fresh for every call.

    Returns what became of them: `told` lists, each once, what there is to tell, `{"answer": JSON text}` or `{"fault":
    kind, "detail": text}`; `at` says for each call which it is.
    """
    loads: dict[int, dict[str, Any]] = {}
    places: dict[str, int] = {}
    told: list[dict[str, str]] = []
    at: list[int] = []
    for source, case in calls:
        if source in loads and lasting[source]:
            load = loads[source]
        else:
            load = loads[source] = loaded(sources[source], helpers)
        one = load["fault"] if "fault" in load else _answer(load["call"], cases[case])
        key = one.get("answer", "fault")
        if key not in places or "fault" in one:
            places[key] = len(told)
            told.append(one)
        at.append(places[key])
    return {"told": told, "at": at}


def loaded(source: str, helpers: dict[str, Any]) -> dict[str, Any]:
    """Compile a program in a scope of its own; returns `{"call": function}`, or `{"fault": what is told of it}`."""
    scope = dict(helpers, exec=_refused, eval=_refused, id=_refused)
    try:
        exec(source, scope)
    except (SyntaxError, NotImplementedError) as error:
        return {"fault": {"fault": "unreadable", "detail": str(error)}}
    except Exception as error:
        return {"fault": {"fault": "raised", "detail": f"{type(error).__name__}: {error}"}}
    if "call" not in scope:
        return {"fault": {"fault": "unreadable", "detail": "it defines no function call(state, arguments, now)"}}
    return {"call": scope["call"]}


def _answer(call: Any, case: str) -> dict[str, str]:
    # A program's own names go with its scope. Of what it may import, only this keeps anything.
    decimal.setcontext(decimal.Context(prec=28, rounding=decimal.ROUND_HALF_EVEN))
    state, arguments, now = json.loads(case)
    try:
        made = call(state, arguments, now)
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
