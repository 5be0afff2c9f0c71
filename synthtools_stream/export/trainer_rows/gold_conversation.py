"""A proven task as the conversation that its plan foresees: a pure function of the row, and judged like any attempt.

The user says what the plan says, acts included; the assistant asks where a value is held back, makes the ground-truth
calls (at once those that are asked for together), and tells what each line asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from synthtools_stream.errors import Rejection
from synthtools_stream.export.chat_messages import Call, Conversation, Said
from synthtools_stream.export.export_format import SystemText
from synthtools_stream.proof.exchanges import exchanges
from synthtools_stream.proof.told.bare_answers import last_key
from synthtools_stream.proof.verdict import judge_attempt
from synthtools_stream.records import Step, Task, VerdictKind
from synthtools_stream.records.twist import Expected
from synthtools_stream.state import now_of
from synthtools_stream.toolcalls import WireNames, openai_function, parse_call
from synthtools_stream.values.json_pointers import leaf_values, resolve
from synthtools_stream.values.jsontypes import Json

__all__ = ["gold_conversation"]


def gold_conversation(task: Task, system: SystemText = "keep") -> Conversation:
    """Return the conversation; its system message tells the time alone, if any.

    :raises Rejection: when the task has no planned dialogue, is not to be done as it stands, or is not solved by it.
    """
    twist = task.meta.twist
    if not task.dialogue or len(task.dialogue) != len(task.steps):
        raise Rejection("no_dialogue", "the task has no planned dialogue")
    if twist is not None and (twist.expects is not Expected.done or twist.fails_once):
        raise Rejection("not_done", f"the variant {task.meta.variant} is not done as it is planned")
    names = WireNames(tool.tool_name for tool in task.tools)
    messages = [*_messages(task, names)]
    told = "\n".join(said.content or "" for said in messages if said.speaker == "assistant")
    verdict = judge_attempt(task, task.final_state, told)
    if verdict.kind is not VerdictKind.solved:
        raise Rejection(verdict.kind, "; ".join(verdict.reasons))
    now = now_of(task.initial_state)
    head = [Said("system", f"The time is {now}.")] if now and system != "drop" else []
    return Conversation((*head, *messages), tuple(openai_function(tool, names) for tool in task.tools))


def _messages(task: Task, names: WireNames) -> Iterator[Said]:
    made = 0
    for one in exchanges(task.dialogue):
        yield Said("user", one.opening)
        if one.reply:
            yield Said("assistant", one.reply)
            yield Said("user", one.follow_up)
        steps = [task.steps[step] for step in one.steps]
        calls = [_call(made + place, step, names) for place, step in enumerate(steps, start=1)]
        made += len(calls)
        yield Said("assistant", None, calls=tuple(calls))
        for call, step in zip(calls, steps, strict=True):
            result = orjson.dumps({"status_code": step.status_code, "response": step.response}).decode()
            yield Said("tool", result, call_id=call.id, tool=call.name)
        yield Said(
            "assistant", " ".join(dict.fromkeys(part for index in one.steps for part in _told(task.steps[index])))
        )


def _call(number: int, step: Step, names: WireNames) -> Call:
    call = parse_call(step.call)
    return Call(f"call_{number:04d}", names.on_wire(call.name), call.arguments)


def _told(step: Step) -> Iterator[str]:
    """Yield what is told of a step: each value with its name and whose it is."""
    if not step.answer:
        made = [change.id for change in step.changes if change.op == "create"]
        yield f"Done, under {made[0]}." if len(made) == 1 else "Done."
    for pointer in step.answer:
        value = resolve(step.response, pointer)
        whose = _whose(step, pointer)
        of = f" of {whose}" if whose and whose != value else ""
        yield f"The {last_key(pointer).replace('_', ' ')}{of} is {_shown(value)}."


def _whose(step: Step, pointer: str) -> str:
    """Return the id that stands beside a value, else the only one that the call names; empty where there is none."""
    beside = resolve(step.response, pointer.rpartition("/")[0])
    own = [*_ids(beside)] or [*_ids(parse_call(step.call).arguments)]
    return own[0] if own else ""


def _ids(held: Json) -> Sequence[str]:
    pairs = held.items() if isinstance(held, dict) else ()
    return [value for key, value in pairs if key.endswith("_id") and isinstance(value, str)]


def _shown(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        return ", ".join(str(part) for part in leaf_values(value)) or "nothing"
    return f"{value:g}" if isinstance(value, float) and abs(value) < 100000 else str(value)
