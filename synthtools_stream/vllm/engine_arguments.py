"""The `[vllm]` keys of a configuration: arguments of vLLM's engine, and a few that its server would read.

Every argument that `AsyncEngineArgs` knows passes through under its own name (`tensor-parallel-size` is as good as
`tensor_parallel_size`). Beside them stand `tool_call_parser`, `chat_template` and `chat_template_kwargs`, which vLLM's
server has, and its engine has not.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass

from synthtools_stream.errors import ConfigError
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from synthtools_stream.vllm.model_parsers import known_parsers

__all__ = ["Arguments", "read_arguments"]

_FRONT_END = ("tool_call_parser", "chat_template", "chat_template_kwargs")
_DEFAULTS: JsonObject = {"enable_prefix_caching": True, "disable_log_stats": True}
# Seen with 0.32: an engine on a CPU dies of a request with a seed whose prompt it reads in pieces, and ours have seeds.
_CPU_DEFAULTS: JsonObject = {"enable_chunked_prefill": False}


@dataclass(frozen=True)
class Arguments:
    """What was asked for, sorted by who reads it."""

    engine: JsonObject
    name: str
    """What the model is called in rows."""
    tool_call_parser: str
    reasoning_parser: str
    chat_template: str | None
    chat_template_kwargs: JsonObject


def read_arguments(model: str, given: JsonObject, known: Collection[str], *, on_cpu: bool = False) -> Arguments:
    """Sort `given`; `known` are the names of the engine's arguments.

    :raises ConfigError: if an argument is not known, and which one is like it.
    """
    if not model:
        raise ConfigError("the vllm backend needs a model: give --model, a name on the Hugging Face hub or a directory")
    options = {name.replace("-", "_"): value for name, value in given.items()}
    for name in options:
        _check(name, known)
    parsers = known_parsers(model)
    reasoning = _text(options, "reasoning_parser", parsers.reasoning)
    engine: JsonObject = {name: value for name, value in options.items() if name not in _FRONT_END}
    served = options.get("served_model_name")
    first = served[0] if isinstance(served, list) and served else served
    return Arguments(
        engine={
            **_DEFAULTS,
            **(_CPU_DEFAULTS if on_cpu else {}),
            **engine,
            "model": model,
            "reasoning_parser": reasoning,
        },
        name=first if isinstance(first, str) else model,
        tool_call_parser=_text(options, "tool_call_parser", parsers.tool_call),
        reasoning_parser=reasoning,
        chat_template=_text(options, "chat_template", "") or None,
        chat_template_kwargs=object_at(options, "chat_template_kwargs"),
    )


def _check(name: str, known: Collection[str]) -> None:
    if name == "model":
        raise ConfigError("vllm.model: the model is named by `model` or --model, not in [vllm]")
    if name in known or name in _FRONT_END:
        return
    near = difflib.get_close_matches(name, [*known, *_FRONT_END], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ConfigError(f"vllm.{name}: vLLM's engine has no such argument{hint}")


def _text(options: JsonObject, name: str, default: str) -> str:
    value: Json = options.get(name, default)
    if not isinstance(value, str):
        raise ConfigError(f"vllm.{name}: must be a text (got {value!r})")
    return value
