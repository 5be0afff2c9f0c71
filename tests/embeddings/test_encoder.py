"""Encoders: a model is asked once for each text, and answers from the log after that."""

from __future__ import annotations

import pytest

from synthtools_stream.asking.origin import Origin
from synthtools_stream.asking.reply_source import MemoryReplies, Replies
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Usage
from synthtools_stream.chat.vector_text import vectors_text
from synthtools_stream.embeddings.encoder import BATCH, SENTENCE_THRESHOLD, ModelEncoder, TfidfEncoder
from synthtools_stream.errors import UnreadableAnswer


class Letters:
    """An embedding model whose vectors count letters; says nothing of use if it is `broken`."""

    model = "letters"

    def __init__(self, *, broken: bool = False) -> None:
        self.requests: list[ChatRequest] = []
        self.broken = broken

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Return how often each letter stands in the texts."""
        self.requests.append(request)
        counted = [[(message.content or "").count(letter) + 0.01 for letter in "abcde"] for message in request.messages]
        return ChatReply("hello" if self.broken else vectors_text(counted), usage=Usage(len(counted)))

    async def aclose(self) -> None:
        """Hold nothing."""


def origin() -> Origin:
    """Return a stage that works on one environment."""
    return Origin(stage="sequencing", item="farms_spec_000", session="farms_spec_000")


async def test_words_need_no_model() -> None:
    """The default compares what texts share, and leaves the threshold to the graph's degree."""
    encoder = TfidfEncoder()
    likeness = await encoder.likeness(["a fee", "fees", "berth"], origin())
    assert likeness("a fee", "fees") > likeness("a fee", "berth")
    assert encoder.threshold is None
    assert TfidfEncoder(0.5).threshold == 0.5


async def test_cosines_of_a_models_vectors() -> None:
    """Likeness is the cosine of what the model returned, and its threshold that of sentence encoders."""
    encoder = ModelEncoder(Letters(), Replies(MemoryReplies()))
    likeness = await encoder.likeness(["aab", "aaaabb", "cd"], origin())
    assert likeness("aab", "aaaabb") == pytest.approx(1, abs=2e-3)
    assert likeness("aab", "cd") == pytest.approx(0, abs=3e-2)
    assert encoder.threshold == SENTENCE_THRESHOLD


async def test_a_resume_asks_nothing_twice() -> None:
    """What stands in the log is not asked for again, in whatever order the texts come; tokens count as before."""
    log, first, second = MemoryReplies(), Letters(), Letters()
    one, other = origin(), origin()
    likeness = await ModelEncoder(first, Replies(log)).likeness(["a", "bc", "a"], one)
    again = await ModelEncoder(second, Replies(log)).likeness(["bc", "a"], other)
    assert (len(first.requests), len(second.requests)) == (1, 0)
    assert [message.content for message in first.requests[0].messages] == ["a", "bc"]
    assert likeness("a", "bc") == again("a", "bc")
    assert one.usage == other.usage
    assert (one.usage.requests, one.usage.prompt_tokens) == (1, 2)


async def test_many_texts_go_in_batches() -> None:
    """No request holds more texts than servers take; requests are told apart and say who asks."""
    model = Letters()
    texts = [f"text {number}" for number in range(2 * BATCH + 1)]
    likeness = await ModelEncoder(model, Replies(MemoryReplies())).likeness(texts, origin())
    assert sorted(len(request.messages) for request in model.requests) == [1, BATCH, BATCH]
    assert len({request.seed for request in model.requests}) == 3
    assert {(request.stage, request.session) for request in model.requests} == {("sequencing", "farms_spec_000")}
    assert likeness(texts[0], texts[-1]) > 0


async def test_no_vectors_are_no_answer() -> None:
    """What cannot be read is a fault of the server: the environment is tried by the next run."""
    encoder = ModelEncoder(Letters(broken=True), Replies(MemoryReplies()))
    with pytest.raises(UnreadableAnswer, match="letters: the embeddings cannot be read"):
        await encoder.likeness(["a"], origin())
