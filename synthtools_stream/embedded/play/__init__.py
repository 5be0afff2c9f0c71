"""The playing half: simulate, solve, act and judge from the text of a request alone.

Belongs here: a play for each role that acts or judges, and how a user's words become calls.

Does not: what a tool's text means (`read`); the errors put in place of good answers (`injected_errors`).

May import: `chat`, `embedded`, `embedded.read`, `programs`, `values`, `wording`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.play.agent_turn import act
from synthtools_stream.embedded.play.judges import judge_answer, judge_task, judge_trajectory, referee
from synthtools_stream.embedded.play.request_reader import read_request
from synthtools_stream.embedded.play.simulation import simulate
from synthtools_stream.embedded.play.solver import solve
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["PLAYS"]

PLAYS: Mapping[str, Callable[[Job], JsonObject]] = {
    "simulator": simulate,
    "solver": solve,
    "agent_json": act,
    "audit_judge": judge_answer,
    "referee": referee,
    "task_judge": judge_task,
    "reader": read_request,
    "trajectory_judge": judge_trajectory,
}
"""What each role's request is answered with, when nothing goes wrong."""
