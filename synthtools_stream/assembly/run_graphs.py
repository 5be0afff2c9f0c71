"""The tool graphs of a run, made again from its rows and its reply log, for whoever wants to look at them."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from synthtools_stream.asking.origin import Origin
from synthtools_stream.asking.reply_source import MemoryReplies, Replies
from synthtools_stream.assembly.run_inputs import tool_pools
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.config import Embeddings
from synthtools_stream.embeddings.encoder import ROLE, SENTENCE_THRESHOLD, Encoder, ModelEncoder, TfidfEncoder
from synthtools_stream.errors import UsageError
from synthtools_stream.recorded.recorded_model import RecordedModel, RecordingInMemory
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.storage.rundir.run_directory import read_run
from synthtools_stream.toolgraph.tool_graph import Graph, part_texts, tool_graph
from synthtools_stream.values.jsontypes import object_at

__all__ = ["encoder_for", "run_graphs"]


def encoder_for(settings: Embeddings, model: LanguageModel | None, replies: Replies) -> Encoder:
    """Return the encoder that is configured; its `model`, if it has one, is asked through `replies`."""
    if model is None:
        return TfidfEncoder(settings.threshold)
    return ModelEncoder(model, replies, SENTENCE_THRESHOLD if settings.threshold is None else settings.threshold)


async def run_graphs(
    directory: Path, tools_file: Path | None = None, only: Container[str] | None = None
) -> dict[str, Graph]:
    """Return the graph of every environment of a run that has tools, by environment id, as the run had it.

    Of a run that began with a file of tools, that file is `tools_file`; others have theirs in the directory. With
    `only`, those of environments of these lineages, and only their tools are held.

    :raises UsageError: where there is no run, or no tools.
    :raises TransportError: where the log holds the vectors no more, as after `compact`.
    """
    record = read_run(directory)
    if record is None:
        raise UsageError(f"{directory}: there is no run here")
    settings = Embeddings.model_validate(object_at(object_at(record, "content"), "embeddings"))
    model = None if settings.encoder == "tfidf" else _recorded(directory, settings.model)
    encoder = encoder_for(settings, model, Replies(MemoryReplies()))
    graphs: dict[str, Graph] = {}
    for pool in tool_pools(tools_file or directory / "tools.jsonl", only):
        tools = [entry.tool for entry in pool.tools]
        origin = Origin(stage="sequencing", item=pool.id, session=pool.id)
        likeness = await encoder.likeness(part_texts(tools), origin)
        graphs[pool.id] = tool_graph(tools, pool.setting.entity_types, likeness, encoder.threshold)
    return graphs


def _recorded(directory: Path, model: str) -> LanguageModel:
    vectors = {logged.digest: logged.reply for logged in read_replies(directory) if logged.role == ROLE}
    return RecordedModel(RecordingInMemory(vectors), model)
