"""Calls as other people write them, each as `{"name", "arguments"}` with an object of arguments."""

from __future__ import annotations

from collections.abc import Iterator

from synthtools_stream.chat.thoughts import split_answer
from synthtools_stream.intake.loose_json import loose_json
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["call_object", "called_in"]

_ARGUMENTS = ("arguments", "parameters", "args")
_SHOWN = 60
"""Characters of a name that a problem shows."""


def call_object(source: Json) -> JsonObject:
    """Read a call: OpenAI's, nested or flat, or a bare one; its arguments may be JSON text, or missing.

    :raises RowProblem: with what is wrong with it.
    """
    if isinstance(source, dict) and isinstance(source.get("function"), dict):
        source = source["function"]
    name = source.get("name") if isinstance(source, dict) else None
    if not isinstance(source, dict) or not isinstance(name, str) or not name:
        raise RowProblem("a call has no name")
    given = next((source[key] for key in _ARGUMENTS if source.get(key) is not None), None)
    if isinstance(given, str):
        given = loose_json(given, f"the arguments of {name[:_SHOWN]}") if given.strip() else None
    if given is not None and not isinstance(given, dict):
        raise RowProblem(f"the arguments of {name[:_SHOWN]} are no object")
    return {"name": name, "arguments": given or {}}


def called_in(text: str) -> Iterator[JsonObject]:
    """Yield the calls of a text that holds nothing else but a thought: one, or a list of them.

    :raises RowProblem: when it holds none.
    """
    value = loose_json(split_answer(text)[1], "a call")
    for source in value if isinstance(value, list) else [value]:
        yield call_object(source)
