"""What a program that runs us brings along, instead of what a configuration names or what we have ourselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.engine.stage import Stage
from synthtools_stream.roles.role import Role

__all__ = ["Brought", "unheard"]


@dataclass(frozen=True)
class Brought:
    """Objects of the program's own, which it closes itself."""

    model: LanguageModel | None = None
    """Plays every role that the configuration gives no server of its own."""
    stages: Mapping[str, Stage[Any, Any]] = field(default_factory=dict[str, Stage[Any, Any]])
    """Stages in place of ours, by name: `auditing`, `sequencing`, `evolution`, `summarizing`, `rollout`."""
    roles: Sequence[Role[Any, Any]] = ()
    """Roles that those stages ask beside ours; their templates stand in the directory of prompts."""


def unheard(_told: object) -> None:
    """Take what the program does not want to hear."""
