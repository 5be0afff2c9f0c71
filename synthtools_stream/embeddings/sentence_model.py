"""A sentence encoder in our process: WordLlama, whose weights come in its package, so that nothing is downloaded.

It runs on the CPU, without torch: some milliseconds for all texts of an environment. On 30 environments of 8 tools its
graph at the threshold of sentence encoders has 2.5 edges a tool. That of all-MiniLM-L6-v2, which needs torch, has 2.1,
and takes 70 times as long.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, cast

from synthtools_stream.chat.language_model import ChatReply, ChatRequest
from synthtools_stream.chat.vector_text import vectors_text
from synthtools_stream.errors import ConfigError

__all__ = ["SentenceModel"]


class _Rows(Protocol):
    def tolist(self) -> list[list[float]]: ...


class _Embeds(Protocol):
    def embed(self, texts: Sequence[str], norm: bool) -> _Rows: ...


class SentenceModel:
    """The installed sentence encoder; its replies are `vectors_text`. Open it with `SentenceModel.open`."""

    def __init__(self, encoder: _Embeds, name: str) -> None:
        """Take over a loaded encoder; call `SentenceModel.open` instead."""
        self._encoder = encoder
        self._name = name

    @classmethod
    def open(cls) -> SentenceModel:
        """Load the weights, in a fraction of a second; blocks meanwhile.

        :raises ConfigError: where the extra `embeddings` is not installed.
        """
        root = logging.getLogger()
        handlers, level = [*root.handlers], root.level
        try:
            package = import_module("wordllama")
        except ModuleNotFoundError as error:
            raise ConfigError(
                "embeddings.encoder: a local encoder needs the extra: pip install 'synthtools-stream[embeddings]'"
            ) from error
        finally:  # the package sets up everybody's logging when it is imported
            root.handlers[:] = handlers
            root.setLevel(level)
        # Its own folder serves as the cache: there the tokenizer lies, which it would download.
        folder = Path(str(package.__file__)).parent
        loaded = package.WordLlama.load(cache_dir=folder, disable_download=True)
        return cls(cast("_Embeds", loaded), f"wordllama-{version('wordllama')}")

    @property
    def model(self) -> str:
        """Name of the encoder with its version: another one may have other vectors."""
        return self._name

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Return the vectors of the request's messages; a thousand texts take some milliseconds."""
        rows = self._encoder.embed([message.content or "" for message in request.messages], norm=True)
        return ChatReply(vectors_text(rows.tolist()), model=self._name)

    async def aclose(self) -> None:
        """Hold nothing."""
