"""τ²-bench's `tasks.json`: a user's scenario, and the actions that solve it. Its tools are code, and named apart.

The request is what the scenario tells the simulated user. Actions of the user's own on the user's own device are no
calls of the agent's. The state is what the task lays over its domain's database, where nothing else is done to it.
"""

from __future__ import annotations

from synthtools_stream.intake.call_objects import call_object
from synthtools_stream.intake.row_format import Beside, Reader, id_of_row, list_at, objects_at, text_at
from synthtools_stream.intake.told_task import ToldCall, ToldTask
from synthtools_stream.values.jsontypes import JsonObject, object_at

__all__ = ["Tau2"]

_TOLD = ("reason_for_call", "known_info", "unknown_info", "task_instructions")
"""What a user is told, in the order in which it is read."""


class Tau2:
    """Rows of `user_scenario` and `evaluation_criteria`."""

    def knows(self, row: JsonObject) -> bool:
        """Say whether its columns are there."""
        return "user_scenario" in row and "evaluation_criteria" in row

    def reader(self, beside: Beside) -> Reader:
        """Return what reads a row."""

        def read(row: JsonObject) -> ToldTask:
            scenario = object_at(row, "user_scenario")
            told = object_at(scenario, "instructions")
            request = "\n".join(filter(None, (text_at(told, key).strip() for key in _TOLD)))
            request = request or text_at(scenario, "instructions")
            actions = objects_at(object_at(row, "evaluation_criteria"), "actions")
            calls = [ToldCall(call_object(action), after=1) for action in actions if action.get("requestor") != "user"]
            return ToldTask(
                [request] if request else [],
                list_at(row, "tools") or beside.tools,
                calls,
                id_of_row(row),
                text_at(told, "domain"),
                text_at(scenario, "persona"),
                _state(object_at(row, "initial_state")),
            )

        return read


def _state(given: JsonObject) -> JsonObject | None:
    """Return the state that a task tells; None where functions that we do not have go on changing it."""
    if given.get("initialization_actions"):
        return None
    return object_at(object_at(given, "initialization_data"), "agent_data") or None
