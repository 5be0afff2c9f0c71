"""On whose behalf a role is asked, and on whose meter its tokens count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from synthtools_stream.chat.language_model import Usage
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Origin", "UsageMeter"]


@dataclass
class UsageMeter:
    """What one item has cost: the tokens of accepted replies, and how many replies were read to get them.

    It counts replies from the log like fresh ones, so it is the same however often a run was resumed.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    requests: int = 0
    """Replies read, those that had to be repaired included."""
    refused: dict[str, int] = field(default_factory=dict[str, int])
    """How often each check of words refused a turn or a request, by the check's name."""
    whole: UsageMeter | None = field(default=None, repr=False, compare=False)
    """The meter on which everything counts as well that counts on this one."""

    def part(self) -> UsageMeter:
        """Return a meter for a part of the work: it starts at nothing, and what it counts counts here, too."""
        return UsageMeter(whole=self)

    def read(self) -> None:
        """Count a reply that was read, good or bad."""
        self.requests += 1
        if self.whole is not None:
            self.whole.read()

    def accept(self, usage: Usage) -> None:
        """Add the tokens of an accepted reply."""
        self.prompt_tokens += usage.prompt_tokens
        self.completion_tokens += usage.completion_tokens
        if self.whole is not None:
            self.whole.accept(usage)

    def refuse(self, checks: Iterable[str]) -> None:
        """Count what refused one output; a check counts once for it."""
        names = set(checks)
        for name in sorted(names):
            self.refused[name] = self.refused.get(name, 0) + 1
        if self.whole is not None:
            self.whole.refuse(names)

    def to_json(self) -> JsonObject:
        """Return the figures as they stand in a row's `meta`."""
        figures: JsonObject = {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "requests": self.requests,
        }
        return {**figures, "refused": dict(sorted(self.refused.items()))} if self.refused else figures


@dataclass(frozen=True, kw_only=True)
class Origin:
    """On whose behalf something is asked."""

    stage: str
    """Name of the stage, for drain-first order and accounting."""
    item: str
    """Id of the item; seeds and reply keys come from it."""
    session: str
    """Environment id: requests of one environment stay adjacent."""
    usage: UsageMeter = field(default_factory=UsageMeter)
