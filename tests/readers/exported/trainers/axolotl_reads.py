"""Axolotl's own strategy for chat templates and the schema of its configuration, for its rows and ShareGPT."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.readers.exported.trainers.chat_template import rendered
from tests.readers.exported.trainers.told_by_run import (
    Event,
    assert_same,
    events_of,
    in_text,
    rows,
    run_events,
)
from tests.readers.exported.trainers.trl_reads import template

__all__ = ["check"]


def check(folder: Path) -> None:
    """Compare what it reads with the run; leaves with 1 where it differs."""
    told = run_events(folder / "run").values()
    read = [_events(_strategy(), row) for path in (folder / "axolotl").glob("t*.jsonl") for row in rows(path)]
    assert_same("axolotl", read, told)
    (named,) = _configuration(folder / "axolotl/dataset.yml")
    if not (folder / "axolotl" / named.path).is_file() or (named.type, named.field_tools) != ("chat_template", "tools"):
        raise SystemExit(f"axolotl: the configuration is read as {named}")
    strategy = _strategy("conversations", {"role": "from", "content": "value"})
    # Calls stand in the text here; how they are read out of it, other readers show.
    spoken = {"system", "user", "result"}
    read = [
        [event for event in _events(strategy, row) if event[0] in spoken]
        for path in (folder / "sharegpt").glob("t*.jsonl")
        for row in rows(path)
    ]
    asked = [[event for event in in_text(events) if event[0] in spoken] for events in told]
    if sorted(map(repr, read)) != sorted(map(repr, asked)):
        raise SystemExit("sharegpt in axolotl: it reads something else")


def _strategy(field: str = "messages", mapped: dict[str, str] | None = None) -> Any:
    module: Any = importlib.import_module("axolotl.prompt_strategies.chat_template")
    # It is asked for the token that ends a turn, and never to write any: text is compared, not numbers.
    tokenizer = SimpleNamespace(eos_token="<|im_end|>", encode=_encoded)
    prompter = module.ChatTemplatePrompter(
        tokenizer, template("qwen3_training"), field_messages=field, message_property_mappings=mapped
    )
    return module.ChatTemplateStrategy(prompter, tokenizer, train_on_inputs=False, sequence_len=4096)


def _encoded(text: str, add_special_tokens: bool) -> list[int]:
    return [*text.encode(), *([0] if add_special_tokens else [])]


def _events(strategy: Any, row: Any) -> list[Event]:
    # As the strategy itself does before it renders: nulls go, then turns and tools are taken.
    clean: Any = importlib.import_module("axolotl.utils.dict").remove_none_values
    row = clean(row)
    turns = strategy.get_conversation_thread(row)
    tools = strategy._get_tools(row)
    if not rendered(strategy.prompter.chat_template, turns, tools).strip():
        raise SystemExit("axolotl: nothing is rendered")
    return [["tools", tools], *events_of(turns)]


def _configuration(path: Path) -> list[Any]:
    schema: Any = importlib.import_module("axolotl.utils.schemas.datasets").SFTDataset
    load: Any = importlib.import_module("yaml").safe_load
    return [schema.model_validate(entry) for entry in load(path.read_text())["datasets"]]
