"""Which servers are told that an agent will make native tool calls there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

import pytest

from synthtools_stream.assembly.backends import open_backend
from synthtools_stream.assembly.shared_servers import Servers
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.config import RunConfig
from synthtools_stream.recorded.scripted_model import ScriptedModel
from synthtools_stream.values.jsontypes import JsonObject

AGENT: JsonObject = {"agent": {"model": "other"}}


@pytest.mark.parametrize(
    ("options", "native"),
    [
        ({"mode": "native"}, {"own": True}),
        ({"mode": "json"}, {"own": False}),
        ({"mode": "native", "stop_after": "summarizing"}, {"own": False}),
        ({"mode": "native", "roles": AGENT}, {"own": False, "other": True}),
        (
            {"mode": "native", "roles": {**AGENT, "judge": {"model": "third"}}},
            {"own": False, "other": True, "third": False},
        ),
        ({"mode": "native", "roles": {"agent_json": {"model": "other"}}}, {"own": True, "other": False}),
    ],
)
async def test_who_must_take_tools(
    monkeypatch: pytest.MonkeyPatch, options: JsonObject, native: dict[str, bool]
) -> None:
    """Only the model that plays the agent of a native rollout must."""
    asked: dict[str, bool] = {}

    async def open_server(_self: Servers, _urls: Sequence[str], model: str, *, native: bool = False) -> LanguageModel:
        asked[model] = native
        return ScriptedModel([], model=model)

    monkeypatch.setattr(Servers, "open", open_server)
    config = RunConfig.build({"backend": "http", "server_url": ["http://h"], "model": "own", **options})
    async with AsyncExitStack() as stack:
        await open_backend(config, stack)
    assert asked == native
