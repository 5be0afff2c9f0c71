"""What a user cannot know: ids that were minted on the way, texts that only tools told, and the names of tools.

One rule for all who speak for a user: the turns of a dialogue, the request that merges them, and the simulated user of
a rollout. Whoever has heard such a word knows it, so what counts is always what was said before. A tool's name that is
one plain word (`Search`) is no secret: users have that word, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from synthtools_stream.records.change import Change
from synthtools_stream.records.tool import Tool
from synthtools_stream.values.json_pointers import leaf_values
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.wording.whole_words import holds_word

__all__ = ["SHORTEST_SECRET", "Answered", "Secrets"]

SHORTEST_SECRET = 4
"""Characters from which on a text that a tool told is a secret; shorter ones (`EUR`, `A1`) are said by chance."""
_PLAIN_WORD = re.compile(r"[^\W\d_][a-z]*\Z")
_DOTTED = str.maketrans("\u0130\u0131", "ii")
"""Letters that are an i where case is ignored, though folding leaves them alone."""


class Answered(Protocol):
    """A call that was answered, in a task's ground truth or in an attempt."""

    @property
    def response(self) -> JsonObject:
        """What the tool told."""
        ...

    @property
    def changes(self) -> Sequence[Change]:
        """What the tool did."""
        ...


@dataclass(frozen=True, slots=True)
class Secrets:
    """The words that a user cannot know before somebody has said them, of each kind in order, once."""

    minted: Sequence[str]
    """Ids of what the calls created."""
    told: Sequence[str]
    """Texts of the tools' responses."""
    tools: Sequence[str]
    """Names of the tools."""

    @classmethod
    def of(cls, answered: Iterable[Answered], tools: Iterable[Tool]) -> Secrets:
        """Return what calls and their tools keep from the user."""
        calls = list(answered)
        texts = (value for call in calls for value in leaf_values(call.response) if isinstance(value, str))
        return cls(
            minted=_once(change.id for call in calls for change in call.changes if change.op == "create"),
            told=_once(text for text in texts if len(text) >= SHORTEST_SECRET),
            tools=_once(tool.tool_name for tool in tools if not _PLAIN_WORD.match(tool.tool_name)),
        )

    def unsaid(self, said: str) -> list[str]:
        """Return the secrets that what was said does not hold."""
        return [word for word in self._all() if not holds_word(said, word)]

    def leaks(self, text: str, said: str) -> list[str]:
        """Return the secrets that a text holds, as whole words in any case, and what was said does not."""
        folded = _folded(text)  # most secrets are not even part of a word there: those cost little
        return [
            word
            for word in self._all()
            if _folded(word) in folded and holds_word(text, word) and not holds_word(said, word)
        ]

    def _all(self) -> list[str]:
        return _once([*self.minted, *self.told, *self.tools])


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _folded(text: str) -> str:
    return text.casefold() if text.isascii() else text.translate(_DOTTED).casefold()
