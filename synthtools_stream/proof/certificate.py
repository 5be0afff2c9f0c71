"""The proof of a task, by code alone: integrity, a verdict that works, provenance of every argument, necessity, words.

`examine` finds what holds; `certify` turns it into a certificate or a rejection; `verify_task` compares a released row
with what is found afresh. The certificate ends in a digest of the row and its own claims, which catches what no rule
can see, such as a reworded description.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple, cast

import orjson

from synthtools_stream.errors import BadCall, Rejection, StateProblem
from synthtools_stream.proof.dialogue_acts import act_problems
from synthtools_stream.proof.execution import executed_steps
from synthtools_stream.proof.grounded.call_grounds import call_problems
from synthtools_stream.proof.grounded.free_text import misplaced_texts
from synthtools_stream.proof.grounded.grounds import JUDGED_KINDS, Grounds, parameter_at
from synthtools_stream.proof.grounded.provenance_check import provenance_problem
from synthtools_stream.proof.integrity import Replay, integrity_problems, replay
from synthtools_stream.proof.necessity import MOST_UNOBSERVED, necessity, unobserved_arguments
from synthtools_stream.proof.offered.tool_problems import tool_problems
from synthtools_stream.proof.proof_kinds import kinds_of
from synthtools_stream.proof.variants.base_task import proven_row
from synthtools_stream.proof.variants.derivation import variant_problems
from synthtools_stream.proof.variants.parallel_steps import parallel_steps
from synthtools_stream.proof.verdict_trials import naming_problems, verdict_problems, verdict_tests
from synthtools_stream.proof.worded.checks import request_findings, turn_findings
from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.records.task import CERTIFICATE_VERSION, Certificate, Judged, Reading, Step, Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.values.json_pointers import Leaf
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json, object_at

__all__ = ["Examination", "certify", "examine", "json_digest", "row_digest", "seal"]

_SHOWN = 5
"""Problems that a rejection tells, and arguments that a problem does: enough to see what went wrong."""
UNNEEDED = "nothing needs this call"
"""How such a problem ends, by which it is told from all others."""


class Examination(NamedTuple):
    """What was found to hold, and what was not; without problems there is a certificate."""

    certificate: Certificate | None
    parts: Mapping[str, list[str]]
    """What is wrong with each part that was looked at: where one does not hold, those that rest on it are not."""
    replayed: Replay | None = None
    """The ground truth, run again, for who goes on from there."""

    @property
    def problems(self) -> list[str]:
        """All that is wrong."""
        return [problem for part in self.parts.values() for problem in part]


def certify(
    draft: Task, *, stability: bool | None = None, reading: Reading | None = None, played: int | None = None
) -> Certificate:
    """Return the certificate of a task whose row is otherwise final.

    `stability` is what fresh answers showed, `reading` what a model's reading of the request rests on, `played` how
    many altered ground truths programs played: verifying the row checks none of them again.

    :raises Rejection: "unneeded_call" when that is all that is wrong, else "unproven", with what does not hold.
    """
    found = examine(draft)
    if found.certificate is None:
        reason = "unneeded_call" if all(problem.endswith(UNNEEDED) for problem in found.problems) else "unproven"
        raise Rejection(reason, "; ".join(found.problems[:_SHOWN]))
    if found.replayed is not None and (minded := list(naming_problems(proven_row(draft), found.replayed))):
        raise Rejection("unproven", "; ".join(minded))
    sealed = {"stability": stability, "reading": reading, "played": played or None}
    certificate = found.certificate.model_copy(update=sealed)
    certificate = certificate.model_copy(update={"kinds": kinds_of(draft, certificate)})
    return certificate.model_copy(update={"digest": row_digest(draft, certificate)})


def examine(task: Task) -> Examination:
    """Find out by code what holds for a task; its certificate, if it has one, has no say.

    A variant holds where its base does and gives the variant again: see `proof/variants`.
    """
    parts: dict[str, list[str]] = {}
    if untrue := list(variant_problems(task)):
        return Examination(None, {"variant": untrue})
    task = proven_row(task)
    try:
        replayed = replay(task)
        parts["integrity"] = list(integrity_problems(task, replayed))
        if task.meta.parallel and task.meta.parallel != parallel_steps(task, replayed):
            parts["integrity"].append("meta.parallel does not say which steps may be made at once")
        if not parts["integrity"]:
            parts["integrity"].extend(act_problems(task, replayed))
        if parts["integrity"]:
            return Examination(None, parts)
        tests = verdict_tests(task, replayed)
    except (StateProblem, BadCall) as error:
        return Examination(None, {**parts, "verdict" if parts else "integrity": [error.detail]})
    parts["verdict"] = list(verdict_problems(tests))
    parts["tools"] = list(tool_problems(task, replayed))
    parts["provenance"] = list(_provenance_problems(task, replayed))
    parts["request"] = list(_worded_problems(task, replayed))
    if any(parts.values()):
        return Examination(None, parts)
    needs, unobserved = necessity(task, replayed), unobserved_arguments(task, replayed)
    parts["necessity"] = [f"step {index}: {UNNEEDED}" for index in needs.unneeded]
    arguments = sum(map(len, replayed.arguments))
    if len(unobserved) > MOST_UNOBSERVED * arguments:
        traceless = ", ".join(unobserved[:_SHOWN])
        parts["necessity"].append(f"{len(unobserved)} of {arguments} arguments leave no trace: {traceless}")
    if parts["necessity"]:
        return Examination(None, parts)
    certificate = Certificate(
        integrity=True,
        verdict=tests,
        provenance=True,
        necessity=True,
        guards=needs.guards,
        exempt=needs.exempt,
        judged=_judged(task),
        executed=executed_steps(task),
        unobserved=unobserved,
    )
    return Examination(certificate, parts, replayed)


def row_digest(task: Task, certificate: Certificate) -> str:
    """Return the digest that seals a row: everything but usage and the digest itself."""
    return json_digest(task.model_copy(update={"certificate": certificate}).to_json())


def json_digest(row: JsonObject) -> str:
    """Return the same of a row as it stands in a file: what a record would pass over or mend counts, too."""
    nothing: JsonObject = {}
    meta: JsonObject = {**object_at(row, "meta"), "usage": nothing}
    claims: JsonObject = {**object_at(row, "certificate"), "digest": ""}
    tools = row.get("tools")
    if isinstance(tools, list):
        row = {**row, "tools": [_shared(tool) for tool in tools]}
    if "entity_types" in meta:
        meta["entity_types"] = _shared(meta["entity_types"])
    return blake2b(canonical_json({**row, "meta": meta, "certificate": claims}), digest_size=16).hexdigest()


def _shared(part: Json) -> Json:
    """Return a part that many rows share, to be written as it was written before."""
    return cast("Json", _fragment(orjson.dumps(part)))


@lru_cache(maxsize=512)
def _fragment(text: bytes) -> orjson.Fragment:
    return orjson.Fragment(canonical_json(orjson.loads(text)))


def seal(task: Task) -> Task:
    """Return the task with its certificate's kinds and digest made anew, after a claim was added by who may add it."""
    claimed = task.certificate
    if claimed is None:
        return task
    if claimed.version == CERTIFICATE_VERSION:
        claimed = claimed.model_copy(update={"kinds": kinds_of(task, claimed)})
    certificate = claimed.model_copy(update={"digest": row_digest(task, claimed)})
    return task.model_copy(update={"certificate": certificate})


def _provenance_problems(task: Task, replayed: Replay) -> Iterator[str]:
    tools = {tool.tool_name: tool for tool in task.tools}
    turns = [step.turn for step in task.steps]
    responses = [step.response for step in task.steps]
    for index, step in enumerate(task.steps):
        tool, arguments = tools[replayed.calls[index].name], replayed.arguments[index]
        grounds = Grounds(turns[: index + 1], responses[:index], replayed.states[index])
        problems = list(_unproven(step, arguments, tool, grounds))
        if not problems:  # what a whole call shows is looked for where each argument has its proof
            problems.extend(call_problems(arguments, tool, step.provenance, grounds))
        yield from (f"step {index}: provenance of {pointer}: {problem}" for pointer, problem in problems)
        misplaced = misplaced_texts(step.provenance, arguments, step.changes, task.meta.volatile)
        yield from (f"step {index}: {problem}" for problem in misplaced)


def _unproven(step: Step, arguments: Sequence[Leaf], tool: Tool, grounds: Grounds) -> Iterator[tuple[str, str]]:
    for pointer in step.provenance.keys() - {leaf.pointer for leaf in arguments}:
        yield pointer, "it is no argument"
    for leaf in arguments:
        proof = step.provenance.get(leaf.pointer)
        if proof is None:
            yield leaf.pointer, "there is none"
            continue
        problem = provenance_problem(proof, leaf.value, leaf.pointer, grounds, parameter_at(tool, leaf.pointer))
        if problem is not None:
            yield leaf.pointer, problem


def _worded_problems(task: Task, replayed: Replay) -> Iterator[str]:
    told = Conversation.of(task.steps, task.tools, task.meta.entity_types, replayed.states[0], task.summary)
    yield from map(str, request_findings(told))
    for index in range(len(task.steps)):
        yield from map(str, turn_findings(told, index))


def _judged(task: Task) -> list[Judged]:
    return [
        Judged(step=index, argument=pointer, kind=proof.kind)
        for index, step in enumerate(task.steps)
        for pointer, proof in step.provenance.items()
        if proof.kind in JUDGED_KINDS
    ]
