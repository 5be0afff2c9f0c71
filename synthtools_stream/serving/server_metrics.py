"""What the server tells about itself at `/metrics`: Prometheus text under vLLM's names.

Whoever steers by a real vLLM's figures steers by these in the same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from synthtools_stream.chat.language_model import ChatReply
from synthtools_stream.serving.batching_engine import BatchingEngine

__all__ = ["CONTENT_TYPE", "Counts", "render"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Counts:
    """Running totals since the server started."""

    prompt_tokens: int = 0
    generation_tokens: int = 0
    prefix_queries: int = 0
    """Prompt tokens looked up in the prefix cache."""
    prefix_hits: int = 0
    """Prompt tokens found there."""
    finished: Counter[str] = field(default_factory=Counter[str])
    """Answered requests by finish reason."""

    def looked_up(self, reply: ChatReply) -> None:
        """Count one look into the prefix cache."""
        self.prefix_queries += reply.usage.prompt_tokens
        self.prefix_hits += reply.usage.cached_tokens

    def answered(self, reply: ChatReply) -> None:
        """Count one complete answer."""
        self.prompt_tokens += reply.usage.prompt_tokens
        self.generation_tokens += reply.usage.completion_tokens
        self.finished[reply.finish_reason] += 1


def render(counts: Counts, engine: BatchingEngine, model: str) -> str:
    """Return the metrics page."""
    labels = {"engine": "0", "model_name": model}
    lines: list[str] = []

    def add(kind: str, name: str, meaning: str, value: float) -> None:
        lines.extend(_family(kind, name, meaning, [(labels, value)]))

    add("gauge", "num_requests_running", "Requests in a slot.", engine.running)
    add("gauge", "num_requests_waiting", "Requests in the queue.", engine.waiting)
    add("gauge", "kv_cache_usage_perc", "Share of the KV memory in use; 1 is full.", engine.kv_usage)
    add("counter", "prefix_cache_queries_total", "Prompt tokens looked up.", counts.prefix_queries)
    add("counter", "prefix_cache_hits_total", "Prompt tokens found.", counts.prefix_hits)
    add("counter", "num_preemptions_total", "Requests thrown back into the queue.", engine.preemptions)
    add("counter", "prompt_tokens_total", "Prompt tokens of answered requests.", counts.prompt_tokens)
    add("counter", "generation_tokens_total", "Generated tokens.", counts.generation_tokens)
    add("counter", "admission_rejections_total", "Requests refused as busy.", engine.refusals)
    reasons = ["stop", "length", *(reason for reason in counts.finished if reason not in ("stop", "length"))]
    samples = [({**labels, "finished_reason": reason}, float(counts.finished[reason])) for reason in reasons]
    lines.extend(_family("counter", "request_success_total", "Answered requests.", samples))
    return "\n".join(lines) + "\n"


def _family(kind: str, name: str, meaning: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> list[str]:
    full = f"vllm:{name}"
    head = [f"# HELP {full} {meaning}", f"# TYPE {full} {kind}"]
    return head + [f"{full}{{{_labels(labels)}}} {float(value)!r}" for labels, value in samples]


def _labels(labels: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items())


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
