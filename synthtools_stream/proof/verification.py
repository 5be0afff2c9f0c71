"""Verify a row of `task_content.jsonl` without any model: does its certificate still tell the truth?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from synthtools_stream.errors import BadCall
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.proof.certificate import examine, json_digest, row_digest
from synthtools_stream.proof.execution import problems_of_rows
from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.proof_kinds import kinds_of
from synthtools_stream.proof.variants.base_task import proven_row
from synthtools_stream.proof.variants.forbidden_request import refusal_problems
from synthtools_stream.records.task import CERTIFICATE_VERSION, Certificate, Task
from synthtools_stream.records.twist import VariantKind
from synthtools_stream.toolcalls import check_call, parse_call, unknown_tool
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Verification", "VerificationStatus", "refused_calls", "verify_executed", "verify_rows", "verify_task"]

_SHOWN = 80
"""Characters of a tool's name that a reason shows."""
_ONLY_SEALED = ("digest", "stability", "reading", "played")
_TOLD = 3
"""Things that are wrong with one call which a reason tells: enough to see what went wrong."""


class VerificationStatus(StrEnum):
    """What verifying a row comes to."""

    proven = "proven"
    unproven = "unproven"
    """It claims nothing, and its calls pass its tools: other people's rows have no certificate."""
    failed = "failed"


@dataclass(frozen=True, slots=True)
class Verification:
    """The result for one row."""

    id: str
    status: VerificationStatus
    reasons: tuple[str, ...] = ()


def verify_task(task: Task, row: JsonObject | None = None) -> Verification:
    """Prove the task again and compare with its certificate.

    With the `row` that it was read from, what reading passed over or mended is noticed, too.
    """
    return _verified(task, row)[0]


async def verify_executed(task: Task, sandbox: Sandbox, row: JsonObject | None = None) -> Verification:
    """Do the same, and let the programs of coded tools make their calls again.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    (found,) = await verify_rows([(task, row)], sandbox)
    return found


async def verify_rows(rows: Sequence[tuple[Task, JsonObject | None]], sandbox: Sandbox) -> list[Verification]:
    """Return what becomes of several rows; the calls of all of them travel together.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    found = [_verified(task, row) for task, row in rows]
    proven = [
        (place, proven_row(task), replayed)
        for place, ((task, _), (result, replayed)) in enumerate(zip(rows, found, strict=True))
        if result.status is VerificationStatus.proven and replayed is not None
    ]
    problems = await problems_of_rows([(task, replayed) for _, task, replayed in proven], sandbox)
    results = [result for result, _ in found]
    for (place, _, _), wrong in zip(proven, problems, strict=True):
        if wrong:
            results[place] = Verification(rows[place][0].id, VerificationStatus.failed, tuple(wrong))
    for place, (task, _) in enumerate(rows):
        if results[place].status is VerificationStatus.proven and (wrong := await _refusal(task, sandbox)):
            results[place] = Verification(task.id, VerificationStatus.failed, tuple(wrong))
    return results


async def _refusal(task: Task, sandbox: Sandbox) -> list[str]:
    is_forbidden = task.meta.variant == VariantKind.forbidden_request
    return await refusal_problems(task, sandbox) if is_forbidden else []


def _verified(task: Task, row: JsonObject | None) -> tuple[Verification, Replay | None]:
    """Return what is found without execution, and the ground truth replayed where there is a certificate for it."""
    claimed = task.certificate
    if claimed is None:
        if wrong := tuple(refused_calls(task)):
            return Verification(task.id, VerificationStatus.failed, wrong), None
        return Verification(task.id, VerificationStatus.unproven, ("no certificate",)), None
    found = examine(task)
    reasons: list[str] = []
    if claimed.digest != (row_digest(task, claimed) if row is None else json_digest(row)):
        reasons.append("the row is not the one that its certificate was made for: the digest differs")
    reasons += found.problems
    if found.certificate is not None:
        reasons.extend(_false_claims(task, claimed, found.certificate))
    if found.problems and claimed.version < CERTIFICATE_VERSION:
        reasons.append(f"its certificate is of version {claimed.version}, whose proof looked at less")
    status = VerificationStatus.failed if reasons else VerificationStatus.proven
    return Verification(task.id, status, tuple(reasons)), found.replayed


def refused_calls(task: Task) -> Iterator[str]:
    """Yield which calls of the ground truth the row's own tools refuse: an agent that made them would be told 400."""
    tools = {tool.tool_name: tool for tool in task.tools}
    for index, text in enumerate(task.gt_tool_calls):
        try:
            call = parse_call(text)
        except BadCall as error:
            yield f"gt_tool_calls[{index}]: {error.detail}"
            continue
        tool = tools.get(call.name)
        wrong = [unknown_tool(call.name, task.tools)] if tool is None else check_call(call, tool)
        if wrong:
            yield f"gt_tool_calls[{index}] does not pass its tool {call.name[:_SHOWN]}: {'; '.join(wrong[:_TOLD])}"


def _false_claims(task: Task, claimed: Certificate, found: Certificate) -> Iterator[str]:
    """Yield the claims that code finds otherwise; those that rest on a model's answers are only sealed."""
    if claimed.version not in (1, CERTIFICATE_VERSION):
        yield f"certificate.version is {claimed.version}; this program knows 1 and {CERTIFICATE_VERSION}"
        return
    if claimed.stability is False:
        yield "certificate.stability says that fresh answers came to something else"
    expected = found.model_copy(update={"kinds": kinds_of(task, claimed)})
    if claimed.version == 1:
        expected = _as_version_1(expected)
    for name in Certificate.model_fields:
        if name not in _ONLY_SEALED and getattr(claimed, name) != getattr(expected, name):
            yield f"certificate.{name} claims {getattr(claimed, name)}, found {getattr(expected, name)}"


def _as_version_1(found: Certificate) -> Certificate:
    """Return what a certificate of version 1 claims: less than is found today."""
    verdict = found.verdict.model_copy(update={"rejects_subset": None, "accepts_equivalent": None})
    return found.model_copy(update={"version": 1, "verdict": verdict, "kinds": {}})
