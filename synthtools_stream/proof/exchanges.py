"""What is said in a planned dialogue, line by line: the one reading of it for proof, rollout and export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthtools_stream.records.dialogue import ActKind, DialogueTurn

__all__ = ["Exchange", "exchanges"]


@dataclass(frozen=True)
class Exchange:
    """One wish, or two at once: what the user says, what the assistant asks before it acts, and what it is told."""

    steps: tuple[int, ...]
    opening: str
    reply: str = ""
    """Of the assistant, before it does anything; empty where it can act at once."""
    follow_up: str = ""
    """What the user says to that."""
    held: str = ""
    """Pointer to the argument whose value comes with the follow-up."""
    kind: ActKind | None = None

    @property
    def words(self) -> str:
        """Everything that the user says."""
        return f"{self.opening}\n{self.follow_up}" if self.follow_up else self.opening


def exchanges(dialogue: Sequence[DialogueTurn]) -> Iterator[Exchange]:
    """Yield what is said, in order; a line that was said with the one before it is passed over."""
    lines = iter(dialogue)
    for line in lines:
        act = line.act
        if act is None:
            yield Exchange((line.step,), line.turn)
            continue
        match act.kind:
            case ActKind.held_back:
                yield Exchange((line.step,), act.opening, act.reply, act.reveal, act.pointer, act.kind)
            case ActKind.corrected:
                yield Exchange((line.step,), f"{act.opening} {act.reveal}", kind=act.kind)
            case ActKind.chat:
                yield Exchange((line.step,), act.opening, act.reply, line.turn, kind=act.kind)
            case ActKind.together:
                following = next(lines, None)
                steps = (line.step,) if following is None else (line.step, following.step)
                yield Exchange(steps, act.opening, kind=act.kind)
