"""Our requests into the engine's and back: templates, schemas and tools in; answers, reasoning and calls out.

This is what vLLM's server does between HTTP and its engine, done with the same parts of it, so that a model answers the
same in our process and over HTTP: harmony for gpt-oss, each family's own templates, and grammars that let a model
think before they hold it to its schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, ToolCall, Usage
from synthtools_stream.chat.thoughts import split_answer
from synthtools_stream.chat.wire import to_body
from synthtools_stream.errors import Rejection, SynthToolsError, TransportError, UsageError
from synthtools_stream.servers.refusals import refusal
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.vllm.bindings import AskedChat, Completion, Engine, Parser, SamplingParams, Vllm
from synthtools_stream.vllm.engine_arguments import Arguments

__all__ = ["FrontEnd", "Prepared"]

LEAST_ROOM = 256
"""Tokens that must be left for an answer where it asks for as many; with fewer, it would only be cut off."""


@dataclass(frozen=True)
class Prepared:
    """A request that the engine can be given."""

    prompt: Mapping[str, object]
    sampling: SamplingParams
    parser: Parser | None
    asked: AskedChat
    reasoning_ended: bool | None
    reasoning_parser_kwargs: JsonObject | None


class FrontEnd:
    """Speaks one model's language."""

    def __init__(self, vllm: Vllm, engine: Engine, arguments: Arguments) -> None:
        """Find the model's template and parsers; raises what vLLM raises where they do not fit."""
        self._vllm = vllm
        self._arguments = arguments
        self._config = engine.model_config
        self._tokenizer = engine.renderer.tokenizer
        self._defaults = self._config.get_diff_sampling_param()
        parsers: dict[str, str | None] = {
            "tool_parser": arguments.tool_call_parser or None,
            "reasoning_parser": arguments.reasoning_parser,
        }
        self._renderer = vllm.OnlineRenderer(
            model_config=self._config,
            renderer=engine.renderer,
            request_logger=None,
            chat_template=vllm.load_chat_template(arguments.chat_template),
            chat_template_content_format="auto",
            enable_auto_tools=self.takes_tools,
            default_chat_template_kwargs=arguments.chat_template_kwargs,
            **parsers,
        )
        self._parser = vllm.get_parser(
            tool_parser_name=parsers["tool_parser"],
            reasoning_parser_name=parsers["reasoning_parser"],
            enable_auto_tools=self.takes_tools,
            model_name=self._config.model,
            is_harmony=self._config.hf_config.model_type == "gpt_oss",
            tokenizer=self._tokenizer,
        )

    @property
    def takes_tools(self) -> bool:
        """Whether tool calls can be read out of the model's answers."""
        return bool(self._arguments.tool_call_parser)

    async def prepare(self, request: ChatRequest) -> Prepared:
        """Render a request.

        :raises Rejection: if it does not fit into the context, or its template or schema is refused.
        :raises UsageError: if it has tools and the model's calls cannot be read.
        """
        if request.tools and not self.takes_tools:
            raise UsageError(
                f"native mode needs a parser for the tool calls of {self._arguments.name}: name vLLM's, such as"
                ' tool_call_parser = "hermes", under [vllm], or use --mode json'
            )
        asked = self._ask(request)
        prompt, tokens = await self._render(asked)
        room = self._config.max_model_len - len(tokens)
        wanted = request.sampling.max_tokens
        if room < min(wanted, LEAST_ROOM):
            raise Rejection(
                "context_overflow",
                f"the prompt has {len(tokens)} tokens, the model's context {self._config.max_model_len}",
            )
        # Only now: rendering may have put another grammar in the schema's place.
        sampling = asked.to_sampling_params(min(wanted, room), self._defaults)
        sampling.output_kind = self._vllm.final_only
        parser = self._new_parser(asked)
        thinks = parser is not None and parser.reasoning_parser is not None
        return Prepared(
            prompt=prompt,
            sampling=sampling,
            parser=parser,
            asked=asked,
            reasoning_ended=asked.resolve_reasoning_ended(parser, tokens),
            reasoning_parser_kwargs=(
                {"chat_template_kwargs": self._arguments.chat_template_kwargs} if thinks else None
            ),
        )

    def reply(self, prepared: Prepared, completion: Completion) -> ChatReply:
        """Take an answer apart.

        :raises TransportError: if it is none.
        """
        output = completion.outputs[0]
        if output.finish_reason in ("abort", "error"):
            raise TransportError(f"vLLM broke the answer off (finish_reason {output.finish_reason})")
        reasoning, text, calls = self._parts(prepared, completion)
        cut = output.finish_reason == "length"
        return ChatReply(
            text=text,
            tool_calls=calls,
            reasoning=reasoning,
            finish_reason="length" if cut else "tool_calls" if calls else "stop",
            usage=Usage(
                prompt_tokens=len(completion.prompt_token_ids or ()),
                completion_tokens=len(output.token_ids),
                cached_tokens=completion.num_cached_tokens or 0,
            ),
            model=self._arguments.name,
        )

    def _parts(self, prepared: Prepared, completion: Completion) -> tuple[str, str, tuple[ToolCall, ...]]:
        output = completion.outputs[0]
        parser = prepared.parser
        if parser is None:
            reasoning, text = split_answer(output.text)
            return reasoning, text, ()
        if completion.prompt_token_ids is not None:
            parser.set_prompt_token_ids(completion.prompt_token_ids)
        reasoning_found, content, found = parser.parse(
            output.text, prepared.asked, enable_auto_tools=self.takes_tools, model_output_token_ids=output.token_ids
        )
        calls = tuple(
            ToolCall(call.id or f"call_{at}", call.name, call.arguments) for at, call in enumerate(found or ())
        )
        if reasoning_found is None and not self._arguments.reasoning_parser:
            reasoning_found, content = split_answer(content or "")
        return reasoning_found or "", content or "", calls

    def _ask(self, request: ChatRequest) -> AskedChat:
        body = to_body(request)
        # More than the context is refused by vLLM, although it means the same as the context.
        body["max_tokens"] = min(request.sampling.max_tokens, self._config.max_model_len)
        try:
            return self._vllm.ChatRequest(body)
        except ValueError as error:
            raise self._refusal(error) from error

    async def _render(self, asked: AskedChat) -> tuple[Mapping[str, object], list[int]]:
        try:
            rendered = await self._renderer.render_chat(asked)
        except (self._vllm.Refused, ValueError, TypeError) as error:
            raise self._refusal(error) from error
        if not isinstance(rendered, tuple):
            # An error in the server's form, which is meant to be sent to a client.
            told: object = getattr(rendered, "error", rendered)
            raise self._refusal(ValueError(getattr(told, "message", told)))
        prompt: Mapping[str, object] = rendered[1][0]
        tokens = prompt.get("prompt_token_ids")
        if not isinstance(tokens, list):
            raise Rejection("refused_request", "vLLM rendered the request to no tokens")
        return prompt, tokens

    def _new_parser(self, asked: AskedChat) -> Parser | None:
        if self._parser is None:
            return None
        return self._parser(
            self._tokenizer,
            asked.tools,
            chat_template_kwargs=self._arguments.chat_template_kwargs,
            model_config=self._config,
        )

    def _refusal(self, error: Exception) -> SynthToolsError:
        """Read vLLM's own words as its server's refusal is read."""
        return refusal("vLLM", self._arguments.name, 400, {}, orjson.dumps({"message": str(error)}))
