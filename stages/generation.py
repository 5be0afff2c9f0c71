"""Generation: field → subfields → scenarios → blueprint → one call a tool, so that tools flow one by one.

Ids are numbered by (subfield index, scenario index) and never by arrival, so that concurrency decides nothing.
"""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from operator import attrgetter

from synthtools_stream.errors import Rejection
from synthtools_stream.jsontypes import one_number
from synthtools_stream.novelty import distinct, select_novel
from synthtools_stream.records import (
    Blueprint,
    Environment,
    FieldPlan,
    OutputField,
    Parameter,
    ScenarioPlan,
    Signature,
    SubfieldPlan,
    Tool,
    ToolDraft,
    ToolPlan,
)
from synthtools_stream.roles.inventing import (
    BLUEPRINT,
    SCENARIO,
    SUBFIELD,
    TOOL,
    BlueprintInput,
    BlueprintOutput,
    ParameterSpec,
    PartSpec,
    ScenarioInput,
    SubfieldInput,
    ToolInput,
    ToolOutput,
)
from synthtools_stream.stage import Context

__all__ = ["Blueprints", "Scenarios", "Subfields", "Tools", "tool_plans"]

OVERSAMPLING = 2
"""Candidates asked for each one kept: what is left after the filters is chosen for novelty."""


class Subfields:
    """One field into its subfields."""

    name = "generation.subfields"

    def __init__(self, count: int, resemble: Sequence[str] = (), avoid: Sequence[str] = ()) -> None:
        """Keep `count` subfields a field; candidates resemble the one list and keep away from the other."""
        self._count = count
        self._resemble = list(resemble)
        self._avoid = list(avoid)

    async def process(self, item: FieldPlan, context: Context) -> Sequence[SubfieldPlan]:
        """Ask once, filter, and keep the most different ones."""
        asked = SubfieldInput(
            field=item.field, count=OVERSAMPLING * self._count, resemble=self._resemble, avoid=self._avoid
        )
        reply = await context.ask(SUBFIELD, asked)
        kept = _choose(reply.subfields, self._count, self._avoid)
        return [
            SubfieldPlan(id=f"{item.id}/{index:02d}", field_slug=item.id, field=item.field, subfield=name, index=index)
            for index, name in enumerate(kept)
        ]


class Scenarios:
    """One subfield into its scenarios."""

    name = "generation.scenarios"

    def __init__(self, count: int, resemble: Sequence[str] = (), avoid: Sequence[str] = ()) -> None:
        """Keep `count` scenarios a subfield."""
        self._count = count
        self._resemble = list(resemble)
        self._avoid = list(avoid)

    async def process(self, item: SubfieldPlan, context: Context) -> Sequence[ScenarioPlan]:
        """Ask once, filter, and keep the most different ones."""
        asked = ScenarioInput(
            field=item.field,
            subfield=item.subfield,
            count=OVERSAMPLING * self._count,
            resemble=self._resemble,
            avoid=self._avoid,
        )
        reply = await context.ask(SCENARIO, asked)
        kept = _choose(reply.scenarios, self._count, self._avoid)
        first = item.index * self._count
        return [
            ScenarioPlan(
                id=f"{item.field_slug}_spec_{first + index:03d}",
                field=item.field,
                subfield=item.subfield,
                scenario=scenario,
            )
            for index, scenario in enumerate(kept)
        ]


class Blueprints:
    """One scenario into an environment: entity types and tool signatures."""

    name = "generation.blueprint"

    def __init__(self, model: str, prompts: str) -> None:
        """`model` and `prompts` (digest) are what made it, for `meta`."""
        self._meta = {"model": model, "prompts": prompts}

    async def process(self, item: ScenarioPlan, context: Context) -> Sequence[Environment]:
        """Ask for the blueprint and check that it holds together."""
        asked = BlueprintInput(field=item.field, subfield=item.subfield, scenario=item.scenario)
        reply = await context.ask(BLUEPRINT, asked, check=_check_blueprint)
        blueprint = Blueprint.from_json(reply.to_json())
        return [
            Environment(
                id=item.id,
                field=item.field,
                subfield=item.subfield,
                scenario=item.scenario,
                blueprint=blueprint,
                meta={**self._meta},
            )
        ]


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
        reply = await context.ask(TOOL, asked, check=partial(_check_tool, item.signature))
        # By name, not with this tool first: the world is asked for once for all of them.
        signatures = sorted([*item.siblings, item.signature], key=attrgetter("tool_name"))
        purposes = [f"{signature.tool_name}: {signature.purpose}" for signature in signatures]
        return [ToolDraft(id=item.id, setting=item.setting, tool=_tool(item.signature, reply), purposes=purposes)]


def tool_plans(environment: Environment) -> list[ToolPlan]:
    """Return one plan a signature, in the blueprint's order."""
    signatures = environment.blueprint.tools
    return [
        ToolPlan(
            id=f"{environment.id}.{signature.tool_name}",
            setting=environment.setting,
            signature=signature,
            siblings=[other for other in signatures if other is not signature],
        )
        for signature in signatures
    ]


def _choose(candidates: Sequence[str], count: int, avoid: Sequence[str]) -> list[str]:
    tidy = [" ".join(text.split()) for text in candidates]
    kept = select_novel(distinct([text for text in tidy if text], avoid), count)
    if not kept:
        raise Rejection("nothing_new", "every candidate was empty, a duplicate or to be avoided")
    return kept


def _check_blueprint(blueprint: BlueprintOutput) -> None:
    """Raise Rejection, in words that the model is told, where a blueprint does not hold together."""
    collections = [entity.collection for entity in blueprint.entity_types]
    _refuse_twice("collection", collections)
    _refuse_twice("id_prefix", [entity.id_prefix for entity in blueprint.entity_types])
    _refuse_twice("tool_name", [tool.tool_name for tool in blueprint.tools])
    if "clock" in collections:
        raise Rejection("bad_blueprint", "no collection may be called `clock`: it holds the time")
    if len(blueprint.tools) < 5:
        raise Rejection("bad_blueprint", f"{len(blueprint.tools)} tools are too few; give at least 5")
    for entity in blueprint.entity_types:
        _refuse_twice(f"attribute of {entity.collection}", [attribute.name for attribute in entity.attributes])
        for attribute in entity.attributes:
            where = f"{entity.collection}.{attribute.name}.references"
            _refuse_unknown(where, [attribute.references] if attribute.references else [], collections)
    for tool in blueprint.tools:
        _refuse_unknown(f"{tool.tool_name}.effects", [*tool.effects.reads, *tool.effects.writes], collections)
        if not tool.effects.reads and not tool.effects.writes:
            raise Rejection("bad_blueprint", f"{tool.tool_name}.effects: name at least one collection")


def _refuse_twice(what: str, names: Iterable[str]) -> None:
    twice = [name for name, uses in Counter(names).items() if uses > 1]
    if twice:
        raise Rejection("bad_blueprint", f"{what} {twice[0]!r} stands twice; every one must be distinct")


def _refuse_unknown(where: str, names: Iterable[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise Rejection("bad_blueprint", f"{where}: {name!r} is no collection; there are {', '.join(known)}")


def _check_tool(signature: Signature, written: ToolOutput) -> None:
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
        part.name: Parameter(type=part.type, description=part.description, enum=part.enum, required=True)
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
        items=_items(spec.items, parts) if spec.items else None,
        properties=(parts or None) if spec.type == "object" else None,
    )


def _items(spec: PartSpec, parts: dict[str, Parameter]) -> Parameter:
    """Return an array's items; of objects, the array's `properties` say what each holds."""
    inner = parts if spec.type == "object" and parts else None
    return Parameter(type=spec.type, description=spec.description, enum=spec.enum, properties=inner)
