"""What is drawn for a task: by its lineage, so that neither order nor the run that read it decides."""

from __future__ import annotations

from hashlib import blake2b

from synthtools_stream.values.lineages import lineage

__all__ = ["draw"]


def draw(seed: int, task_id: str, what: str) -> float:
    """Return a number from 0 to 1 that the seed, the task and the matter decide."""
    digest = blake2b(f"{seed}|{lineage(task_id)}|{what}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
