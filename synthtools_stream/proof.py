"""The proof of a task, by code alone: integrity, a verdict that works, provenance of every argument.

`examine` finds what holds; `certify` turns it into a certificate or a rejection; `verifying` compares a released row
with what it finds afresh. The certificate ends in a digest of the row and its own claims, which catches what no rule
can see, such as a reworded description.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

from synthtools_stream.errors import BadCall, Rejection, StateProblem
from synthtools_stream.integrity import Replay, integrity_problems, replay
from synthtools_stream.jsontypes import Json, canonical_json, same_json
from synthtools_stream.pointers import leaf_pointers, leaves
from synthtools_stream.provenance import JUDGED_KINDS, Grounds, parameter_at, provenance_problem
from synthtools_stream.records.task import Certificate, Judged, Provenance, Task
from synthtools_stream.verdicttests import verdict_problems, verdict_tests

__all__ = ["Examination", "certify", "examine", "row_digest", "seal"]

_SHOWN = 5


class Examination(NamedTuple):
    """What was found to hold, and what was not; without problems there is a certificate."""

    certificate: Certificate | None
    problems: list[str]


def certify(draft: Task, *, stability: bool | None = None) -> Certificate:
    """Return the certificate of a task whose row is otherwise final; `stability` is what fresh answers showed.

    Raises Rejection ("unproven") with what does not hold.
    """
    found = examine(draft)
    if found.certificate is None:
        raise Rejection("unproven", "; ".join(found.problems[:_SHOWN]))
    certificate = found.certificate.model_copy(update={"stability": stability})
    return certificate.model_copy(update={"digest": row_digest(draft, certificate)})


def examine(task: Task) -> Examination:
    """Find out by code what holds for a task; its certificate, if it has one, has no say."""
    try:
        replayed = replay(task)
        problems = list(integrity_problems(task, replayed))
        if problems:
            return Examination(None, problems)
        tests = verdict_tests(task, replayed)
    except (StateProblem, BadCall) as error:
        return Examination(None, [error.detail])
    problems = [*verdict_problems(tests), *_provenance_problems(task, replayed)]
    if problems:
        return Examination(None, problems)
    certificate = Certificate(
        integrity=True,
        verdict=tests,
        provenance=True,
        necessity=all(_needed(task, index) for index in range(len(task.steps))),
        judged=_judged(task),
        unobserved=list(_unobserved(task, replayed)),
    )
    return Examination(certificate, [])


def row_digest(task: Task, certificate: Certificate) -> str:
    """Return the digest that seals a row: everything but usage and the digest itself."""
    meta = task.meta.model_copy(update={"usage": {}})
    claims = certificate.model_copy(update={"digest": ""})
    row = task.model_copy(update={"meta": meta, "certificate": claims}).to_json()
    return blake2b(canonical_json(row), digest_size=16).hexdigest()


def seal(task: Task) -> Task:
    """Return the task with its certificate's digest made anew, after a claim was added by who may add it."""
    if task.certificate is None:
        return task
    certificate = task.certificate.model_copy(update={"digest": row_digest(task, task.certificate)})
    return task.model_copy(update={"certificate": certificate})


def _provenance_problems(task: Task, replayed: Replay) -> Iterator[str]:
    tools = {tool.tool_name: tool for tool in task.tools}
    turns = [step.turn for step in task.steps]
    responses = [step.response for step in task.steps]
    for index, step in enumerate(task.steps):
        call = replayed.calls[index]
        grounds = Grounds(turns[: index + 1], responses[:index], replayed.states[index])
        found = {leaf.pointer: leaf.value for leaf in leaf_pointers(call.arguments) if leaf.pointer}
        for pointer in step.provenance.keys() - found.keys():
            yield f"step {index}: provenance of {pointer}, which is no argument"
        for pointer, value in found.items():
            proof = step.provenance.get(pointer)
            parameter = parameter_at(tools[call.name], pointer)
            problem = (
                "there is none" if proof is None else provenance_problem(proof, value, pointer, grounds, parameter)
            )
            if problem is not None:
                yield f"step {index}: provenance of {pointer}: {problem}"


def _judged(task: Task) -> list[Judged]:
    return [
        Judged(step=index, argument=pointer, kind=proof.kind)
        for index, step in enumerate(task.steps)
        for pointer, proof in step.provenance.items()
        if proof.kind in JUDGED_KINDS
    ]


def _sources(proofs: Sequence[Provenance]) -> Iterator[int]:
    for proof in proofs:
        if proof.step is not None:
            yield proof.step
        yield from _sources(proof.inputs or ())


def _needed(task: Task, index: int) -> bool:
    """Say whether a step writes, answers, or gives a later argument its value. (Guards of rules are not seen.)"""
    step = task.steps[index]
    if step.changes or step.answer:
        return True
    return any(index in _sources(list(later.provenance.values())) for later in task.steps[index + 1 :])


def _unobserved(task: Task, replayed: Replay) -> Iterator[str]:
    """Yield arguments that neither select an entity, nor stand in the changes, nor feed an answer or argument."""
    for index, step in enumerate(task.steps):
        if not step.changes and _needed(task, index):
            continue  # a read: all its arguments decide what it returns
        grounds = Grounds((), (), replayed.states[index])
        written: list[Json] = [leaf.value for change in step.changes for leaf in leaves(change.attributes)]
        for leaf in leaf_pointers(replayed.calls[index].arguments):
            if (
                leaf.pointer
                and not grounds.is_entity(leaf.value)
                and not any(same_json(leaf.value, v) for v in written)
            ):
                yield f"{index}{leaf.pointer}"
