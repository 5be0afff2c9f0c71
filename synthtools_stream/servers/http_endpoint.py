"""One OpenAI-compatible endpoint over raw aiohttp: no retries, every failure classified once.

A request that is refused for its form or its size is sent again in another form (`dialect`) or with less room for the
reply (`token_room`); what fails is retried by the balancer alone.

What a failure means is decided in `network_faults.py` for what the network does, and in `refusals.py` for what a server
says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

import aiohttp
from pydantic import SecretStr
from yarl import URL

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, EmptyAnswer, Usage
from synthtools_stream.chat.thoughts import answer_text
from synthtools_stream.chat.wire import from_response
from synthtools_stream.errors import BackendGone, Rejection, TransportError
from synthtools_stream.servers.answer_body import read_json, read_whole
from synthtools_stream.servers.dialect import PLAIN, Dialect, adapt
from synthtools_stream.servers.http_session import HttpTimeouts, open_session
from synthtools_stream.servers.network_faults import NET_FAULTS, net_fault
from synthtools_stream.servers.refusals import refusal
from synthtools_stream.servers.reply_time import ReplyTime
from synthtools_stream.servers.server_url import api_bases, server_root
from synthtools_stream.servers.token_room import estimated, with_room

__all__ = ["Answer", "HttpEndpoint"]


class Answer(NamedTuple):
    """What an endpoint sent: the status and its body, read whole."""

    status: int
    headers: Mapping[str, str]
    """Whatever the case of a name, it is found."""
    body: bytes


class HttpEndpoint:
    """A LanguageModel on a server; wrap it in a gate and a balancer."""

    def __init__(
        self,
        url: str,
        model: str,
        *,
        session: aiohttp.ClientSession | None = None,
        timeouts: HttpTimeouts | None = None,
        api_key: SecretStr | None = None,
        structured: bool = True,
        answers_as: str = "",
        dialect: Dialect = PLAIN,
        notice: Callable[[str], None] = lambda _line: None,
        odd_requests: int = 0,
        patient: bool = False,
        base: str = "",
    ) -> None:
        """Speak to the server at `url`, whose routes lie under `base`, by default where the address says.

        A `session` that is given, made by `open_session`, stays open; else one is opened at the first request and
        closed with the endpoint. Without `structured`, schemas are not sent, for servers that refuse them. With
        `answers_as`, an answer in the name of another model is a fault: behind one address stands more than one model.
        `dialect` says what the server takes; a refusal of a request's shape changes it, and `notice` is told. Where
        nothing helps, up to `odd_requests` different ones in a row fail alone; one more, and it is the form itself.
        A `patient` endpoint gives a server more time for its replies where one took longer than `timeouts` say.
        """
        self.root = server_root(url)
        self._model = model
        self._session = session
        self._owned: aiohttp.ClientSession | None = None
        self._timeouts = timeouts or HttpTimeouts()
        self._time = ReplyTime(self._timeouts, grows=patient)
        self._structured = structured
        self._answers_as = answers_as
        self.dialect = dialect
        self._notice = notice
        self._told_usage = False
        self._adapting = asyncio.Lock()
        self._odd_requests = odd_requests
        self._refused: set[int] = set()
        """Seeds of the requests that were refused since the last answer."""
        self._key = api_key
        self.base = base or api_bases(url)[0]
        self._chat_url = URL(f"{self.base}/chat/completions")
        self._headers = (
            {"Authorization": f"Bearer {api_key.get_secret_value().strip()}"} if api_key is not None else None
        )

    def __repr__(self) -> str:
        return f"HttpEndpoint({self.root!r}, {self._model!r})"

    @property
    def model(self) -> str:
        """Name of the model that answers."""
        return self._model

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer one request in one try.

        :raises TransportError: if it may work later, or elsewhere; also for a single request of an odd form.
        :raises Rejection: if the server refuses this request for what it holds, or for its size.
        :raises BackendGone: if the address, the key, the model's name or the form of our requests is refused, or the
            account is out of money.
        :raises UsageError: if a form that the user has set by hand is refused.
        """
        if not self._structured and request.schema is not None:
            request = replace(request, schema=None)
        dialect = self.dialect
        try:
            return await self._send(request, dialect)
        except Rejection as error:
            if error.reason != "refused_request":
                raise
            return await self._adapted(request, dialect, error)

    async def _adapted(self, request: ChatRequest, sent: Dialect, refused: Rejection) -> ChatReply:
        """Ask again in other shapes: a shape that is refused is our fault, and no item's fate."""

        async def send(dialect: Dialect) -> ChatReply:
            return await self._send(request, dialect)

        async with self._adapting:
            try:
                if self.dialect != sent:  # somebody found another while this one was under way
                    sent = self.dialect
                    try:
                        return await send(sent)
                    except Rejection as error:
                        if error.reason != "refused_request":
                            raise
                        refused = error
                found, reply = await adapt(sent, request, refused, send)
            except Rejection as error:
                if error.reason != "refused_request":
                    raise
                self._refused.add(request.seed)
                if len(self._refused) > self._odd_requests:
                    raise BackendGone(f"{self.root} refuses the form of our requests: {error.detail}") from error
                raise TransportError(f"{self.root} refuses the form of this request: {error.detail}") from error
            self.dialect = found
            self._notice(f"{self.root}: adapted to what it takes: {found.told()} ({refused.detail[:160]})")
            return reply

    async def _send(self, request: ChatRequest, dialect: Dialect) -> ChatReply:
        while True:
            try:
                return await self._send_once(request, dialect)
            except Rejection as error:
                shorter = with_room(request, error.detail) if error.reason == "context_overflow" else None
                if shorter is None:
                    raise
                request = shorter

    async def _send_once(self, request: ChatRequest, dialect: Dialect) -> ChatReply:
        body = dialect.body(request)
        answer = await self._generated(request, body)
        if answer.status != 200:
            raise refusal(self.root, self._model, answer.status, answer.headers, self._scrubbed(answer.body))
        try:
            reply = from_response(read_json(answer.body), self.root)
        except TransportError as error:
            raise type(error)(f"{self.root}: {self._scrubbed(str(error).encode()).decode()}") from error
        self._check(reply)
        self._refused.clear()
        if reply.usage == Usage():
            if not self._told_usage:
                self._told_usage = True
                self._notice(f"{self.root}: answers say no usage; tokens are estimated from their characters")
            reply = estimated(reply, len(body))
        return reply

    def _check(self, reply: ChatReply) -> None:
        # A hosted model's name may gain a date over time: `big` answers as `big-2026-03`.
        known = not reply.model or reply.model == self._answers_as or reply.model.startswith(self._model)
        if self._answers_as and not known:
            raise TransportError(f"{self.root}: the answer comes from {reply.model[:80]!r}, not {self._answers_as!r}")
        if not (answer_text(reply.text, reply.reasoning).strip() or reply.tool_calls) and reply.finish_reason == "stop":
            raise EmptyAnswer(f"{self.root}: the answer is empty", reply)

    async def _generated(self, request: ChatRequest, body: bytes) -> Answer:
        given = self._time.given
        try:
            return await self.fetch("POST", self._chat_url, body, given)
        except TransportError as error:
            if error.unreachable or not isinstance(error.__cause__, TimeoutError):
                raise
            fault, grown = self._time.ran_out(self.root, request, given)
            if grown:
                self._notice(f"{fault}; replies are waited for {self._time.given.total:g} s from now on")
            raise fault from error.__cause__

    async def fetch(
        self, method: str, url: URL | str, body: bytes | None = None, timeout: aiohttp.ClientTimeout | None = None
    ) -> Answer:
        """Send one request and read the whole answer, whatever its status.

        :raises TransportError: if there is none.
        """
        try:
            async with self._open().request(
                method,
                url,
                data=body,
                headers=self._headers,
                allow_redirects=False,
                timeout=self._time.given if timeout is None else timeout,
            ) as response:
                return Answer(response.status, response.headers, await read_whole(response))
        except NET_FAULTS as error:
            raise net_fault(self.root, error) from error

    async def aclose(self) -> None:
        """Close the session if it is the endpoint's own."""
        owned, self._owned = self._owned, None
        if owned is not None:
            await owned.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is not None:
            return self._session
        if self._owned is None:
            self._owned = open_session(self._timeouts)
        return self._owned

    def _scrubbed(self, body: bytes) -> bytes:
        """Some servers repeat the key that they refuse."""
        key = self._key.get_secret_value().strip().encode() if self._key is not None else b""
        return body.replace(key, b"***") if key else body
