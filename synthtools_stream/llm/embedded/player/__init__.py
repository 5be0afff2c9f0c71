"""The playing half of the embedded model: simulate, solve, act and judge from the text of a request alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from synthtools_stream.jsontypes import JsonObject
from synthtools_stream.llm.embedded.job import Job
from synthtools_stream.llm.embedded.player.acting import act
from synthtools_stream.llm.embedded.player.judging import judge_answer, judge_task, judge_trajectory
from synthtools_stream.llm.embedded.player.simulating import simulate
from synthtools_stream.llm.embedded.player.solving import solve

__all__ = ["PLAYS"]

PLAYS: Mapping[str, Callable[[Job], JsonObject]] = {
    "simulator": simulate,
    "solver": solve,
    "agent_json": act,
    "audit_judge": judge_answer,
    "task_judge": judge_task,
    "trajectory_judge": judge_trajectory,
}
"""What each role's request is answered with, when nothing goes wrong."""
