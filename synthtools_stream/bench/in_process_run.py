"""Run the pipeline in this process with any model, and hand back how every item left every stage."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from synthtools_stream.asking.asker import Asker
from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.asking.reply_source import MemoryReplies
from synthtools_stream.assembly.backends import open_backend
from synthtools_stream.assembly.role_models import router_of
from synthtools_stream.assembly.run_inputs import Start
from synthtools_stream.assembly.tool_programs import sandbox_for
from synthtools_stream.assembly.wiring import Wiring
from synthtools_stream.bench.findings import note
from synthtools_stream.chat.language_model import LanguageModel, Usage
from synthtools_stream.config import RunConfig
from synthtools_stream.storage.journal.outcome import Outcome
from synthtools_stream.storage.journal.outcomes import Journal

__all__ = ["Ran", "run_in_process"]


@dataclass
class Ran:
    """What a run came to."""

    model: str
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    calls: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """Requests that reached the model, by stage and role."""
    usage: defaultdict[tuple[str, str], Usage] = field(default_factory=lambda: defaultdict(Usage))
    """What they took, likewise."""

    def of_stage(self, stage: str) -> list[Outcome]:
        """Return the outcomes of one stage."""
        return [outcome for outcome in self.outcomes if outcome.stage == stage]

    def on_reply(self, *, stage: str, role: str, usage: Usage, from_log: bool, latency_s: float) -> None:  # noqa: ARG002 - as in AskObserver
        """Count a request."""
        if not from_log:
            self.calls[stage, role] += 1
            self.usage[stage, role] += usage


async def run_in_process(config: RunConfig, start: Start, wrap: Callable[[LanguageModel], LanguageModel]) -> Ran:
    """Run to the end on the configured backend, its model wrapped; nothing is kept on disk."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory()))
        backend = await open_backend(config, stack)
        ran = Ran(backend.model.model)
        journal = await Journal.open(directory, "bench")
        stack.push_async_callback(journal.aclose)
        journal.subscribe(ran.outcomes.append)
        prompts = PromptLibrary.load()
        roles = {heading: wrap(model) for heading, model in backend.roles.items()}
        router = router_of(config, replace(backend, model=wrap(backend.model), roles=roles))
        asker = Asker(router, prompts, MemoryReplies(), seed=config.content.seed, observer=ran)
        sandbox = await stack.enter_async_context(sandbox_for(config, note("run")))
        pipeline = Wiring(config, journal, asker, router, prompts.digest, sandbox=sandbox).build(start)
        await pipeline.run()
    return ran
