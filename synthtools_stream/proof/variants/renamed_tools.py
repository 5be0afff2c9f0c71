"""`renamed_tools`: tools have other names, in another style, and their parameters another order."""

from __future__ import annotations

import re
from collections.abc import Mapping

from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.variants.base_task import twisted
from synthtools_stream.records.task import Step, Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.records.twist import Twist, VariantKind
from synthtools_stream.toolcalls import Call, canonical, format_call

__all__ = ["STYLES", "renamed_tools", "restyled"]

STYLES = ("snake", "camel", "noun_first")
"""Ways in which people name tools: `move_booking`, `moveBooking`, `booking_move`."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def restyled(names: list[str], style: str) -> dict[str, str]:
    """Return each name in another style; empty where two would be the same, or one would stay as it is."""
    found: dict[str, str] = {}
    for name in names:
        words = [word.lower() for word in _WORD.findall(name)]
        if style == "camel":
            new = words[0] + "".join(word.capitalize() for word in words[1:]) if words else name
        else:
            new = "_".join([*words[1:], *words[:1]] if style == "noun_first" else words)
        found[name] = new
    plain = [new.replace("_", "").lower() for new in found.values()]
    return found if len(set(plain)) == len(names) and all(name != new for name, new in found.items()) else {}


def renamed_tools(base: Task, replayed: Replay, names: Mapping[str, str]) -> Task | None:
    """Return the variant in which each tool has the name that `names` gives it; None where one has none."""
    if {tool.tool_name for tool in base.tools} != {*names} or len(set(names.values())) != len(names):
        return None
    tools = {tool.tool_name: _renamed(tool, names) for tool in base.tools}
    steps: list[Step] = []
    for step, call in zip(base.steps, replayed.calls, strict=True):
        tool = tools[call.name]
        said = format_call(canonical(Call(tool.tool_name, call.arguments), tool))
        steps.append(step.model_copy(update={"call": said}))
    return twisted(
        base,
        VariantKind.renamed_tools,
        Twist(names={**names}),
        tools=[*tools.values()],
        steps=steps,
        gt_tool_calls=[step.call for step in steps],
        programs={names[name]: source for name, source in base.meta.programs.items()},
    )


def _renamed(tool: Tool, names: Mapping[str, str]) -> Tool:
    """Return a tool under its new name, its texts with all new names, its parameters the other way round."""

    def told(text: str) -> str:
        for name, new in names.items():
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", new, text)
        return text

    parameters = {
        name: parameter.model_copy(update={"description": told(parameter.description)})
        for name, parameter in reversed(tool.parameters.items())
    }
    return tool.model_copy(
        update={
            "tool_name": names[tool.tool_name],
            "tool_description": told(tool.tool_description),
            "usage": told(tool.usage),
            "error_messages": [told(message) for message in tool.error_messages],
            "parameters": parameters,
        }
    )
