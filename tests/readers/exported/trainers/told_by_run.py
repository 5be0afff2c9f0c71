"""What a run's attempts say, in the simplest form that each trainer's rows can be brought to.

An attempt is a list of events: `["tools", schemas]`, `["system", text]`, `["user", text]`, `["think", text]`,
`["say", text]`, `["call", name, arguments]`, `["result", value]`. A result is what its JSON says.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["Event", "assert_same", "events_of", "in_text", "parsed", "rows", "run_events"]

Event = list[Any]


def run_events(run: Path) -> dict[str, list[Event]]:
    """Return what each attempt of a run says, by the attempt's id."""
    return {row["id"]: list(_events(row)) for row in rows(run / "trajectories.jsonl")}


def _events(row: Any) -> Iterator[Event]:
    # Our own rows keep what is nested as JSON text.
    yield ["tools", json.loads(row["tools"])]
    yield from events_of(json.loads(row["messages"]), reasoning="reasoning")


def events_of(messages: Iterable[Any], reasoning: str = "reasoning_content") -> Iterator[Event]:
    """Yield what OpenAI messages say, arguments as text or objects."""
    for said in messages:
        text = said.get("content") or ""
        if said["role"] == "tool":
            yield ["result", parsed(text)]
        elif said["role"] != "assistant":
            yield [said["role"], text]
        else:
            yield from (["think", thought] for thought in [said.get(reasoning)] if thought)
            yield from (["say", text] for _ in [0] if text)
            for call in said.get("tool_calls") or ():
                yield ["call", call["function"]["name"], parsed(call["function"]["arguments"])]


def in_text(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the same with thoughts at the head of what is said, and no white space at its end."""
    thought = ""
    for event in [*events, ["end"]]:
        if event[0] == "think":
            thought = f"<think>\n{event[1]}\n</think>\n\n"
            continue
        if event[0] == "say":
            yield ["say", f"{thought}{event[1]}".rstrip()]
        else:
            yield from (["say", thought.rstrip()] for _ in [0] if thought)
            yield from (event for _ in [0] if event[0] != "end")
        thought = ""


def parsed(value: Any) -> Any:
    """Return what JSON text says; what is none as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def rows(path: Path) -> list[Any]:
    """Return the rows of a JSONL file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def assert_same(what: str, read: Iterable[Iterable[Event]], told: Iterable[Iterable[Event]]) -> None:
    """Leave with 1 unless a trainer read exactly what was told, in whatever order: values, types, texts."""
    found, expected = (sorted(json.dumps(list(attempt)) for attempt in attempts) for attempts in (read, told))
    if found != expected:
        first = next((pair for pair in zip(found, expected, strict=False) if pair[0] != pair[1]), ("", ""))
        sys.exit(f"{what}: {len(found)} rows of {len(expected)}; read {first[0]}\n  told {first[1]}")
    if not any('["call"' in attempt for attempt in found):
        sys.exit(f"{what}: no row has a call")
