"""The sentence encoder in our process, and what is said where it is not installed."""

from __future__ import annotations

import logging
import sys

import pytest

from synthtools_stream.asking.origin import Origin
from synthtools_stream.asking.reply_source import MemoryReplies, Replies
from synthtools_stream.embeddings.encoder import SENTENCE_THRESHOLD, ModelEncoder
from synthtools_stream.embeddings.sentence_model import SentenceModel
from synthtools_stream.errors import ConfigError

ORIGIN = Origin(stage="sequencing", item="x", session="x")
TEXTS = ["fee: Price of the ticket", "cost: Cost of the ticket", "berth: Where the ship lies"]


async def test_meaning_counts() -> None:
    """What means the same in other words is nearer than what means something else; a text is itself."""
    pytest.importorskip("wordllama")
    root = logging.getLogger()
    handlers, level = [*root.handlers], root.level
    model = SentenceModel.open()
    assert model.model.startswith("wordllama-")
    assert ([*root.handlers], root.level) == (handlers, level), "a library sets up nobody's logging"
    likeness = await ModelEncoder(model, Replies(MemoryReplies())).likeness(TEXTS, ORIGIN)
    assert likeness(TEXTS[0], TEXTS[1]) > 2 * likeness(TEXTS[0], TEXTS[2])
    assert likeness(TEXTS[0], TEXTS[0]) > SENTENCE_THRESHOLD


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package one line says what to install."""
    monkeypatch.setitem(sys.modules, "wordllama", None)
    with pytest.raises(ConfigError, match=r"pip install 'synthtools-stream\[embeddings\]'"):
        SentenceModel.open()
