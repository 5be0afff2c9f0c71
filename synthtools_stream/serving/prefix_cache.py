"""An imitation of a server's prefix cache: which share of a prompt was seen, from its beginning, a short while ago.

The concatenated messages are cut into blocks; each block's key covers everything before it, so that a hit means an
equal prefix. Only full blocks count, and the least recently used ones are forgotten.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from synthtools_stream.chat.language_model import Message

__all__ = ["BLOCK_CHARS", "PrefixCache", "prompt_text"]

BLOCK_CHARS = 512
"""About 128 tokens."""


def prompt_text(messages: Sequence[Message]) -> str:
    """Return the messages as one text, the way a chat template lays them out."""
    return "\n".join(f"{message.role}:{message.content or ''}{_calls(message)}" for message in messages)


class PrefixCache:
    """Remembers the prefixes of recent prompts."""

    def __init__(self, blocks: int = 65_536) -> None:
        self._limit = blocks
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def look_up(self, prompt: str) -> float:
        """Return the share of `prompt` that is cached, 0 to 1, and remember all of it."""
        cached_chars = 0
        unbroken = True
        for key in _block_keys(prompt):
            unbroken = unbroken and key in self._seen
            cached_chars += BLOCK_CHARS * unbroken
            self._remember(key)
        return cached_chars / len(prompt) if prompt else 0.0

    def _remember(self, key: bytes) -> None:
        self._seen[key] = None
        self._seen.move_to_end(key)
        if len(self._seen) > self._limit:
            self._seen.popitem(last=False)


def _block_keys(prompt: str) -> Iterator[bytes]:
    chain = blake2b(digest_size=16)
    for end in range(BLOCK_CHARS, len(prompt) + 1, BLOCK_CHARS):
        chain.update(prompt[end - BLOCK_CHARS : end].encode("utf-8", "surrogatepass"))
        yield chain.digest()


def _calls(message: Message) -> str:
    return "".join(f"{call.name}({call.arguments})" for call in message.tool_calls)
