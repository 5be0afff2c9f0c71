"""What we use of vLLM: looked up once, when an engine is opened, and nowhere else.

vLLM's types are not known where it is not installed, so the parts that we touch are described here as protocols. They
hold for versions 0.32 and 0.33; vLLM calls none of this stable except `AsyncLLM` and the sampling parameters.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from synthtools_stream.errors import UsageError
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AskedChat", "Completion", "Engine", "Parser", "SamplingParams", "Vllm", "find_vllm"]


class SamplingParams(Protocol):
    """How to draw, and under which constraint."""

    output_kind: object


class FunctionCall(Protocol):
    """A tool call as a parser found it."""

    id: str | None
    name: str
    arguments: str


class Output(Protocol):
    """One of a request's answers; there is only one."""

    text: str
    token_ids: Sequence[int]
    finish_reason: str | None


class Completion(Protocol):
    """What the engine yields for a request."""

    prompt_token_ids: list[int] | None
    num_cached_tokens: int | None
    outputs: list[Output]


class AskedChat(Protocol):
    """A request in vLLM's own form. Rendering completes it: a model's parser may turn the schema into its grammar."""

    tools: list[object] | None

    def to_sampling_params(self, max_tokens: int, default_sampling_params: JsonObject) -> SamplingParams: ...

    def resolve_reasoning_ended(self, parser: Parser | None, prompt_token_ids: list[int]) -> bool | None: ...


class Parser(Protocol):
    """Takes an answer apart; made anew for each request."""

    reasoning_parser: object | None

    def set_prompt_token_ids(self, prompt_token_ids: list[int]) -> None: ...

    def parse(
        self, model_output: str, request: AskedChat, enable_auto_tools: bool, model_output_token_ids: Sequence[int]
    ) -> tuple[str | None, str | None, list[FunctionCall] | None]: ...


class Renderer(Protocol):
    """Turns messages and tools into a prompt of tokens by the model's chat template."""

    async def render_chat(self, request: AskedChat) -> object: ...


class HfConfig(Protocol):
    """The model's own configuration."""

    model_type: str


class ModelConfig(Protocol):
    """The model as the engine knows it."""

    model: str
    max_model_len: int
    hf_config: HfConfig

    def get_diff_sampling_param(self) -> JsonObject: ...


class BaseRenderer(Protocol):
    """The engine's own renderer, which the one for chats is built on."""

    tokenizer: object


class Engine(Protocol):
    """What we use of vLLM's `AsyncLLM`."""

    model_config: ModelConfig
    renderer: BaseRenderer
    shutdown: Callable[..., None]

    @property
    def errored(self) -> bool: ...

    def generate(
        self,
        prompt: Mapping[str, object],
        sampling_params: SamplingParams,
        request_id: str,
        *,
        reasoning_ended: bool | None,
        reasoning_parser_kwargs: JsonObject | None,
    ) -> AsyncGenerator[Completion, None]: ...

    def get_num_unfinished_requests(self) -> int: ...


@dataclass(frozen=True)
class Vllm:
    """Everything that we use of vLLM, under vLLM's own names."""

    version: str
    on_cpu: bool
    AsyncLLM: Callable[..., Engine]
    AsyncEngineArgs: Callable[..., object]
    engine_arguments: tuple[str, ...]
    """What `AsyncEngineArgs` takes."""
    OnlineRenderer: Callable[..., Renderer]
    ChatRequest: Callable[[JsonObject], AskedChat]
    get_parser: Callable[..., Callable[..., Parser] | None]
    final_only: object
    load_chat_template: Callable[[str | None], str | None]
    EngineDead: type[Exception]
    """The engine is gone for good."""
    RequestFailed: type[Exception]
    """The engine, which goes on, failed at one request."""
    Refused: type[Exception]
    """The request is at fault."""
    Turned: type[Exception]
    """The engine takes no more at the moment, or has other reasons with an HTTP status of their own."""


def find_vllm() -> Vllm:
    """Import vLLM, with logs on stderr and nothing sent home.

    :raises UsageError: where it is not installed, or is not built as we know it.
    """
    _prepare_environment()
    try:
        version: str = import_module("vllm").__version__
    except (ImportError, AttributeError) as error:
        raise UsageError(
            f"the vllm backend needs vLLM, which cannot be imported ({error}): pip install synthtools-stream[vllm]"
        ) from error
    try:
        return _bind(version)
    except (ImportError, AttributeError) as error:
        raise UsageError(
            f"vLLM {version} is not built as this version of synthtools-stream knows it ({error}):"
            " pip install 'vllm>=0.32,<0.34', or run its server and use --server-url"
        ) from error


def _prepare_environment() -> None:
    """Say what vLLM only reads from the environment; what a user has set stays."""
    os.environ.setdefault("VLLM_LOGGING_STREAM", "ext://sys.stderr")  # stdout is for results
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "WARNING")
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    # As vLLM's own server does: a fork of a process with an event loop and CUDA is not safe.
    os.environ.setdefault("VLLM_WORKER_MULTIPROC_METHOD", "spawn")


def _bind(version: str) -> Vllm:
    # Through the attributes of modules, so that our types hold whether vLLM is installed or not.
    protocol = import_module("vllm.entrypoints.openai.chat_completion.protocol")
    exceptions = import_module("vllm.exceptions")
    engine_exceptions = import_module("vllm.v1.engine.exceptions")
    arguments = import_module("vllm.engine.arg_utils").AsyncEngineArgs
    return Vllm(
        version=version,
        on_cpu=import_module("vllm.platforms").current_platform.is_cpu(),
        AsyncLLM=import_module("vllm.v1.engine.async_llm").AsyncLLM.from_engine_args,
        AsyncEngineArgs=arguments,
        engine_arguments=tuple(field.name for field in dataclasses.fields(arguments)),
        OnlineRenderer=import_module("vllm.renderers.online_renderer").OnlineRenderer,
        ChatRequest=protocol.ChatCompletionRequest.model_validate,
        get_parser=import_module("vllm.parser").ParserManager.get_parser,
        final_only=import_module("vllm.sampling_params").RequestOutputKind.FINAL_ONLY,
        load_chat_template=import_module("vllm.renderers.chat_utils").load_chat_template,
        EngineDead=engine_exceptions.EngineDeadError,
        RequestFailed=exceptions.VLLMServerError,
        Refused=exceptions.VLLMClientError,
        Turned=exceptions.GracefulHTTPError,
    )
