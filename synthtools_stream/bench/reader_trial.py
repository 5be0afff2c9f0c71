"""The reader of requests, measured against requests with one known mistake: found, missed, and good ones refused.

The tasks are made in this process by a run in which every reader says yes, so that none is kept out that the reader
would refuse. Then the reader is asked as a run asks it, about each request as it is and altered in every way that fits.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import orjson

from synthtools_stream.asking.asker import Asker
from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.asking.reply_source import MemoryReplies
from synthtools_stream.assembly.backends import open_backend
from synthtools_stream.assembly.role_models import router_of
from synthtools_stream.assembly.run_inputs import Start
from synthtools_stream.bench.defects.read_requests import read_requests
from synthtools_stream.bench.in_process_run import run_in_process
from synthtools_stream.bench.reader_figures import ReaderFigures
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, LanguageModel
from synthtools_stream.config import RunConfig
from synthtools_stream.engine.stage import Context
from synthtools_stream.records import Task
from synthtools_stream.roles.evolution_roles import READER, ReaderOutput

__all__ = ["measure_reader"]

_YES = orjson.dumps(ReaderOutput(reasoning="", faults=[], complete=True, wrong=False).to_json()).decode()


async def measure_reader(config: RunConfig, start: Start) -> tuple[str, ReaderFigures]:
    """Make tasks and have their requests read, good and altered; returns whose figures they are, too."""
    ran = await run_in_process(config, start, Indulgent)
    tasks = [Task.from_json(row) for outcome in ran.of_stage("summarizing") for row in outcome.outputs]
    figures = ReaderFigures()
    async with AsyncExitStack() as stack:
        backend = await open_backend(config, stack)
        router = router_of(config, backend)
        asker = Asker(router, PromptLibrary.load(), MemoryReplies(), seed=config.content.seed)
        readings = await stack.enter_async_context(asyncio.TaskGroup())
        for task in tasks:
            readings.create_task(_read(task, asker, figures, config.content.seed))
    return router.route(READER.name).model, figures


async def _read(task: Task, asker: Asker, figures: ReaderFigures, seed: int) -> None:
    context = Context(stage="summarizing", item=task.id, session=task.meta.environment, asker=asker)
    for kind, alarm, unsure, story in await read_requests(task, context, seed):
        figures.add(kind, story, alarm=alarm, unsure=unsure)


@dataclass(frozen=True)
class Indulgent:
    """A language model whose reader finds every request right."""

    behind: LanguageModel

    @property
    def model(self) -> str:
        """Name of the model behind."""
        return self.behind.model

    async def aclose(self) -> None:
        """Close the model behind."""
        await self.behind.aclose()

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer one request."""
        reply = await self.behind.chat(request)
        return replace(reply, text=_YES) if request.schema_name == READER.name else reply
