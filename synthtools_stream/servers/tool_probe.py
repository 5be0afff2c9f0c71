"""What a server makes of tools: refuses them, takes them, or takes them and hands its model's calls on as text."""

from __future__ import annotations

from dataclasses import dataclass

from synthtools_stream.chat.language_model import ChatReply, Message, ToolCall
from synthtools_stream.chat.thoughts import without_reasoning
from synthtools_stream.errors import Rejection, UsageError
from synthtools_stream.servers.probe_questions import Questions
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["TOOL_FLAGS", "ToolUse", "check_native", "probe_tools"]

TOOL_FLAGS = "vLLM --enable-auto-tool-choice --tool-call-parser NAME, SGLang --tool-call-parser NAME, llama.cpp --jinja"
"""How servers are told to read their model's calls."""
_TOOL_NAME = "tell_time"
_TOOL: JsonObject = {
    "type": "function",
    "function": {
        "name": _TOOL_NAME,
        "description": "Tell the time.",
        "parameters": {"type": "object", "properties": {}},
    },
}
_WORDINGS = ("What is the time?", "Call the tool that tells the time.", "Tell me the time, by your tool.")
"""Questions that a tool answers: a model that writes a call as text once may make one properly the next time."""


@dataclass(frozen=True)
class ToolUse:
    """What became of requests with tools."""

    refused: str = ""
    """What the server said where it refused them; empty where it takes them."""
    calls: int = 0
    """Calls that came as calls."""
    texts: int = 0
    """Calls that came as text: the server has no parser for this model's calls."""


async def probe_tools(questions: Questions) -> ToolUse:
    """Ask for a call, again as long as only text comes, then with a dialogue in which tools were called."""
    calls = texts = 0
    try:
        for wording in _WORDINGS:
            reply = await questions.ask(wording, tools=(_TOOL,))
            calls += bool(reply.tool_calls)
            texts += _wrote_call(reply)
            if calls or not texts:
                break
    except Rejection as error:
        return ToolUse(error.detail)
    return ToolUse(await _history_refused(questions), calls, texts)


def check_native(root: str, use: ToolUse) -> None:
    """See that an agent can make native calls on the server at `root`.

    :raises UsageError: if it cannot; one line with what helps.
    """
    if use.refused:
        raise UsageError(
            f"{root} refuses tools, which --mode native needs ({use.refused[:200]}); take --mode json, or start the"
            f" server so that it takes them: {TOOL_FLAGS}"
        )
    if use.texts == len(_WORDINGS):
        raise UsageError(
            f"{root} hands every call on as text, so that --mode native has none; take --mode json, or start the server"
            f" with a parser for this model's calls: {TOOL_FLAGS}"
        )


async def _history_refused(questions: Questions) -> str:
    """Return how a dialogue is refused in which tools were called, two at once, and the user went on; empty if not."""
    calls = (ToolCall("call_0000_0", _TOOL_NAME, "{}"), ToolCall("call_0000_1", _TOOL_NAME, "{}"))
    said = (
        Message("assistant", None, tool_calls=calls),
        *(Message("tool", '{"time": "12:00"}', tool_call_id=call.id) for call in calls),
        Message("assistant", "It is noon."),
        Message("user", "And now?"),
    )
    try:
        await questions.ask(_WORDINGS[0], tools=(_TOOL,), history=said)
    except Rejection as error:
        return error.detail if error.reason == "refused_request" else ""
    return ""


def _wrote_call(reply: ChatReply) -> bool:
    return not reply.tool_calls and _TOOL_NAME in without_reasoning(reply.text)
