"""An attempt's requests to models, rebuilt: logs hold replies and digests of requests, and no requests.

The attempt is made once more with the replies that it got, by the same stage, so every request comes about again; that
it is the same one its digest proves, under which the reply was kept. What was asked before there was a task (fields,
tools, sequences) would need the run itself to be made again, with `--backend recorded`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from anyio import to_thread

from synthtools_stream.asking.asker import Asker
from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.asking.reply_json import reply_to_json
from synthtools_stream.asking.reply_source import MemoryReplies
from synthtools_stream.assembly.backends import Backend
from synthtools_stream.assembly.built_stages import BuiltStages
from synthtools_stream.assembly.role_models import router_of
from synthtools_stream.assembly.tool_programs import sandbox_for
from synthtools_stream.chat.language_model import ChatReply, ChatRequest
from synthtools_stream.chat.wire import request_digest, to_body
from synthtools_stream.config import Content, Operating, RunConfig
from synthtools_stream.embeddings.encoder import TfidfEncoder
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection, TransportError, UsageError
from synthtools_stream.recorded.recorded_model import RecordedModel, RecordingInMemory
from synthtools_stream.records import RolloutPlan, Task
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.storage.rundir.run_directory import read_run
from synthtools_stream.values.jsontypes import JsonObject, object_at
from synthtools_stream.values.lineages import lineage
from synthtools_stream.view.model_request import ModelRequest

__all__ = ["requests_of_attempt"]

_NUMBER = re.compile(r"#r(\d+)\Z")


class _Noting(RecordedModel):
    """Answers from the recording, and keeps what it was asked."""

    def __init__(self, recording: RecordingInMemory, model: str, noted: list[ModelRequest]) -> None:
        super().__init__(recording, model)
        self._noted = noted

    async def chat(self, request: ChatRequest) -> ChatReply:
        reply = await super().chat(request)
        role = request.schema_name or "agent_native"
        self._noted.append(ModelRequest(role, request_digest(request), to_body(request), reply_to_json(reply)))
        return reply


async def requests_of_attempt(run: Path, task: Task, attempt_id: str) -> Sequence[ModelRequest]:
    """Return the requests of an attempt at a task, in the order in which they were made, each with its reply.

    :raises UsageError: when they cannot be rebuilt, with the reason.
    :raises LogDamage: for a damaged log of replies.
    """
    config, prompts = _asked_as(run)
    number = _NUMBER.search(attempt_id)
    if number is None:
        raise UsageError(f"{attempt_id}: the attempt of an agent that somebody brought; its requests were not ours")
    replies = await to_thread.run_sync(lambda: dict(_replies(run, task.id, attempt_id)))
    noted: list[ModelRequest] = []
    recording = RecordingInMemory(replies)
    models = {heading: role.model for heading, role in config.content.roles.items() if role.model}
    backend = Backend(
        _Noting(recording, config.content.model, noted),
        {heading: _Noting(recording, name, noted) for heading, name in models.items()},
    )
    router = router_of(config, backend)
    stage = BuiltStages(config.content, router, prompts.digest, TfidfEncoder()).rollout()
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(sandbox_for(config, lambda _line: None))
        context = Context(
            stage=stage.name,
            item=attempt_id,
            session=task.meta.environment or task.id,
            asker=Asker(router, prompts, MemoryReplies(), seed=config.content.seed),
            sandbox=sandbox,
        )
        try:
            await stage.process(RolloutPlan(id=attempt_id, task=task, attempt=int(number[1])), context)
        except (TransportError, Rejection) as error:
            if not noted:
                why = "its replies are not in the log of replies any more" if not replies else f"{error}"
                raise UsageError(f"{attempt_id}: its requests cannot be rebuilt: {why}") from error
    return noted


def _asked_as(run: Path) -> tuple[RunConfig, PromptLibrary]:
    record = read_run(run)
    if record is None:
        raise UsageError(f"{run}: requests can be rebuilt from run directories only, which hold the replies")
    content = {**object_at(record, "content")}
    digest = content.pop("prompts", None)
    prompts = PromptLibrary.load(None)
    if prompts.digest != digest:
        raise UsageError(f"{run}: was asked with other prompts than this version's, so requests cannot be rebuilt")
    return RunConfig(content=Content.model_validate(content), operating=Operating()), prompts


def _replies(run: Path, *items: str) -> Iterator[tuple[str, JsonObject]]:
    """Yield digest and reply of everything that was asked for some items; of two under one digest the first."""
    wanted = set(map(lineage, items))
    seen: set[str] = set()
    for logged in read_replies(run):
        if lineage(logged.item) in wanted and logged.digest not in seen:
            seen.add(logged.digest)
            yield logged.digest, logged.reply
