"""vLLM's async engine in our process, on our event loop: one engine batches the requests of all stages.

The engine itself runs in processes of its own; in ours are templates, tokens and answers, some three milliseconds of
work a request. A request whose task is cancelled is aborted in the engine. What fails is told apart here, once: the
engine's death ends the run where it can be resumed, an engine that is busy or failed at one request is a transport
fault, and a request that cannot be served is refused.
"""

from __future__ import annotations

import uuid

import orjson

from synthtools_stream.chat.language_model import ChatReply, ChatRequest
from synthtools_stream.errors import BackendGone, Rejection, TransportError, UsageError
from synthtools_stream.servers.load_watch import LoadFigures
from synthtools_stream.servers.refusals import refusal
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.vllm.bindings import Completion, Engine, Vllm, find_vllm
from synthtools_stream.vllm.chat_frontend import FrontEnd, Prepared
from synthtools_stream.vllm.engine_arguments import Arguments, read_arguments
from synthtools_stream.vllm.engine_load import LoadMeter, VllmLoad

__all__ = ["VllmModel"]

SHUTDOWN_S = 10.0
"""How long the engine's processes may take to end before they are killed."""


class VllmModel:
    """A LanguageModel on an engine of ours; put a gate and a balancer, which retries, before it."""

    def __init__(self, vllm: Vllm, engine: Engine, arguments: Arguments, meter: LoadMeter) -> None:
        """Serve by an engine that runs; see `open`."""
        self._vllm = vllm
        self._engine: Engine | None = engine
        self._max_model_len = engine.model_config.max_model_len
        self._arguments = arguments
        self._meter = meter
        self._answered = 0
        self._front = FrontEnd(vllm, engine, arguments)

    @classmethod
    async def open(cls, model: str, engine_args: JsonObject) -> VllmModel:
        """Start an engine for `model`; it holds up the event loop for as long as the weights take to load.

        :raises ConfigError: if an argument is not known, or the engine does not take its value.
        :raises UsageError: if vLLM is not installed, or the engine does not start.
        """
        vllm = find_vllm()
        arguments = read_arguments(model, engine_args, vllm.engine_arguments, on_cpu=vllm.on_cpu)
        meter = LoadMeter()
        engine: Engine | None = None
        # Whatever is wrong with a model, a device or an argument comes as one of the plain exceptions; a bug of ours
        # would, too, and shows in the chain.
        try:
            engine = vllm.AsyncLLM(vllm.AsyncEngineArgs(**arguments.engine), stat_loggers=[meter.listener])
            return cls(vllm, engine, arguments, meter)
        except Exception as error:
            if engine is not None:
                engine.shutdown(timeout=SHUTDOWN_S)
                engine.shutdown = _nothing
            raise UsageError(f"vLLM {vllm.version} cannot serve {model!r}: {_first_line(error)}") from error

    @property
    def model(self) -> str:
        """Name of the model that answers."""
        return self._arguments.name

    @property
    def unfinished(self) -> int:
        """Requests that the engine has and has not answered."""
        return self._engine.get_num_unfinished_requests() if self._engine is not None else 0

    def facts(self) -> JsonObject:
        """Describe the engine, for run.json."""
        return {
            "engine": "vllm",
            "version": self._vllm.version,
            "model": self.model,
            "max_model_len": self._max_model_len,
            "structured": "enforced",
            "tools": self._front.takes_tools,
            "tool_call_parser": self._arguments.tool_call_parser,
            "reasoning_parser": self._arguments.reasoning_parser,
            "reasons": bool(self._arguments.reasoning_parser),
        }

    def load(self) -> VllmLoad:
        """Return how loaded the engine is; an engine that has nothing to do is not loaded, whatever it said last."""
        load = self._meter.read()
        return load if self.unfinished else load._replace(running=0, waiting=0)

    async def figures(self) -> LoadFigures | None:
        """Return its load as `LoadWatch` reads it; None if this vLLM answers requests and does not tell its load."""
        load = self.load()
        if self._answered and not self._meter.heard:
            return None
        return LoadFigures(load.kv_use, load.waiting, load.preemptions, load.running)

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer one request in one try.

        :raises TransportError: if it may work later.
        :raises Rejection: if the request does not fit into the context, or is refused for other reasons.
        :raises UsageError: if it has tools and no parser for the model's calls is known.
        :raises BackendGone: if the engine is dead.
        """
        if self._engine is None:
            raise BackendGone("vLLM's engine is closed")
        prepared = await self._front.prepare(request)
        completion = await self._generate(self._engine, prepared)
        self._answered += 1
        return self._front.reply(prepared, completion)

    async def aclose(self) -> None:
        """Stop the engine and its processes."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.shutdown(timeout=SHUTDOWN_S)
            # vLLM does so once more when the engine is collected, which fails where that is at the interpreter's end.
            engine.shutdown = _nothing

    async def _generate(self, engine: Engine, prepared: Prepared) -> Completion:
        vllm = self._vllm
        try:
            return await _last(engine, prepared)
        except vllm.EngineDead as error:
            raise BackendGone("vLLM's engine died; its log above says why") from error
        except vllm.Turned as error:
            status = getattr(error, "http_status", 503)
            raise refusal("vLLM", self.model, int(status), {}, orjson.dumps({"message": str(error)})) from error
        except (vllm.Refused, ValueError) as error:
            raise Rejection("refused_request", str(error)) from error
        except vllm.RequestFailed as error:
            if engine.errored:
                raise BackendGone(f"vLLM's engine died: {_first_line(error)}") from error
            raise TransportError(f"vLLM failed at this request: {_first_line(error.__cause__ or error)}") from error


async def _last(engine: Engine, prepared: Prepared) -> Completion:
    """Return the only thing that the engine yields; cancelling this aborts the request."""
    outputs = engine.generate(
        prepared.prompt,
        prepared.sampling,
        uuid.uuid4().hex,
        reasoning_ended=prepared.reasoning_ended,
        reasoning_parser_kwargs=prepared.reasoning_parser_kwargs,
    )
    last: Completion | None = None
    async for completion in outputs:
        last = completion
    if last is None:
        raise TransportError("vLLM ended a request without an answer")
    return last


def _nothing(timeout: float | None = None) -> None:
    """Stand in for `shutdown` of an engine that is shut down."""


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {' '.join(lines[:4])[:400]}" if lines else type(error).__name__
