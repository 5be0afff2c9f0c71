"""Summarizing: a dialogue's turns into one request, then the proof. No proof, no release.

Code checks the request before anything is proven: every quote that an argument rests on stands in it, and nothing
that the user cannot know does. What is missing or leaked is told to the summarizer, which writes again. What is proven
is read once more by a model that sees nothing but request and calls; what it finds wrong has the request worded anew,
once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from stages.summarizing.act_choice import NO_ACTS, ActRates, with_acts
from stages.summarizing.request_reading import Word, read_request, reading_by
from stages.summarizing.stability import assert_stable
from stages.summarizing.variant_choice import NO_VARIANTS, VariantRates, variants_of
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import BadCall, Rejection, StateProblem
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.proof.certificate import certify
from synthtools_stream.proof.execution import played_release
from synthtools_stream.proof.integrity import missing_words, replay
from synthtools_stream.proof.leaks import Secrets
from synthtools_stream.proof.variants.parallel_steps import parallel_steps
from synthtools_stream.proof.worded.checks import request_findings
from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.quality.fault import fault_lines
from synthtools_stream.quality.value_heuristics import text_faults
from synthtools_stream.records import Provenance, Task
from synthtools_stream.roles.evolution_roles import READER, SUMMARIZER, SummarizerInput, SummarizerOutput
from synthtools_stream.state import as_state
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from synthtools_stream.wording.whole_words import holds_word

__all__ = ["Summarizing", "forbidden_words", "required_quotes"]

SHORTEST_SUMMARY = 30
"""Characters of the shortest request that can hold a wish and its values, as the prompt tells."""
_AGAIN = "again"
"""The key of what is asked about a request's second wording."""
_SHOWN = 5
"""Problems that a rejection tells: enough to see what went wrong."""


class Summarizing:
    """One evolved task into a released one."""

    name = "summarizing"

    def __init__(self, variants: VariantRates = NO_VARIANTS, acts: ActRates = NO_ACTS) -> None:
        """Give lines of dialogues `acts`, and derive `variants` of what is proven."""
        self._variants = variants
        self._acts = acts

    async def process(self, item: Task, context: Context) -> Sequence[Task]:
        """Merge the turns, prove the task, and have it read.

        :raises UnusableReply: when the request stays incomplete or tells what the user cannot know.
        :raises Rejection: when the task cannot be proven, comes to something else on fresh answers, or is read as
            another request twice.
        """
        task = _marked(await _worded(item, context))
        certify(task)  # what costs no call comes first
        played = None if context.sandbox is None else await _played(task, context.sandbox)
        await assert_stable(task, context, context.coded(task.meta.programs))
        task = await with_acts(await _read(task, context), self._acts, context)
        meta = task.meta.model_copy(update={"usage": _sum(item.meta.usage, context.usage.to_json())})
        reading = reading_by(context.asker.router.route(READER.name).model)
        certificate = certify(task, stability=True, played=played, reading=reading)
        released = task.model_copy(update={"certificate": certificate, "meta": meta, "near": []})
        return [released, *await variants_of(released, item.near, self._variants, context.sandbox)]


def _marked(task: Task) -> Task:
    """Return the task with the steps marked that may be made at once."""
    try:
        waves = parallel_steps(task, replay(task))
    except (BadCall, StateProblem):
        return task  # the proof says what is wrong with it
    return task.model_copy(update={"meta": task.meta.model_copy(update={"parallel": waves})})


async def _worded(item: Task, context: Context, problems: Sequence[str] = (), key: str = "") -> Task:
    quotes, secrets = required_quotes(item), forbidden_words(item)
    asked = SummarizerInput(
        turns=[step.turn for step in item.steps],
        must_contain=quotes,
        must_not_contain=secrets,
        problems=[*problems],
    )
    reply = await context.ask(SUMMARIZER, asked, key=key, check=partial(_check, item, quotes, secrets, context))
    return item.model_copy(update={"summary": reply.summary.strip(), "certificate": None})


async def _read(task: Task, context: Context) -> Task:
    """Return the task with a request that its reader finds right: this one, or another wording of it.

    :raises Rejection: "request_wrong" or "request_unsure" when neither is.
    """
    opinion = await read_request(task, context)
    if opinion.word is not Word.right:
        task = await _worded(task, context, [opinion.complaint], _AGAIN)
        certify(task)
        opinion = await read_request(task, context, _AGAIN)
    if opinion.word is not Word.right:
        raise Rejection(f"request_{opinion.word}", opinion.complaint)
    return task


async def _played(task: Task, sandbox: Sandbox) -> int:
    """Let programs make the calls again, then altered ones; returns how many such attempts were played."""
    mutants = await played_release(task, sandbox)
    if mutants.problems:
        raise Rejection("unproven", "; ".join(mutants.problems[:_SHOWN]))
    return mutants.played


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
    if faults := fault_lines(text_faults(reply.summary, "the request")):
        raise Rejection("poor_summary", "; ".join(faults))


def _quotes(provenance: Provenance) -> Iterator[str]:
    if provenance.quote:
        yield provenance.quote
    for part in provenance.inputs or []:
        yield from _quotes(part)
