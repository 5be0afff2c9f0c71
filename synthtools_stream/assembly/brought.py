"""What a program that runs us brings along, instead of what a configuration names."""

from __future__ import annotations

from dataclasses import dataclass

from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.engine.stage import Stage
from synthtools_stream.records import RolloutPlan, Trajectory

__all__ = ["Brought"]


@dataclass(frozen=True)
class Brought:
    """Objects of the program's own, which it closes itself."""

    model: LanguageModel | None = None
    """Plays every role that the configuration gives no server of its own."""
    attempts: Stage[RolloutPlan, Trajectory] | None = None
    """Makes the attempts at tasks."""
