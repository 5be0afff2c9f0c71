# /// script
# dependencies = ["verl==0.9.1", "cachetools", "fastapi"]
# ///
"""Do verl's own data sets, tool registry and agent loop read an export as the record says it? Run by `bin/exports`.

Runs on torch without a GPU. The worlds are played by our package, which is found in the environment beside (`.venv`).
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import site
import sys
from pathlib import Path
from typing import Any

TEMPLATE = (
    "{% if tools %}<|tools|>{{ tools | tojson }}<|end|>{% endif %}"
    "{% for said in messages %}<|begin|>{{ said.role }}\n{{ said.content }}"
    "{% for call in said.tool_calls %}<|call|>{{ call.function | tojson }}{% endfor %}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|begin|>assistant\n{% endif %}"
)
"""What is said in each turn is all that it says: verl demands that turns make the whole."""


def bytes_tokenizer() -> Any:
    """Return a tokenizer of transformers whose tokens are bytes, and which loses nothing."""
    tokenizers: Any = importlib.import_module("tokenizers")
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    model = tokenizers.models.BPE(vocab={letter: at for at, letter in enumerate(letters)}, merges=[])
    made = tokenizers.Tokenizer(model)
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    fast = importlib.import_module("transformers").PreTrainedTokenizerFast(tokenizer_object=made)
    fast.chat_template = TEMPLATE
    fast.pad_token = letters[0]
    return fast


def lines(path: Path) -> list[Any]:
    """Return the rows of a file of lines."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def told(message: dict[str, Any]) -> str:
    """Return what the template should say of a message, but for the form of JSON."""
    calls = [call["function"] for call in message.get("tool_calls", ())]
    return "<|call|>".join([message["content"], *(json.dumps(call, sort_keys=True) for call in calls)])


def read_sft(folder: Path, tokenizer: Any) -> int:
    """Compare what the SFT trainer would learn with the lines; return how many rows it was."""
    load: Any = importlib.import_module("verl.utils.import_utils").load_extern_object
    config: Any = importlib.import_module("omegaconf").OmegaConf.create(
        {"pad_mode": "no_padding", "max_length": 1 << 20}
    )
    rows_dataset = load(str(folder / "rows_dataset.py"), "RowsDataset")
    count = 0
    for path in sorted(folder.glob("sft/*.parquet")):
        written = lines(path.with_suffix(".jsonl"))
        read = rows_dataset(str(path), tokenizer, config)
        assert len(read) == len(written), path
        for at, row in enumerate(written):
            item = read[at]  # verl itself checks here that its turns make the whole
            text = tokenizer.decode(item["input_ids"])
            tools, _, turns = text.removeprefix("<|tools|>").partition("<|end|>")
            assert json.loads(tools) == row["tools"], f"{path}: row {at}: tools differ"
            learnt = tokenizer.decode(item["input_ids"][item["loss_mask"].bool()])
            for message in row["messages"]:
                head = f"<|begin|>{message['role']}\n"
                assert turns.startswith(head), f"{path}: row {at}: a turn is missing"
                said, _, turns = turns.removeprefix(head).partition("<|end|>")
                content, *calls = said.split("<|call|>")
                again = "<|call|>".join([content, *(json.dumps(json.loads(call), sort_keys=True) for call in calls)])
                assert again == told(message), f"{path}: row {at}: {again!r} is not {told(message)!r}"
                assert (said in learnt) or message["role"] != "assistant"
            assert not turns
            count += 1
    return count


def read_rl(folder: Path, tokenizer: Any) -> dict[str, tuple[Any, Any]]:
    """Compare prompts and tools with the record; return each row with the tools of its environment."""
    dataset: Any = importlib.import_module("verl.utils.dataset.rl_dataset").RLHFDataset
    registry: Any = importlib.import_module("verl.tools.tool_registry")
    config: Any = importlib.import_module("omegaconf").OmegaConf
    found: dict[str, tuple[Any, Any]] = {}
    for path in sorted(folder.glob("rl/*/t*.parquet")):
        tools = path.with_name("tool_config.yaml")
        asked = {"max_prompt_length": 1 << 20, "tool_config_path": str(tools), "filter_overlong_prompts_workers": 1}
        read = dataset(str(path), tokenizer, config.create(asked))
        written = lines(path.with_suffix(".jsonl"))
        assert len(read) == len(written), path
        by_name = {tool.name: tool for tool in registry.initialize_tools_from_config(str(tools))}
        told_by = {task["id"]: json.loads(task["tools"]) for task in lines(path.with_name("tasks.jsonl"))}
        for at, row in enumerate(written):
            item = read[at]
            assert {name: item[name] for name in row} == row, f"{path}: row {at} differs"
            assert item["raw_prompt"] == row["prompt"]
            assert item["tools_kwargs"] == row["extra_info"]["tools_kwargs"]
            for tool in told_by[row["extra_info"]["task_id"]]:
                schema = by_name[tool["tool_name"]].tool_schema.function
                assert schema.description.startswith(tool["tool_description"]), tool["tool_name"]
                assert set(schema.parameters.properties) == set(tool["parameters"])
            found[row["extra_info"]["task_id"]] = (row, by_name)
    return found


async def replayed(attempt: Any, row: Any, tools: Any, score: Any) -> float:
    """Make an attempt's calls and its submission through verl's agent loop, and return the reward."""
    module: Any = importlib.import_module("verl.experimental.agent_loop.tool_agent_loop")
    parser: Any = importlib.import_module("verl.experimental.agent_loop.tool_parser")
    loop = module.ToolAgentLoop.__new__(module.ToolAgentLoop)
    loop.tools, loop.max_tool_response_length = tools, 1 << 20
    data = module.AgentData(row["prompt"], [], [], None, {}, {}, attempt["id"], row["extra_info"]["tools_kwargs"])
    messages = json.loads(attempt["messages"])
    results = {said["tool_call_id"]: said["content"] for said in messages if said["role"] == "tool"}
    for call in (call for said in messages for call in said.get("tool_calls", ())):
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        answer, _, _ = await loop._call_tool(
            parser.FunctionCall(name=name, arguments=arguments), data.tools_kwargs, data
        )
        if json.loads(answer.text) != json.loads(results[call["id"]]):
            sys.exit(f"{attempt['id']}: {name} answers {answer.text}, and not {results[call['id']]}")
    submit = parser.FunctionCall(name="submit_answer", arguments=json.dumps({"message": messages[-1]["content"]}))
    _, reward, _ = await loop._call_tool(submit, data.tools_kwargs, data)
    return float(score("synthtools", "", "", {"tool_rewards": [0.0, reward]}))


def with_our_package() -> None:
    """Let our package be found, behind all that is installed here."""
    os.environ["MONTY_BIN"] = str(Path(".venv/bin/monty").resolve())
    site.addsitedir(f".venv/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages")


async def main(work: Path) -> None:
    """Read everything, and let verl play attempts of the run once more."""
    folder, tokenizer = work / "verl", bytes_tokenizer()
    count = read_sft(folder, tokenizer)
    with_our_package()
    sys.path.insert(0, str(folder))
    rows = read_rl(folder, tokenizer)
    score = importlib.import_module("world_tool").compute_score
    rewards = {"solved": [0, 0.0], "unsolved": [0, 0.0]}
    for attempt in lines(work / "run" / "trajectories.jsonl"):
        kind = json.loads(attempt["verdict"])["kind"]
        if attempt["task_id"] in rows and attempt["fault"] in ("", "agent"):
            rewards[kind][0] += 1
            rewards[kind][1] += await replayed(attempt, *rows[attempt["task_id"]], score)
    if not (count and rows and rewards["solved"][0] and rewards["unsolved"][0]):
        sys.exit(f"too little to tell: {count} rows, {len(rows)} tasks, {rewards}")
    if rewards["solved"][1] != rewards["solved"][0] or rewards["unsolved"][1]:
        sys.exit(f"verl rewards {rewards} (attempts, sum of rewards)")
    print(f"verl: {count} rows of SFT, {len(rows)} tasks, {rewards} attempts replayed")


asyncio.run(main(Path(sys.argv[1])))
