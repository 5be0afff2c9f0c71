"""Does OpenEnv's own client solve our tasks, and get nothing for nothing? Run by `bin/consumers`.

    python openenv_client.py URL GOLD

Leaves with 1, and a line for each, where the rewards of an episode are others than they should be.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from pathlib import Path
from typing import Any

OpenEnv: Any = importlib.import_module("openenv.core.generic_client")


async def episode(url: str, gold: dict[str, Any], *, act: bool) -> list[float]:
    """Play an episode, with all calls or none; returns the rewards that were given."""
    async with OpenEnv.GenericEnvClient(base_url=f"{url}/openenv") as env:
        first = await env.reset(seed=0, episode_id="gold", task_id=gold["task_id"])
        assert first.observation["request"].startswith(gold["request"]), first
        steps = [*gold["calls"]] if act else []
        closing = gold["closing"] if act else "I did nothing."
        steps.append({"name": "submit_answer", "arguments": {"message": closing}})
        rewards: list[float] = []
        for number, call in enumerate(steps, 1):
            action = {"type": "call_tool", "tool_name": call["name"], "arguments": call["arguments"]}
            result = await env.step(action)
            assert result.observation["error"] is None, result
            assert result.done == (number == len(steps)), result
            if result.reward is not None:
                rewards.append(result.reward)
        state = await env.state()
        assert (state["episode_id"], state["step_count"]) == ("gold", len(steps)), state
        return rewards


def main(url: str, path: str) -> int:
    """Try all tasks; returns the exit code."""
    wrong = 0
    for line in Path(path).read_text().splitlines():
        gold = json.loads(line)
        for act, wanted in ((True, [1.0]), (False, [0.0])):
            found = asyncio.run(episode(url, gold, act=act))
            if found != wanted:
                wrong += 1
                print(f"openenv: {gold['task_id']}: rewards {found}, not {wanted}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
