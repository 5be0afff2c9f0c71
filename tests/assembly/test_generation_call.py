"""`generate`: a run from inside a program, with a model of the program's own."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from synthtools_stream.assembly.generation_call import generate
from synthtools_stream.chat.language_model import ChatReply, ChatRequest
from synthtools_stream.embedded import EmbeddedModel
from synthtools_stream.errors import ConfigError
from synthtools_stream.values.jsontypes import JsonObject

OPTIONS: JsonObject = {"fields": ["Horse Racing"], "sequences": 1, "tools_as": "simulated"}


class _Counted(EmbeddedModel):
    """Counts its requests, and hangs once `most` of them are answered."""

    def __init__(self, most: int | None = None) -> None:
        super().__init__()
        self.most = most
        self.answered = 0
        self.full = asyncio.Event()
        self.closed = False

    async def chat(self, request: ChatRequest) -> ChatReply:
        if self.answered == self.most:
            self.full.set()
            await asyncio.Event().wait()
        self.answered += 1
        return await super().chat(request)

    async def aclose(self) -> None:
        self.closed = True


def _rows(directory: Path) -> list[bytes]:
    return sorted((directory / "task_content.jsonl").read_bytes().splitlines())


async def test_it_runs_beside_the_programs_own_work(tmp_path: Path) -> None:
    """The model that is given answers everything and is left open; the program's signal handlers stay in place."""
    loop, heard = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, heard.set)
    model, told = _Counted(), list[str]()
    try:
        summary = await generate(OPTIONS, tmp_path, model=model, notice=told.append)
        signal.raise_signal(signal.SIGTERM)
        await heard.wait()
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
    assert summary.rows["tasks"] == len(_rows(tmp_path)) == 1
    assert model.answered
    assert not model.closed
    assert "brought along" in told[0]


async def test_cancelled_it_goes_on_where_it_was(tmp_path: Path) -> None:
    """A call that is cancelled has lost nothing: the same call asks only what was not answered."""
    whole = _Counted()
    await generate(OPTIONS, tmp_path / "whole", model=whole)
    half = _Counted(most=whole.answered // 2)
    call = asyncio.create_task(generate(OPTIONS, tmp_path / "half", model=half))
    await half.full.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    rest = _Counted()
    await generate(OPTIONS, tmp_path / "half", model=rest)
    assert half.answered + rest.answered == whole.answered
    assert _rows(tmp_path / "half") == _rows(tmp_path / "whole")


async def test_wrong_options_are_one_line(tmp_path: Path) -> None:
    """As in a configuration file, and before anything is made."""
    with pytest.raises(ConfigError, match="sequence"):
        await generate({"sequenzes": 3}, tmp_path / "out")
    assert not (tmp_path / "out").exists()
