"""Roles: one job an LLM does each, with its input and output models. The prompts are in `prompts/<role>.md`.

Each field of an input model stands in the prompt as one tag of the same name with JSON inside, in the model's order:
what changes least comes first, so that servers find long common prefixes in their cache.

Belongs here: what a role is, and each role's input and output, in a file named for the stage that asks.

Does not: the words of a prompt (`prompts/`), how a role is asked (`asking`), which model plays it (`assembly`).

May import: `records`, `values`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from synthtools_stream.roles.audit_roles import AUDIT_JUDGE, PROBE, WORLD
from synthtools_stream.roles.evolution_roles import (
    DIALOGUE_PLANNER,
    EVOLVER,
    READER,
    SOLVER,
    SPEAKER,
    SUMMARIZER,
    TASK_JUDGE,
)
from synthtools_stream.roles.generation_roles import ANNOTATOR, BLUEPRINT, SCENARIO, SUBFIELD, SURVEYOR, TOOL
from synthtools_stream.roles.program_roles import PROGRAMMER, REFEREE
from synthtools_stream.roles.role import Role
from synthtools_stream.roles.rollout_roles import AGENT_JSON, AGENT_NATIVE, TRAJECTORY_JUDGE, USER
from synthtools_stream.roles.sequencing_roles import PLANNER, PROPOSER
from synthtools_stream.roles.simulator_role import SIMULATOR

__all__ = ["ROLES", "ROLE_GROUPS", "ROLE_NAMES", "group_of"]

_INVENTING = (SUBFIELD, SCENARIO, BLUEPRINT, TOOL, SURVEYOR, ANNOTATOR, PROGRAMMER, WORLD, PROBE)
_TASKING = (PLANNER, PROPOSER, DIALOGUE_PLANNER, EVOLVER, SOLVER, SUMMARIZER, SPEAKER)
_JUDGING = (AUDIT_JUDGE, REFEREE, TASK_JUDGE, READER, TRAJECTORY_JUDGE)
_ACTING = (AGENT_JSON, AGENT_NATIVE)

ROLES: Mapping[str, Role[Any, Any]] = MappingProxyType(
    {role.name: role for role in (*_INVENTING, *_TASKING, *_JUDGING, *_ACTING, SIMULATOR, USER)}
)
"""Every job that a model does, by name."""
ROLE_NAMES: tuple[str, ...] = tuple(ROLES)
ROLE_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "generator": tuple(role.name for role in (*_INVENTING, *_TASKING)),
        "judge": tuple(role.name for role in _JUDGING),
        "agent": tuple(role.name for role in _ACTING),
    }
)
"""Names under which several roles are set at once. The solver makes tasks sound and is not the agent under test."""


def group_of(role_name: str) -> str:
    """Return the group that a role is in; empty where there is none."""
    return next((group for group, members in ROLE_GROUPS.items() if role_name in members), "")
