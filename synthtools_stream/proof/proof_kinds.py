"""By what kind of proof each part of a certificate holds.

A part that rests on more than one kind lists them all: a world of which some tools are code is `executed` in part, and
`consistent` for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from synthtools_stream.proof.variants.base_task import proven_row
from synthtools_stream.records.task import Certificate, ProofKind, Task

__all__ = ["kinds_of"]

_EXECUTED, _CONSISTENT, _WORDED, _READ = ProofKind.executed, ProofKind.consistent, ProofKind.worded, ProofKind.read
_DECLARED = ProofKind.declared


def kinds_of(task: Task, certificate: Certificate) -> dict[str, list[ProofKind]]:
    """Return every kind of proof on which each part of a task's certificate rests, the strictest first."""
    return {part: kinds for part, kinds in _parts(task, certificate) if kinds}


def _parts(task: Task, certificate: Certificate) -> Iterator[tuple[str, list[ProofKind]]]:
    """Yield the parts: what the row says, what its tools do, what its words say, what an attempt is judged by."""
    played = _played(task, certificate)
    brought = [_DECLARED] if task.meta.is_brought else []
    yield "integrity", [_CONSISTENT]
    yield "world", played
    yield "tools", [*([_EXECUTED] if certificate.executed else []), _WORDED, *brought]
    yield "provenance", [_WORDED, *((brought or [_READ]) if certificate.judged else [])]
    yield "request", [_WORDED, *([_READ] if certificate.reading is not None else [])]
    yield "necessity", [_CONSISTENT, *([_DECLARED] if certificate.exempt else [])]
    yield "verdict", [*([_EXECUTED] if certificate.played else []), _CONSISTENT]
    if certificate.stability is not None:
        yield "stability", [_READ if kind is _CONSISTENT else kind for kind in played]


def _played(task: Task, certificate: Certificate) -> list[ProofKind]:
    """Return by what the responses and changes of a task's steps hold."""
    executed = len(certificate.executed)
    return [*([_EXECUTED] if executed else []), *([_CONSISTENT] if executed < len(proven_row(task).steps) else [])]
