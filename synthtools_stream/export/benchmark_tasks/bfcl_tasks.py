"""`bfcl`: tasks in the form of the Berkeley Function Calling Leaderboard, version 4.

A task becomes a row of `multi_turn_base`: a question a user turn, the calls of each turn as the answer, a class that
holds the world, and the documents of its functions. Where the whole task is one call, it becomes a row of
`simple_python` or `multiple` as well, whose answer its AST checker reads. Source: `bfcl-eval`, loaders and checkers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from synthtools_stream.errors import Rejection
from synthtools_stream.export.benchmark_tasks.benchmark_format import BenchmarkFormat, calls_of, world_file
from synthtools_stream.export.benchmark_tasks.bfcl_functions import allowed_values, function_document
from synthtools_stream.export.export_format import Choices, Item, Made, WholeFile, line
from synthtools_stream.export.safe_names import safe_class_name, safe_number
from synthtools_stream.records import Task
from synthtools_stream.state.changes import now_of
from synthtools_stream.toolcalls import Call, format_call
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["BfclTasks"]

_FORBIDDEN = frozenset({"kill", "exit", "quit", "remove", "unlink", "popen", "Popen", "run"})
"""Function names that `bfcl-eval` does not call."""


class BfclTasks(BenchmarkFormat):
    """Question files, answer files and function documents, in folders of those names."""

    name = "bfcl"
    read_by = "bfcl-eval, the checkers of the Berkeley Function Calling Leaderboard"
    shipped = "bfcl_worlds.py"

    def of_task(self, task: Task, part: str, choices: Choices) -> Iterator[Item]:  # noqa: ARG002 - nothing is said
        """Return the question, the answer, the functions' documents and the world's file.

        :raises Rejection: when the checkers would not read the calls as they are.
        """
        calls = calls_of(task)
        texts = [_text(call, task) for call in calls]
        documents = [function_document(tool) for tool in task.tools]
        class_name = safe_class_name(task.id)
        yield from _multi_turn(task, part, class_name, texts)
        yield WholeFile(
            f"{part}/multi_turn_func_doc",
            f"{class_name}.json",
            b"".join(line("", document).text for document in documents),
        )
        yield world_file(task, f"{part}/worlds", class_name)
        if len(calls) == 1:
            yield from _single_turn(task, part, documents, calls[0])

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        part = next(part for part in made.parts if made.lines.get(f"{part}/worlds/"))
        return f"""`bfcl_worlds.py` makes the classes known to `bfcl-eval`, which then finds their functions and plays
their worlds; both packages must be installed.

```python
import bfcl_worlds
from bfcl_eval.utils import load_file, populate_test_cases_with_predefined_functions

bfcl_worlds.register("{part}")
questions = populate_test_cases_with_predefined_functions(load_file("{part}/BFCL_v4_multi_turn_base.json"))
answers = load_file("{part}/possible_answer/BFCL_v4_multi_turn_base.json")
```

`multi_turn_checker` takes a row of each. The command `bfcl` itself reads questions from its own `data` folder only: put
the files of a part in their places there, and call `register` before it runs. States of worlds are compared as our
verdict compares them: up to the ids of what was created, and volatile attributes. BFCL does not check what the user is
told; it demands the responses of the ground truth's calls instead."""


def _multi_turn(task: Task, part: str, class_name: str, texts: Sequence[str]) -> Iterator[Item]:
    """Yield question and answer: a call a turn where the task has turns, all in one where it has a request only."""
    told = [step.turn for step in task.steps]
    has_turns = len(told) == len(texts) and all(told)
    turns: list[tuple[str, list[Json]]]
    turns = (
        [(turn, [text]) for turn, text in zip(told, texts, strict=True)] if has_turns else [(task.summary, [*texts])]
    )
    row: JsonObject = {
        "id": f"multi_turn_base_{safe_number(task.id)}",
        "task_id": task.id,
        "question": _question(task, [said for said, _ in turns]),
        "initial_config": {class_name: task.initial_state},
        "path": [f"{class_name}.{text.split('(', 1)[0]}" for text in texts],
        "involved_classes": [class_name],
        "excluded_function": [],
    }
    answer: JsonObject = {"id": row["id"], "ground_truth": [answered for _, answered in turns]}
    return _rows(part, "multi_turn_base", row, answer)


def _single_turn(task: Task, part: str, documents: Sequence[JsonObject], call: Call) -> Iterator[Item]:
    category = "simple_python" if len(documents) == 1 else "multiple"
    tool = next(tool for tool in task.tools if tool.tool_name == call.name)
    plain: list[Json] = [{key: value for key, value in document.items() if key != "response"} for document in documents]
    row: JsonObject = {
        "id": f"{category}_{safe_number(task.id)}",
        "task_id": task.id,
        "question": _question(task, [task.summary]),
        "function": plain,
    }
    answer: JsonObject = {"id": row["id"], "ground_truth": [{call.name: allowed_values(tool, call)}]}
    return _rows(part, category, row, answer)


def _rows(part: str, category: str, row: JsonObject, answer: JsonObject) -> Iterator[Item]:
    yield line(f"{part}/BFCL_v4_{category}.json", row)
    yield line(f"{part}/possible_answer/BFCL_v4_{category}.json", answer)


def _question(task: Task, turns: Sequence[str]) -> list[Json]:
    """Return the turns; the first is told the time as well, if the world has a clock."""
    question: list[list[Json]] = [[{"role": "user", "content": turn}] for turn in turns]
    if now := now_of(task.initial_state):
        question[0].insert(0, {"role": "system", "content": f"The time is {now}."})
    return [*question]


def _text(call: Call, task: Task) -> str:
    """Return a call as `bfcl-eval` reads it: it puts an object before whatever looks like a call, in texts as well.

    :raises Rejection: when that, or a name, would make another call of it.
    """
    if call.name in _FORBIDDEN:
        raise Rejection("reserved_name", f"bfcl-eval calls nothing that is named {call.name}")
    text = format_call(call)
    names = "|".join(tool.tool_name for tool in task.tools)
    if not text.startswith(f"{call.name}(") or len(re.findall(rf"\b(?:{names})\s*\(", text)) != 1:
        raise Rejection("call_within_text", f"{text[:200]}: reads like several calls")
    return text
