"""From a signature to a tool: one call each, so that tools flow on one by one."""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Sequence
from functools import partial
from operator import attrgetter

from stages.generation.tool_text_check import text_problems
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection
from synthtools_stream.quality.fault import fault_lines
from synthtools_stream.quality.tool_heuristics import tool_faults
from synthtools_stream.records import (
    EntityType,
    OutputField,
    Parameter,
    Signature,
    Tool,
    ToolDraft,
    ToolPlan,
)
from synthtools_stream.roles.generation_roles import (
    TOOL,
    ParameterSpec,
    PartSpec,
    ToolInput,
    ToolOutput,
)
from synthtools_stream.simulator.tool_words import unspoken_collections
from synthtools_stream.toolcalls.stated_forms import form_problem, format_stated, stated_forms
from synthtools_stream.values.jsontypes import one_number

__all__ = ["Tools"]

_MAX_PROBLEMS = 4
"""Problems of a text that are told at once: a model mends a few of them well."""


class Tools:
    """One signature into a tool."""

    name = "generation.tool"

    async def process(self, item: ToolPlan, context: Context) -> Sequence[ToolDraft]:
        """Ask for the schema and its prose, and put it into the house's form."""
        asked = ToolInput(
            scenario=item.setting.scenario,
            entity_types=item.setting.entity_types,
            siblings=item.siblings,
            signature=item.signature,
        )
        reply = await context.ask(TOOL, asked, check=partial(_check_tool, item.signature, item.setting.entity_types))
        # By name, not with this tool first: the world is asked for once for all of them.
        signatures = sorted([*item.siblings, item.signature], key=attrgetter("tool_name"))
        purposes = [f"{signature.tool_name}: {signature.purpose}" for signature in signatures]
        return [ToolDraft(id=item.id, setting=item.setting, tool=_tool(item.signature, reply), purposes=purposes)]


def _check_tool(signature: Signature, entity_types: Sequence[EntityType], written: ToolOutput) -> None:
    names = [parameter.name for parameter in written.parameters]
    twice = [name for name, uses in Counter(names).items() if uses > 1]
    if twice:
        raise Rejection("bad_tool", f"parameter {twice[0]!r} stands twice")
    for parameter in written.parameters:
        _check_parameter(parameter)
    if signature.effects.writes and not written.parameters:
        raise Rejection("bad_tool", "a tool that changes something needs at least one parameter")
    if len({output.name for output in written.output_details}) < len(written.output_details):
        raise Rejection("bad_tool", "a key of output_details stands twice")
    nouns = {kind.collection: kind.name for kind in entity_types}
    tool = _tool(signature, written)
    unspoken = [
        f"its effects name {name}, and its text speaks of no {nouns[name]}: say in usage what it does with one"
        for name in unspoken_collections(tool, nouns)
    ]
    if problems := [*text_problems(written, signature, entity_types), *unspoken, *fault_lines(tool_faults(tool))]:
        raise Rejection("bad_tool", "; ".join(problems[:_MAX_PROBLEMS]))


def _check_parameter(parameter: ParameterSpec) -> None:
    where = f"parameter {parameter.name!r}"
    if keyword.iskeyword(parameter.name):
        raise Rejection("bad_tool", f"{where}: a Python keyword cannot be a name")
    if parameter.type == "array" and parameter.items is None:
        raise Rejection("bad_tool", f"{where}: an array needs `items`")
    if parameter.type == "object" and not parameter.properties:
        raise Rejection("bad_tool", f"{where}: an object needs `properties`")
    if parameter.minimum is not None and parameter.maximum is not None and parameter.minimum > parameter.maximum:
        raise Rejection("bad_tool", f"{where}: minimum is above maximum")
    if parameter.default is not None and parameter.required:
        raise Rejection("bad_tool", f"{where}: a required parameter has no default")
    if parameter.default is not None and parameter.enum and parameter.default not in parameter.enum:
        raise Rejection("bad_tool", f"{where}: the default is not among the enum's values")
    _check_form(parameter, where)


def _check_form(parameter: ParameterSpec, where: str) -> None:
    """Refuse a format that the description contradicts, and a default that has not the form stated."""
    if parameter.format is not None and parameter.type != "string":
        raise Rejection("bad_tool", f"{where}: only strings have a `format`; of an array, its items")
    told = format_stated(parameter.description)
    if None not in (told, parameter.format) and told != parameter.format:
        raise Rejection("bad_tool", f"{where}: its format is {parameter.format}, and its description states {told}")
    if isinstance(parameter.default, str) and not parameter.enum:
        problem = form_problem(parameter.default, stated_forms(parameter.name, _parameter(parameter)))
        if problem:
            raise Rejection("bad_tool", f"{where}: its default {problem}")


def _tool(signature: Signature, written: ToolOutput) -> Tool:
    return Tool(
        tool_name=signature.tool_name,
        tool_description=written.tool_description,
        parameters={parameter.name: _parameter(parameter) for parameter in written.parameters},
        error_messages=written.error_messages,
        usage=written.usage,
        output_details={
            output.name: OutputField(type=output.type, description=output.description)
            for output in written.output_details
        },
        effects=signature.effects,
    )


def _parameter(spec: ParameterSpec) -> Parameter:
    parts = {
        part.name: Parameter(
            type=part.type, description=part.description, enum=part.enum, format=_format(part), required=True
        )
        for part in spec.properties or ()
    }
    return Parameter(
        type=spec.type,
        required=spec.required,
        description=spec.description,
        default=spec.default,
        enum=spec.enum,
        minimum=None if spec.minimum is None else one_number(spec.minimum),
        maximum=None if spec.maximum is None else one_number(spec.maximum),
        format=_format(spec),
        items=_items(spec.items, parts) if spec.items else None,
        properties=(parts or None) if spec.type == "object" else None,
    )


def _items(spec: PartSpec, parts: dict[str, Parameter]) -> Parameter:
    """Return an array's items; of objects, the array's `properties` say what each holds."""
    inner = parts if spec.type == "object" and parts else None
    return Parameter(
        type=spec.type, description=spec.description, enum=spec.enum, format=_format(spec), properties=inner
    )


def _format(spec: ParameterSpec | PartSpec) -> str | None:
    """Return the form of a text; what a description states and the model did not name is put beside it."""
    if spec.type != "string" or spec.enum:
        return None
    return spec.format or format_stated(spec.description)
