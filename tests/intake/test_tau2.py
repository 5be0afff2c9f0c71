"""τ²-bench's tasks."""

from __future__ import annotations

from pathlib import Path

from tests.intake.intakekit import CANCEL, Row, imported, only


def task_row(actions: object, **more: object) -> Row:
    """Return a task as the benchmark's file has it."""
    return {
        "id": "12",
        "description": {"purpose": None},
        "user_scenario": {
            "persona": "In a hurry.",
            "instructions": {
                "task_instructions": "Be brief.",
                "domain": "retail",
                "reason_for_call": "Cancel #W1.",
                "known_info": "You are Ann.",
                "unknown_info": None,
            },
        },
        "initial_state": None,
        "evaluation_criteria": {"actions": actions, "communicate_info": ["10"], "reward_basis": ["DB"]},
        **more,
    }


ACTION: Row = {"action_id": "12_0", "name": "cancel-order", "arguments": {"order_id": "#W1"}, "info": None}
PHONE: Row = {"action_id": "t", "requestor": "user", "name": "toggle_roaming", "arguments": {}}


def test_a_task(tmp_path: Path) -> None:
    """The request is what the user is told; what users do on their own devices is no call of the agent's."""
    task = only(tmp_path, "tau2", task_row([PHONE, ACTION]), tools=[CANCEL])
    assert (task.id, task.field, task.meta.persona) == ("12", "retail", "In a hurry.")
    assert task.summary == "Cancel #W1.\nYou are Ann.\nBe brief."
    assert task.gt_tool_calls == ['{"name":"cancel-order","arguments":{"order_id":"#W1"}}']
    assert (task.initial_state, task.final_state, task.steps) == (None, None, [])


def test_states(tmp_path: Path) -> None:
    """What a task lays over its domain's database is told, unless functions go on changing it."""
    data: Row = {"initialization_data": {"agent_data": {"orders": {"#W1": {"status": "open"}}}}}
    told = only(tmp_path, "tau2", task_row([ACTION], initial_state=data), tools=[CANCEL])
    assert told.initial_state == {"orders": {"#W1": {"status": "open"}}}
    changed: Row = {**data, "initialization_actions": [{"func_name": "f", "arguments": {}}]}
    assert only(tmp_path, "tau2", task_row([ACTION], initial_state=changed), tools=[CANCEL]).initial_state is None


def test_instructions_in_one_text(tmp_path: Path) -> None:
    """The smaller domains have them."""
    row = task_row([ACTION], user_scenario={"persona": None, "instructions": "Cancel #W1 for Ann."})
    assert only(tmp_path, "tau2", row, tools=[CANCEL]).summary == "Cancel #W1 for Ann."


def test_tasks_without_calls_or_tools(tmp_path: Path) -> None:
    """Refusals have no actions, and the benchmark's tools are code."""
    found = imported(tmp_path, "tau2", task_row(None), task_row([PHONE]), task_row([ACTION]))
    assert found.problems == [
        "1: there is no tool call in it",
        "2: there is no tool call in it",
        "3: there are no tools in it (--tools names a file of them)",
    ]
