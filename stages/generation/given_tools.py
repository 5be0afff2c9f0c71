"""Tools that somebody has: what stands behind them is inferred, and only what they leave open is written.

Name, description and schema stay as they were given, to the letter. A survey of them all gives the entity types and
each tool's effects; then each tool gets the rules, errors and outputs without which nobody can play it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from stages.generation.environment_blueprint import check_foundations
from stages.generation.tool_text_check import text_problems
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection
from synthtools_stream.quality.fault import fault_lines
from synthtools_stream.quality.placeholders import placeholder_texts
from synthtools_stream.records import (
    Blueprint,
    Difficulty,
    Environment,
    GivenApi,
    GivenTool,
    OutputField,
    Signature,
    Tool,
    ToolPlan,
)
from synthtools_stream.records.blueprint import OWN_IDENTIFIER
from synthtools_stream.roles.generation_roles import (
    ANNOTATOR,
    SURVEYOR,
    AnnotatorInput,
    AnnotatorOutput,
    SurveyedTool,
    SurveyorInput,
    SurveyorOutput,
)
from synthtools_stream.simulator.tool_words import unspoken_collections

__all__ = ["Surveys", "annotated"]

_SHOWN = 8
"""Inputs and outputs that a signature names: so much its siblings need to know of a tool."""
_SIZES = {Difficulty.easy: 10, Difficulty.medium: 15}
"""Tools at most; an environment with more of them is hard."""
_MAX_PROBLEMS = 4
"""Problems that are told at once: a model mends a few of them well."""


class Surveys:
    """The tools of one API into their environment."""

    name = "generation.blueprint"

    def __init__(self, model: str, prompts: str) -> None:
        """`model` and `prompts` (digest) are what made it, for `meta`."""
        self._meta = {"model": model, "prompts": prompts}

    async def process(self, item: GivenApi, context: Context) -> Sequence[Environment]:
        """Ask what stands behind the tools, and check that it holds together."""
        asked = SurveyorInput(title=item.title, part=item.part, description=item.description, given_tools=item.tools)
        reply = await context.ask(SURVEYOR, asked, check=partial(_check_survey, item.tools))
        blueprint = Blueprint(
            difficulty=next((size for size, most in _SIZES.items() if len(item.tools) <= most), Difficulty.hard),
            entity_types=reply.entity_types,
            tools=[_signature(given.tool, told) for given, told in zip(item.tools, reply.tools, strict=True)],
        )
        return [
            Environment(
                id=item.id,
                field=item.title,
                subfield=item.part or item.title,
                scenario=reply.scenario,
                blueprint=blueprint,
                given=item.tools,
                meta={**self._meta},
            )
        ]


async def annotated(item: ToolPlan, given: GivenTool, context: Context) -> Tool:
    """Have the prose of a given tool written; what it has of it already stands.

    :raises UnusableReply: when what is written does not fit the tool.
    """
    asked = AnnotatorInput(
        scenario=item.setting.scenario,
        entity_types=item.setting.entity_types,
        siblings=item.siblings,
        signature=item.signature,
        given=given,
    )
    reply = await context.ask(ANNOTATOR, asked, check=partial(_check_prose, item, given.tool))
    return _whole(given.tool, item.signature, reply)


def _signature(tool: Tool, told: SurveyedTool) -> Signature:
    return Signature(
        tool_name=tool.tool_name,
        purpose=told.purpose,
        inputs=list(tool.parameters)[:_SHOWN],
        outputs=list(tool.output_details)[:_SHOWN],
        effects=told.effects,
    )


def _check_survey(given: Sequence[GivenTool], survey: SurveyorOutput) -> None:
    names = [tool.tool.tool_name for tool in given]
    told = [tool.tool_name for tool in survey.tools]
    if told != names:
        raise Rejection("bad_blueprint", f"tools must be {names}, in this order, each once, not {told}")
    check_foundations(survey.entity_types, {tool.tool_name: tool.effects for tool in survey.tools})
    for tool, surveyed in zip(given, survey.tools, strict=True):
        if tool.reads_only and surveyed.effects.writes:
            raise Rejection("bad_blueprint", f"{surveyed.tool_name} is given as one that only reads: it writes nothing")
        if not surveyed.purpose.strip():
            raise Rejection("bad_blueprint", f"{surveyed.tool_name}: its purpose is empty")


def _whole(tool: Tool, signature: Signature, written: AnnotatorOutput) -> Tool:
    """Return the tool with what it left open put in: of given outputs only missing descriptions."""
    told = {part.name: OutputField(type=part.type, description=part.description) for part in written.output_details}
    outputs = {
        name: field if field.description else field.model_copy(update={"description": told[name].description})
        for name, field in tool.output_details.items()
    }
    return tool.model_copy(
        update={
            "usage": tool.usage or written.usage,
            "error_messages": tool.error_messages or written.error_messages,
            "output_details": outputs or told,
            "effects": signature.effects,
        }
    )


def _check_prose(item: ToolPlan, tool: Tool, written: AnnotatorOutput) -> None:
    if problems := list(_output_problems(tool, written)):
        raise Rejection("bad_tool", "; ".join(problems[:_MAX_PROBLEMS]))
    kinds = item.setting.entity_types
    whole = _whole(tool, item.signature, written)
    nouns = {kind.collection: kind.name for kind in kinds}
    prose = "\n".join([written.usage, *written.error_messages, *(part.description for part in written.output_details)])
    problems = [
        *text_problems(whole, item.signature, kinds),
        *(
            f"its effects name {name}, and its text speaks of no {nouns[name]}: say in usage what it does with one"
            for name in unspoken_collections(whole, nouns)
        ),
        *fault_lines(placeholder_texts(prose, "the prose")),
    ]
    if problems:
        raise Rejection("bad_tool", "; ".join(problems[:_MAX_PROBLEMS]))


def _output_problems(tool: Tool, written: AnnotatorOutput) -> Iterator[str]:
    names = [part.name for part in written.output_details]
    if len(set(names)) < len(names):
        yield "a key of output_details stands twice"
    if tool.output_details:
        if set(names) != tool.output_details.keys():
            yield f"the keys of output_details are given: {', '.join(tool.output_details)}; give each of them, no other"
    else:
        yield from (
            f"output {name[:60]!r} is not snake_case" for name in names if not re.fullmatch(OWN_IDENTIFIER, name)
        )
    yield from (
        f"output {part.name[:60]!r} has no description" for part in written.output_details if not part.description
    )
