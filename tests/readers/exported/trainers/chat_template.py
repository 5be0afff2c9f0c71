"""Renders chat templates as `transformers` does, without it."""

from __future__ import annotations

import importlib
import json
from functools import cache
from typing import Any

__all__ = ["rendered"]


def rendered(template: str, messages: list[Any], tools: list[Any]) -> str:
    """Return the text that a model would be trained on."""
    return str(_compiled(template).render(messages=messages, tools=tools, bos_token="<s>", eos_token="</s>"))


@cache
def _compiled(template: str) -> Any:
    return _environment().from_string(template)


def _environment() -> Any:
    sandbox: Any = importlib.import_module("jinja2.sandbox")
    extensions = [_generation_tag(), "jinja2.ext.loopcontrols"]
    environment = sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=extensions)
    environment.filters["tojson"] = _to_json
    environment.globals |= {"raise_exception": _refuse, "strftime_now": str}
    return environment


def _generation_tag() -> Any:
    """Return an extension that knows `{% generation %}`, around what the agent says, and writes what stands in it."""
    jinja: Any = importlib.import_module("jinja2")
    extension: Any = importlib.import_module("jinja2.ext").Extension

    class Generation(extension):  # type: ignore[misc]
        tags = frozenset({"generation"})

        def parse(self, parser: Any) -> Any:
            line = next(parser.stream).lineno
            body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
            return jinja.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

        def _body(self, caller: Any) -> Any:
            return caller()

    return Generation


def _to_json(value: Any, ensure_ascii: bool = False, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, **options)


def _refuse(message: str) -> None:
    raise ValueError(message)
