"""From a scenario to its environment: entity types and tool signatures, which must hold together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import ceil

from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection
from synthtools_stream.quality.fault import fault_lines
from synthtools_stream.quality.novelty import Candidate, choose
from synthtools_stream.quality.tool_heuristics import signature_faults, type_faults
from synthtools_stream.records import (
    Blueprint,
    Effects,
    EntityType,
    Environment,
    ScenarioPlan,
    ToolPlan,
)
from synthtools_stream.records.blueprint import OWN_ID_PREFIX, OWN_IDENTIFIER, OWN_TOOL_NAME
from synthtools_stream.roles.generation_roles import (
    BLUEPRINT,
    BlueprintInput,
    BlueprintOutput,
    SeedTool,
)
from synthtools_stream.state import volatile_problems
from synthtools_stream.wording.similarity import trigrams

__all__ = ["Blueprints", "check_foundations", "tool_plans"]

_LEAST_TOOLS = 5
"""Signatures that an environment needs: of fewer, too few are left after the audit to make sequences of."""

_READING = 0.5
"""Share of tools that only read, where tools are left out: tasks need something to be done."""


class Blueprints:
    """One scenario into an environment: entity types and tool signatures."""

    name = "generation.blueprint"

    def __init__(self, model: str, prompts: str, most_tools: int | None = None, seeds: Sequence[SeedTool] = ()) -> None:
        """`model` and `prompts` (digest) are what made it, for `meta`; of more tools the most different are kept.

        New tools are made in the likeness of `seeds`.
        """
        self._seeds = list(seeds)
        self._meta = {"model": model, "prompts": prompts}
        self._most_tools = most_tools

    async def process(self, item: ScenarioPlan, context: Context) -> Sequence[Environment]:
        """Ask for the blueprint and check that it holds together."""
        asked = BlueprintInput(seed_tools=self._seeds, field=item.field, subfield=item.subfield, scenario=item.scenario)
        reply = await context.ask(BLUEPRINT, asked, check=_check_blueprint)
        blueprint = _cut(Blueprint.from_json(reply.to_json()), self._most_tools)
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


def tool_plans(environment: Environment) -> list[ToolPlan]:
    """Return one plan a signature, in the blueprint's order."""
    signatures = environment.blueprint.tools
    given = {tool.tool.tool_name: tool for tool in environment.given}
    return [
        ToolPlan(
            id=f"{environment.id}.{signature.tool_name}",
            setting=environment.setting,
            signature=signature,
            siblings=[other for other in signatures if other is not signature],
            given=given.get(signature.tool_name),
        )
        for signature in signatures
    ]


def _cut(blueprint: Blueprint, most_tools: int | None) -> Blueprint:
    """Keep so many tools at most: the most different purposes, and half of them at most that only read."""
    if most_tools is None or len(blueprint.tools) <= most_tools:
        return blueprint
    candidates = [
        Candidate(trigrams(tool.purpose), {"writes": "some" if tool.effects.writes else "none"})
        for tool in blueprint.tools
    ]
    kept = choose(candidates, most_tools, {("writes", "none"): ceil(_READING * most_tools)})
    return blueprint.model_copy(update={"tools": [blueprint.tools[place] for place in kept]})


def _check_blueprint(blueprint: BlueprintOutput) -> None:
    """Raise Rejection, in words that the model is told, where a blueprint does not hold together."""
    _refuse_twice("tool_name", [tool.tool_name for tool in blueprint.tools])
    _refuse_twice("tool_name, case aside,", [tool.tool_name.casefold() for tool in blueprint.tools])
    if len(blueprint.tools) < _LEAST_TOOLS:
        raise Rejection("bad_blueprint", f"{len(blueprint.tools)} tools are too few; give at least {_LEAST_TOOLS}")
    for tool in blueprint.tools:
        _refuse_form("tool_name", OWN_TOOL_NAME, "PascalCase, as `CancelBooking`", [tool.tool_name])
        _refuse_form(
            tool.tool_name, OWN_IDENTIFIER, "snake_case names of inputs and outputs", tool.inputs + tool.outputs
        )
    check_foundations(blueprint.entity_types, {tool.tool_name: tool.effects for tool in blueprint.tools})
    if faults := fault_lines(signature_faults(blueprint.tools)):
        raise Rejection("bad_blueprint", "; ".join(faults))


def check_foundations(entity_types: Sequence[EntityType], effects: Mapping[str, Effects]) -> None:
    """Check entity types, and the effects of tools by name, which must be on them.

    :raises Rejection: in words that the model is told, where they do not hold together.
    """
    collections = [entity.collection for entity in entity_types]
    _refuse_twice("collection", collections)
    _refuse_twice("id_prefix", [entity.id_prefix for entity in entity_types])
    if "clock" in collections:
        raise Rejection("bad_blueprint", "no collection may be called `clock`: it holds the time")
    for entity in entity_types:
        if not re.fullmatch(OWN_ID_PREFIX, entity.id_prefix):
            raise Rejection("bad_blueprint", f"id_prefix {entity.id_prefix!r} must be capitals and a hyphen, as `BK-`")
        _refuse_twice(f"attribute of {entity.collection}", [attribute.name for attribute in entity.attributes])
        if problem := next(volatile_problems(entity), None):
            raise Rejection("bad_blueprint", problem)
        for attribute in entity.attributes:
            where = f"{entity.collection}.{attribute.name}.references"
            _refuse_unknown(where, [attribute.references] if attribute.references else [], collections)
    for name, touched in effects.items():
        _refuse_unknown(f"{name}.effects", [*touched.reads, *touched.writes], collections)
        if not touched.reads and not touched.writes:
            raise Rejection("bad_blueprint", f"{name}.effects: name at least one collection")
    if faults := fault_lines(type_faults(entity_types)):
        raise Rejection("bad_blueprint", "; ".join(faults))


def _refuse_form(where: str, form: str, wanted: str, names: Iterable[str]) -> None:
    for name in names:
        if not re.fullmatch(form, name):
            raise Rejection("bad_blueprint", f"{where}: {name[:60]!r} has the wrong form; give {wanted}")


def _refuse_twice(what: str, names: Iterable[str]) -> None:
    twice = [name for name, uses in Counter(names).items() if uses > 1]
    if twice:
        raise Rejection("bad_blueprint", f"{what} {twice[0]!r} stands twice; every one must be distinct")


def _refuse_unknown(where: str, names: Iterable[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise Rejection("bad_blueprint", f"{where}: {name!r} is no collection; there are {', '.join(known)}")
