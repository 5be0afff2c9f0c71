"""The small questions of the start-up probe, each in the form that roles ask in, and the answers that came."""

from __future__ import annotations

from collections import Counter

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, LanguageModel, Message, Sampling
from synthtools_stream.errors import BackendGone, Rejection, TransportError, UsageError
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["PROBE", "Questions"]

PROBE = "probe"
"""Name of the probe's schema."""


class Questions:
    """Asks one server, and keeps every answer."""

    def __init__(self, model: LanguageModel) -> None:
        """Ask `model`, which retries by itself."""
        self._model = model
        self.seen: list[ChatReply] = []

    async def ask(
        self,
        text: str,
        *,
        schema: JsonObject | None = None,
        tools: tuple[JsonObject, ...] = (),
        history: tuple[Message, ...] = (),
        tokens: int | None = None,
    ) -> ChatReply:
        """Ask once, patiently.

        :raises Rejection: where the server refuses the request, whatever its form.
        :raises UsageError: where it does not answer.
        """
        request = ChatRequest(
            model=self._model.model,
            messages=(Message("system", "You answer in a few words."), Message("user", text), *history),
            # A model that reasons comes to the schema's word last; what comes without a schema need not end.
            sampling=Sampling(temperature=0.0, max_tokens=tokens or (48 if schema is None else 1024)),
            seed=1,
            schema_name=PROBE if schema is not None else "",
            schema=schema,
            tools=tools,
        )
        try:
            try:
                reply = await self._model.chat(request)
            except Rejection as error:
                if error.reason != "moderated":
                    raise
                reply = await self._model.chat(request)  # one prompt that is flagged says nothing of the form
        except BackendGone as error:
            if isinstance(error.__cause__, Rejection):  # a form that no dialect makes acceptable
                raise Rejection("refused_request", str(error)) from error
            raise UsageError(str(error)) from error
        except TransportError as error:
            raise UsageError(f"the server is there but does not answer a chat request: {error}") from error
        self.seen.append(reply)
        return reply

    async def settled_name(self) -> str:
        """Return the name under which two answers came: one alone may be a fault."""
        for _ in range(4):
            [(name, times)] = Counter(reply.model for reply in self.seen).most_common(1) or [("", 0)]
            if times > 1:
                return name
            try:
                await self.ask("What is the time?")
            except Rejection:
                break
        return ""
