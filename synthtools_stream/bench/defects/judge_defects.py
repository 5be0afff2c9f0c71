"""What judges do wrong: they say the contrary."""

from __future__ import annotations

import random

from synthtools_stream.bench.defects.spoiled_scene import Scene, Way
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["AUDIT_WAYS", "READING_WAYS", "TASK_JUDGE_WAYS"]

_FLAWS = ("should_fail_but_passed", "should_pass_but_failed", "inappropriate")


def flipped_judgment(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Call right what is wrong, and wrong what is right."""
    good = scene.answer.get("judgment")
    return {**scene.answer, "judgment": rng.choice(_FLAWS) if good == "correct" else "correct"}


def flipped_reading(scene: Scene, rng: random.Random) -> JsonObject | None:  # noqa: ARG001 - one of many ways
    """Call a failed attempt solved, and a solved one failed."""
    solved = not scene.answer.get("solved")
    return {**scene.answer, "solved": solved, "failure": None if solved else "something is missing"}


def flipped_equivalence(scene: Scene, rng: random.Random) -> JsonObject | None:  # noqa: ARG001 - one of many ways
    """Call different calls the same, and grounded arguments ungrounded."""
    told = scene.answer.get("arguments")
    entries: list[Json] = [
        {**entry, "grounded": not entry.get("grounded")}
        for entry in (told if isinstance(told, list) else ())
        if isinstance(entry, dict)
    ]
    return {**scene.answer, "equivalent": not scene.answer.get("equivalent"), "arguments": entries}


AUDIT_WAYS: dict[str, Way] = {"flipped_judgment": flipped_judgment}
READING_WAYS: dict[str, Way] = {"flipped_reading": flipped_reading}
TASK_JUDGE_WAYS: dict[str, Way] = {"flipped_equivalence": flipped_equivalence}
