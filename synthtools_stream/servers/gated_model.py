"""A model behind a gate: each request waits for a slot, and its outcome tells the gate about the load.

A closed gate means that the run is stopping: whoever still wants a slot waits to be cancelled, so that the requests in
flight can end in peace.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from queues import AdmissionGate, GateClosed
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, LanguageModel
from synthtools_stream.errors import Rejection, TimedOut, TransportError

__all__ = ["Gated"]


class Gated:
    """One endpoint and its gate. Retries stay outside, so that a retry that waits holds no slot."""

    def __init__(self, endpoint: LanguageModel, gate: AdmissionGate, name: str = "") -> None:
        """Put `gate`, which must know every stage that asks, before `endpoint`; it goes by `name`, else its model's."""
        self.endpoint = endpoint
        self.gate = gate
        self.name = name or endpoint.model
        self.outcomes: Counter[tuple[str, str]] = Counter()
        """Requests that ended, by role and by how: `answered`, `overloaded`, `failed`, `refused`."""

    @property
    def model(self) -> str:
        """Name of the model that answers."""
        return self.endpoint.model

    @property
    def limit(self) -> int:
        """Requests that the endpoint takes at once now."""
        return self.gate.limit

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer one request when its turn comes; fails as the endpoint does."""
        try:
            async with self.gate.slot(request.stage, request.session, request.schema_name) as since:
                role = request.schema_name or request.stage
                try:
                    reply = await self.endpoint.chat(request)
                except Rejection:
                    self.outcomes[role, "refused"] += 1
                    raise
                except TransportError as error:
                    self.outcomes[role, "overloaded" if error.overloaded else "failed"] += 1
                    # One that is alone and too slow would be as slow behind a lower limit.
                    alone = isinstance(error, TimedOut) and self.gate.in_flight == 1
                    if error.overloaded and not alone:
                        self.gate.settled(since, refused=True)
                    raise
                self.gate.settled(since)
                self.outcomes[role, "answered"] += 1
                return reply
        except GateClosed:
            never: asyncio.Future[ChatReply] = asyncio.get_running_loop().create_future()
            return await never

    async def aclose(self) -> None:
        """Close the endpoint; the gate is closed by who opened it."""
        await self.endpoint.aclose()
