# /// script
# dependencies = ["skyrl-gym==0.4.0", "datasets"]
# ///
"""Does `skyrl_gym` play the tasks of an export, and do `datasets` read its rows unchanged? Run by `bin/exports`.

SkyRL's trainers load rows by `datasets`; their own code takes torch and Ray and is not run here. Worlds are played by
our package, which is found in the environment beside (`.venv`).
"""

from __future__ import annotations

import importlib
import json
import os
import site
import sys
from pathlib import Path
from typing import Any


def with_our_package() -> None:
    """Let our package be found, behind all that is installed here."""
    os.environ["MONTY_BIN"] = str(Path(".venv/bin/monty").resolve())
    site.addsitedir(f".venv/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages")


def lines(path: Path) -> list[Any]:
    """Return the rows of a file of lines."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def replayed(gym: Any, row: Any, attempt: Any) -> float:
    """Say what the agent of an attempt said, as text, and return the reward."""
    env = gym.make("synthtools", env_config={}, extras={**row, "max_turns": 100})
    prompt, _ = env.init(row["prompt"])
    assert prompt == row["prompt"]
    messages = json.loads(attempt["messages"])
    results = {said["tool_call_id"]: json.loads(said["content"]) for said in messages if said["role"] == "tool"}
    for said in (said for said in messages if said.get("tool_calls")):
        called = [
            {"name": call["function"]["name"], "arguments": json.loads(call["function"]["arguments"])}
            for call in said["tool_calls"]
        ]
        text = "\n".join(f"<tool_call>\n{json.dumps(call)}\n</tool_call>" for call in called)
        out = env.step(text)
        answers = out["observations"][0]["content"].split("</tool_response>")[:-1]
        read = [json.loads(answer.partition("<tool_response>")[2]) for answer in answers]
        if read != [results[call["id"]] for call in said["tool_calls"]]:
            sys.exit(f"{attempt['id']}: {called} is answered {read}")
        assert not out["done"]
    last = env.step(messages[-1]["content"])
    env.close()
    assert last["done"]
    return float(last["reward"])


def main(work: Path) -> None:
    """Read every file, and play the attempts of the run once more."""
    folder = work / "skyrl"
    load: Any = importlib.import_module("datasets").load_dataset
    rows = {}
    for part in ("sft", "rl"):
        for path in sorted((folder / part).glob("t*.jsonl")):
            if path.name == "tasks.jsonl":
                continue
            read = list(load("json", data_files=str(path), split="train"))
            if read != lines(path):
                sys.exit(f"{path}: `datasets` reads something else")
            rows.update((row["extra_info"]["task_id"], row) for row in read if part == "rl")
    with_our_package()
    sys.path.insert(0, str(folder / "rl"))
    gym: Any = importlib.import_module("skyrl_gym")
    importlib.import_module("skyrl_gym.envs").register(id="synthtools", entry_point="world_env:WorldEnv")
    rewards = {"solved": [0, 0.0], "unsolved": [0, 0.0]}
    for attempt in lines(work / "run" / "trajectories.jsonl"):
        if attempt["task_id"] in rows and attempt["fault"] in ("", "agent"):
            sums = rewards[json.loads(attempt["verdict"])["kind"]]
            sums[0] += 1
            sums[1] += replayed(gym, rows[attempt["task_id"]], attempt)
    solved, unsolved = rewards["solved"], rewards["unsolved"]
    if not (solved[0] and unsolved[0]) or solved[0] != solved[1] or unsolved[1]:
        sys.exit(f"skyrl_gym rewards {rewards} (attempts, sum of rewards)")
    print(f"skyrl: {len(rows)} tasks, {rewards} attempts replayed")


main(Path(sys.argv[1]))
