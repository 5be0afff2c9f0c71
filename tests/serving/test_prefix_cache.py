"""The imitated prefix cache."""

from __future__ import annotations

from synthtools_stream.chat.language_model import Message
from synthtools_stream.serving.prefix_cache import BLOCK_CHARS, PrefixCache, prompt_text


def test_first_sight_is_no_hit() -> None:
    """Nothing of a new prompt is cached; all of its full blocks are the next time."""
    cache = PrefixCache()
    prompt = "a" * (3 * BLOCK_CHARS + 100)
    assert cache.look_up(prompt) == 0.0
    assert cache.look_up(prompt) == 3 * BLOCK_CHARS / len(prompt)


def test_only_common_beginning_counts() -> None:
    """Prompts that differ in their first block share nothing, however equal the rest is."""
    cache = PrefixCache()
    rest = "r" * (2 * BLOCK_CHARS)
    cache.look_up("a" * BLOCK_CHARS + rest)
    assert cache.look_up("b" * BLOCK_CHARS + rest) == 0.0
    assert cache.look_up("a" * BLOCK_CHARS + "x" * 2 * BLOCK_CHARS) == 1 / 3


def test_short_prompt_never_hits() -> None:
    """A prompt shorter than a block, or empty, is never cached."""
    cache = PrefixCache()
    assert [cache.look_up(prompt) for prompt in ("short", "short", "", "")] == [0.0] * 4


def test_oldest_blocks_forgotten() -> None:
    """The cache holds no more than its blocks; what was used longest ago goes first."""
    cache = PrefixCache(blocks=2)
    for letter in "abac":  # "a" is used again before "c" pushes one out
        cache.look_up(letter * BLOCK_CHARS)
    assert cache.look_up("a" * BLOCK_CHARS) == 1.0
    assert cache.look_up("b" * BLOCK_CHARS) == 0.0


def test_roles_are_part_of_prompt() -> None:
    """The same words from another speaker are another prompt."""
    assert prompt_text([Message("user", "hi")]) != prompt_text([Message("system", "hi")])
