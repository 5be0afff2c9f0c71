"""`pivot`: one row a turn on which a task's outcome hung, for single-step training as PivotRL does it.

Which turns those are is `pivot_turns`' affair. A row has what the agent had seen, as OpenAI's Responses API has it, and
the action to be taken. The server compares single calls, so parallel ones stand one after the other.

Source: NeMo Gym, `resources_servers/single_step_tool_use_with_argument_comparison`; PivotRL (2026).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from synthtools_stream.errors import Rejection
from synthtools_stream.export.chat_messages import Said, conversation_of
from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.export.export_format import Choices, ExportFormat, LeftOut, Line, Made, line
from synthtools_stream.export.selection import Only, outcome
from synthtools_stream.export.trainer_rows.pivot_turns import Pivot, Tried, pivot_turns
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["PivotRows"]

_DIGITS = 6
"""Of a variance: sums of thirds differ in the last ones."""


class PivotRows(ExportFormat):
    """`{"responses_create_params", "expected_action", …}`, a line a pivot."""

    name = "pivot"
    read_by = "NeMo Gym's single_step_tool_use_with_argument_comparison, which PivotRL trains with"
    needs = frozenset({Kind.trajectories})

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Line | LeftOut]:
        """Return the pivots among the attempts at a task."""
        attempts: list[Tried] = []
        for attempt in group.attempts:
            counts = outcome(attempt)
            try:
                if counts is not None:
                    conversation = conversation_of(attempt, choices).serial()
                    attempts.append(Tried(attempt.id, conversation, counts is Only.passed))
            except Rejection as rejection:
                yield LeftOut(attempt.id, rejection.reason, rejection.detail)
        yield from (line(f"{part}.jsonl", _row(group.task_id, pivot)) for pivot in pivot_turns(attempts))

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"""`{made.parts[0]}.jsonl` is a data set of NeMo Gym's: name it as `jsonl_fpath` of the agent before
`single_step_tool_use_with_argument_comparison`.

A turn is here where attempts that had made the same calls, with the same answers, went on differently and fared
differently. `outcome_variance` is that of the outcomes (1 solved, 0 not) of the `attempts` that came there, and
`action_variance` the part of it that lies between their actions. `expected_action` is the action of those that fared
best. Export without `--only`: it takes passed and failed attempts to find a pivot."""


def _row(task_id: str, pivot: Pivot) -> JsonObject:
    messages = pivot.tried.conversation.messages
    tools: list[Json] = [
        {"type": "function", **object_at(tool, "function"), "strict": False} for tool in pivot.tried.conversation.tools
    ]
    return {
        "responses_create_params": {
            "input": [*_items(messages[: pivot.at])],
            "tools": tools,
            "parallel_tool_calls": False,
        },
        "expected_action": _expected(messages[pivot.at]),
        "id": f"{pivot.tried.id}/{pivot.turn}",
        "task_id": task_id,
        "turn": pivot.turn,
        "attempts": pivot.attempts,
        "solved": pivot.solved,
        "outcome_variance": round(pivot.variance, _DIGITS),
        "action_variance": round(pivot.between, _DIGITS),
    }


def _expected(said: Said) -> JsonObject:
    if said.calls:
        return {"type": "function_call", "name": said.calls[0].name, "arguments": said.calls[0].arguments_text}
    return {"type": "message", "content": said.content or ""}


def _items(messages: Sequence[Said]) -> Iterator[JsonObject]:
    """Yield messages as items of the Responses API."""
    for index, said in enumerate(messages):
        if said.speaker == "tool":
            yield {"type": "function_call_output", "call_id": said.call_id, "output": said.content or ""}
            continue
        if said.reasoning:
            told: JsonObject = {"type": "summary_text", "text": said.reasoning}
            yield {"type": "reasoning", "id": f"rs_{index:04}", "summary": [told]}
        if said.content:
            yield {"type": "message", "role": said.speaker, "content": said.content}
        for call in said.calls:
            yield {
                "type": "function_call",
                "call_id": call.id,
                "name": call.name,
                "arguments": call.arguments_text,
            }
