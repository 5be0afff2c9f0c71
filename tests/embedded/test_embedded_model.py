"""The embedded model as a backend: a pure function of the request, honest about what it sees, erring as told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.chat.language_model import ChatRequest, Message, Sampling, ToolCall
from synthtools_stream.chat.wire import from_body, to_body
from synthtools_stream.embedded import embedded_model
from synthtools_stream.embedded.embedded_model import EmbeddedModel
from synthtools_stream.embedded.error_rates import EmbeddedRates, is_hard
from synthtools_stream.embedded.job import Job, read_job
from synthtools_stream.records import Tool
from synthtools_stream.roles.generation_roles import TOOL
from synthtools_stream.roles.rollout_roles import (
    AGENT_JSON,
    AGENT_NATIVE,
    AgentAction,
    AgentJsonInput,
    AgentNativeInput,
)
from synthtools_stream.roles.simulator_role import SIMULATOR, SimulatorInput, SimulatorOutput, ToolRequest
from synthtools_stream.toolcalls import openai_function
from synthtools_stream.values.jsontypes import Json, JsonObject

DATA = Path(__file__).parent.parent / "data" / "embedded" / "freight.json"
WORLD = json.loads(DATA.read_text(encoding="utf-8"))
TOOLS = {tool["tool_name"]: Tool.model_validate(tool) for tool in WORLD["tools"]}
PROMPTS = PromptLibrary.load()
ALWAYS = replace(EmbeddedRates.none(), simulator_error=1.0)


def asked(seed: int = 1, max_tokens: int = 2048) -> ChatRequest:
    call = ToolRequest(tool_name="CancelBooking", arguments={"booking_id": "BK-1001"})
    value = SimulatorInput(tool=TOOLS["CancelBooking"], state=WORLD["state"], call=call)
    prompt = PROMPTS.render(SIMULATOR, value)
    messages = (Message("system", prompt.system), Message("user", prompt.user))
    return ChatRequest("m", messages, Sampling(max_tokens=max_tokens), seed, SIMULATOR.name, SIMULATOR.schema)


def native(*conversation: Message) -> ChatRequest:
    prompt = PROMPTS.render(
        AGENT_NATIVE, AgentNativeInput(now="2026-03-14T09:00:00", request="Cancel booking BK-1001.")
    )
    messages = (Message("system", prompt.system), Message("user", prompt.user), *conversation)
    tools = tuple(openai_function(tool) for tool in TOOLS.values())
    return ChatRequest("m", messages, Sampling(), 1, tools=tools)


async def test_same_request_same_reply() -> None:
    """The reply is a function of the request; scheduling hints are no part of it."""
    model = EmbeddedModel()
    first = await model.chat(asked())
    assert first == await EmbeddedModel().chat(replace(asked(), stage="rollout", session="env"))
    assert first.model == "embedded-procedural/1"


async def test_wire_changes_nothing() -> None:
    """What stands in the body is all that the answer rests on."""
    model = EmbeddedModel()
    for request in (asked(), native()):
        assert await model.chat(request) == model.complete(request)
        assert model.complete(from_body(to_body(request))) == model.complete(request)


def test_prompted_simulator_answers() -> None:
    """The real prompt is understood, and the reply fulfils the role's output model."""
    reply = EmbeddedModel(EmbeddedRates.none()).complete(asked())
    output = SimulatorOutput.model_validate_json(reply.text)
    assert output.response == {"booking_id": "BK-1001", "status": "cancelled"}
    assert reply.usage.completion_tokens == (len(reply.text) + 3) // 4
    assert reply.finish_reason == "stop"


def test_prompted_agent_answers() -> None:
    """The agent's prompt is understood as well."""
    value = AgentJsonInput(tools=list(TOOLS.values()), now="2026-03-14T09:00:00", request="Cancel booking BK-1001.")
    prompt = PROMPTS.render(AGENT_JSON, value)
    messages = (Message("system", prompt.system), Message("user", prompt.user))
    request = ChatRequest("m", messages, Sampling(), 1, AGENT_JSON.name, AGENT_JSON.schema)
    action = AgentAction.model_validate_json(EmbeddedModel(EmbeddedRates.none()).complete(request).text)
    assert (action.tool_name, action.arguments) == ("CancelBooking", {"booking_id": "BK-1001"})


def test_native_call_then_answer() -> None:
    """With tools and no schema the reply is a tool call, and after its result a closing text."""
    model = EmbeddedModel(EmbeddedRates.none())
    first = model.complete(native())
    assert (first.finish_reason, first.tool_calls[0].name) == ("tool_calls", "CancelBooking")
    assert json.loads(first.tool_calls[0].arguments) == {"booking_id": "BK-1001"}
    called = Message("assistant", None, tool_calls=first.tool_calls)
    result = Message("tool", '{"status_code": 200, "response": {"status": "cancelled"}}', tool_call_id="call_1")
    second = model.complete(native(called, result))
    assert second.tool_calls == ()
    assert second.text == "Done."


def test_token_limit_is_kept() -> None:
    """A reply longer than the limit is cut and says so."""
    reply = EmbeddedModel(EmbeddedRates.none()).complete(asked(max_tokens=5))
    assert (reply.finish_reason, reply.usage.completion_tokens, len(reply.text)) == ("length", 5, 20)


def test_unknown_schema_gets_an_instance() -> None:
    """A schema that no role has is answered by a smallest instance, so that servers can be probed."""
    schema: JsonObject = {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "minimum": 3},
            "word": {"$ref": "#/$defs/w"},
            "left": {"type": "string"},
        },
        "required": ["n", "word"],
        "$defs": {"w": {"enum": ["yes", "no"]}},
    }
    request = ChatRequest("m", (Message("user", "hello"),), Sampling(), 1, "probe_of_server", schema)
    assert json.loads(EmbeddedModel(EmbeddedRates.none()).complete(request).text) == {"n": 3, "word": "yes"}


def test_plain_chat_gets_text() -> None:
    """Without schema and tools there is a short plain answer."""
    reply = EmbeddedModel().complete(ChatRequest("m", (Message("user", "hello"),), Sampling(), 1))
    assert reply.text
    assert reply.finish_reason == "stop"


@pytest.mark.parametrize("seed", range(8))
def test_slips_are_plausible_and_repaired(seed: int) -> None:
    """At rate one every answer is wrong but well formed; told of a problem, the model answers rightly."""
    good = EmbeddedModel(EmbeddedRates.none()).complete(asked(seed)).text
    wrong = EmbeddedModel(ALWAYS).complete(asked(seed)).text
    assert SimulatorOutput.model_validate_json(wrong) != SimulatorOutput.model_validate_json(good)
    told = (Message("assistant", wrong), Message("user", "<problem>that is wrong</problem>"))
    again = replace(asked(seed), messages=(*asked(seed).messages, *told))
    assert EmbeddedModel(ALWAYS).complete(again).text == good


def test_broken_json_at_its_rate() -> None:
    """Malformed replies come as often as the rate says, decided by the seed alone."""
    model = EmbeddedModel(replace(EmbeddedRates.none(), bad_json=0.3))

    def broken(seed: int) -> bool:
        try:
            json.loads(model.complete(asked(seed)).text)
        except json.JSONDecodeError:
            return True
        return False

    count = sum(broken(seed) for seed in range(200))
    assert 40 <= count <= 80


def test_hard_tools_keep_their_share_renamed() -> None:
    """Which tools are hard to emulate does not hang on their names."""
    tools = cast(list[JsonObject], WORLD["tools"])
    plain = [is_hard(tool, 0.5) for tool in tools]
    assert set(plain) == {True, False}
    renamed: list[JsonObject] = []
    for tool in tools:
        parameters = cast(dict[str, Json], tool["parameters"])
        usage = str(tool["usage"])
        for index, name in enumerate(parameters):
            usage = usage.replace(f"{name} must", f"qx{index} must")
        specs: JsonObject = {f"qx{index}": spec for index, spec in enumerate(parameters.values())}
        renamed.append({**tool, "tool_name": "Other", "parameters": specs, "usage": usage})
    assert [is_hard(tool, 0.5) for tool in renamed] == plain


def test_bugs_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error inside the model that no request can cause comes out of it."""

    def broken(_: Job) -> JsonObject:
        raise KeyError("a bug")

    monkeypatch.setattr(embedded_model, "ROLES", {SIMULATOR.name: broken})
    messages = (Message("user", '<tool>{"tool_name": "A"}</tool>'),)
    request = ChatRequest("m", messages, Sampling(), 1, SIMULATOR.name, SIMULATOR.schema)
    with pytest.raises(KeyError, match="a bug"):
        EmbeddedModel(EmbeddedRates.none()).complete(request)


def test_absent_tags_are_survived() -> None:
    """A request that lacks what its role needs is answered with the smallest thing that fits the schema."""
    messages = (Message("user", '<scenario>"Move bookings."</scenario><signature>[]</signature>'),)
    request = ChatRequest("m", messages, Sampling(), 1, TOOL.name, TOOL.schema)
    answer = json.loads(EmbeddedModel(EmbeddedRates.none()).complete(request).text)
    assert set(answer) >= {"tool_description", "parameters", "output_details"}


def test_deep_nesting_is_survived() -> None:
    """Results nested nearly as deep as JSON may be do not bring the model down, in tags or in native results."""
    deep = '{"a":' * 900 + "1" + "}" * 900
    done = f'{{"status_code": 200, "response": {deep}}}'
    answered = EmbeddedModel(EmbeddedRates.none()).complete(
        native(
            Message("assistant", None, (ToolCall("c1", "GetBooking", '{"booking_id": "BK-1001"}'),)),
            Message("tool", done, tool_call_id="c1"),
        )
    )
    assert answered.text or answered.tool_calls
    tools = json.dumps([tool.to_json() for tool in TOOLS.values()])
    tags = (
        f'<tools>{tools}</tools><now>""</now><user_turn>"Cancel that booking."</user_turn>'
        f'<dialogue>[{{"user": "x", "call": "A()", "response": {deep}}}]</dialogue>'
    )
    request = ChatRequest("m", (Message("user", tags),), Sampling(), 1, "solver", {"type": "object"})
    assert EmbeddedModel(EmbeddedRates.none()).complete(request).text


def test_garbage_is_survived() -> None:
    """A request whose tags hold nonsense is still answered with something that fits the schema."""
    messages = (Message("user", '<tool>{"parameters": 3}</tool><call>[]</call><state>"x"</state>'),)
    request = ChatRequest("m", messages, Sampling(), 1, SIMULATOR.name, SIMULATOR.schema)
    SimulatorOutput.model_validate_json(EmbeddedModel(EmbeddedRates.none()).complete(request).text)


def test_tag_that_a_prompt_mentions_is_not_its_input() -> None:
    """Where a server takes no system message, the prompt stands before its input, and may speak of its tags."""
    told = 'Mind `<now>`, the time.\n\n<now>"2026-04-09T11:00:00"</now>\n<request>"Say <now>x</now>."</request>'
    job = read_job(ChatRequest(model="m", messages=(Message("user", told),), sampling=Sampling(), seed=0))
    assert (job.text("now"), job.text("request")) == ("2026-04-09T11:00:00", "Say <now>x</now>.")
