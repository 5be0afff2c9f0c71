"""A conversation as its row tells it: OpenAI messages, the same in every mode of acting.

Call ids are ours, so that rows do not depend on the server; what an agent thought stands apart from what it said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from synthtools_stream.asking.prompt_templates import json_text
from synthtools_stream.toolcalls import WireNames
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Transcript", "Wish"]


@dataclass(frozen=True)
class Wish:
    """A call that the agent asks for; `arguments` is an object, or the text of one as a server sent it."""

    name: str
    arguments: JsonObject | str
    written: str | None = None
    """The arguments as the model wrote them, where they were mended."""


class Transcript:
    """OpenAI messages with call ids of our own, tools named as they were offered."""

    def __init__(
        self, system: str | None, now: str | None, request: str, names: WireNames, slots: JsonObject | None = None
    ) -> None:
        """Begin with the system message, at its end the time and the names of answers, and the user's request.

        Of an agent whose `system` message is not known, what else it was told stands there.
        """
        self._names = names
        parts = [
            system or "",
            "" if now is None else f"<now>{json_text(now)}</now>",
            f"<slots>{json_text(slots)}</slots>" if slots else "",
        ]
        told = "\n\n".join(part for part in parts if part)
        self.messages: list[JsonObject] = [{"role": "system", "content": told}] if told else []
        self.messages.append({"role": "user", "content": request})
        self._calls = 0
        self._open: list[str] = []

    def calls(self, wishes: Sequence[Wish], said: str | None, thought: str = "") -> None:
        """Add the agent's calls, made at once, and what it said beside them."""
        entries: list[JsonObject] = []
        self._open = []
        for wish in wishes:
            self._calls += 1
            call_id = f"call_{self._calls:04d}"
            self._open.append(call_id)
            given = wish.arguments if wish.written is None else wish.written
            arguments = given if isinstance(given, str) else orjson.dumps(given).decode()
            name = self._names.as_offered(wish.name)
            entries.append({"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}})
        self._add({"role": "assistant", "content": said, "tool_calls": [*entries]}, thought)

    def results(self, results: Sequence[JsonObject]) -> None:
        """Add what the last calls were answered, in order."""
        for call_id, result in zip(self._open, results, strict=True):
            content = orjson.dumps(result).decode()
            self.messages.append({"role": "tool", "tool_call_id": call_id, "content": content})

    def say(self, role: str, text: str, thought: str = "") -> None:
        """Add what one of the two says."""
        self._add({"role": role, "content": text}, thought)

    def _add(self, message: JsonObject, thought: str) -> None:
        self.messages.append({**message, "reasoning": thought} if thought else message)
