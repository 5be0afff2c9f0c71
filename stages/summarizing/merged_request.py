"""Summarizing: a dialogue's turns into one request, then the proof. No proof, no release.

Code checks the request before anything is proven: every quote that an argument rests on stands in it, and nothing
that the user cannot know does. What is missing or leaked is told to the summarizer, which writes again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from stages.summarizing.stability import assert_stable
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection
from synthtools_stream.proof.certificate import certify
from synthtools_stream.proof.execution import execution_problems
from synthtools_stream.proof.integrity import missing_words
from synthtools_stream.proof.leaks import Secrets
from synthtools_stream.proof.worded.checks import request_findings
from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.records import Provenance, Task
from synthtools_stream.roles.evolution_roles import SUMMARIZER, SummarizerInput, SummarizerOutput
from synthtools_stream.state import as_state
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from synthtools_stream.wording.whole_words import holds_word

__all__ = ["Summarizing", "forbidden_words", "required_quotes"]

SHORTEST_SUMMARY = 30
"""Characters of the shortest request that can hold a wish and its values, as the prompt tells."""
_SHOWN = 5
"""Problems that a rejection tells: enough to see what went wrong."""


class Summarizing:
    """One evolved task into a released one."""

    name = "summarizing"

    async def process(self, item: Task, context: Context) -> Sequence[Task]:
        """Merge the turns and prove the task.

        :raises UnusableReply: when the request stays incomplete or tells what the user cannot know.
        :raises Rejection: when the task cannot be proven, or comes to something else on fresh answers.
        """
        quotes, secrets = required_quotes(item), forbidden_words(item)
        asked = SummarizerInput(turns=[step.turn for step in item.steps], must_contain=quotes, must_not_contain=secrets)
        reply = await context.ask(SUMMARIZER, asked, check=partial(_check, item, quotes, secrets, context))
        task = item.model_copy(update={"summary": reply.summary.strip(), "certificate": None})
        certify(task)  # what costs no call comes first
        if context.sandbox is not None:
            _assert_executed(await execution_problems(task, context.sandbox))
        await assert_stable(task, context, context.coded(task.meta.programs))
        meta = item.meta.model_copy(update={"usage": _sum(item.meta.usage, context.usage.to_json())})
        return [task.model_copy(update={"certificate": certify(task, stability=True), "meta": meta})]


def _assert_executed(problems: Sequence[str]) -> None:
    if problems:
        raise Rejection("unproven", "; ".join(problems[:_SHOWN]))


def _sum(earlier: JsonObject, now: JsonObject) -> JsonObject:
    """Add up what the stages of a task have cost, and how often a check of words refused one."""
    figures: JsonObject = {}
    for name in {**now, **earlier}:
        one, other = earlier.get(name), now.get(name)
        if isinstance(one, dict) or isinstance(other, dict):
            figures[name] = _sum(object_at(earlier, name), object_at(now, name))
        else:
            figures[name] = _count(one) + _count(other)
    return figures


def _count(figure: Json) -> int:
    return figure if isinstance(figure, int) else 0


def required_quotes(task: Task) -> list[str]:
    """Return every user quote that an argument rests on, in order, once."""
    found = (quote for step in task.steps for entry in step.provenance.values() for quote in _quotes(entry))
    return list(dict.fromkeys(found))


def forbidden_words(task: Task) -> list[str]:
    """Return what the user of a dialogue cannot know, which is what its turns do not hold."""
    return Secrets.of(task.steps, task.tools).unsaid("\n".join(step.turn for step in task.steps))


def _check(
    task: Task, quotes: Sequence[str], secrets: Sequence[str], context: Context, reply: SummarizerOutput
) -> None:
    _check_words(quotes, secrets, reply)
    calls = [parse_call(call) for call in task.gt_tool_calls]
    changed = list(missing_words(task.model_copy(update={"summary": reply.summary}), calls))
    if changed:
        raise Rejection("incomplete_summary", f"these must stand there to the letter, capitals included: {changed}")
    start = as_state(task.initial_state)
    told = Conversation.of(task.steps, task.tools, task.meta.entity_types, start, reply.summary.strip())
    found = list(request_findings(told))
    if found:
        context.usage.refuse(finding.check for finding in found)
        raise Rejection("other_words", "; ".join(finding.detail for finding in found[:_SHOWN]))


def _check_words(quotes: Sequence[str], secrets: Sequence[str], reply: SummarizerOutput) -> None:
    missing = [quote for quote in quotes if not holds_word(reply.summary, quote)]
    leaked = [secret for secret in secrets if holds_word(reply.summary, secret)]
    if missing:
        raise Rejection("incomplete_summary", f"these words are missing, put them in exactly as they are: {missing}")
    if leaked:
        raise Rejection("leaking_summary", f"the user does not know these, leave them out: {leaked}")
    if len(reply.summary.strip()) < SHORTEST_SUMMARY:
        raise Rejection("incomplete_summary", "the request is too short to hold the whole conversation")


def _quotes(provenance: Provenance) -> Iterator[str]:
    if provenance.quote:
        yield provenance.quote
    for part in provenance.inputs or []:
        yield from _quotes(part)
