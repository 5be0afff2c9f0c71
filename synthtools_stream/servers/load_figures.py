"""What servers say of their own load under `/metrics`, each under names of its own.

* vLLM: `vllm:num_requests_waiting` (of reason capacity, where it tells reasons), `vllm:kv_cache_usage_perc`,
  `vllm:num_preemptions`.
* SGLang: `sglang:num_queue_reqs`, `sglang:token_usage`.
* llama.cpp: `llamacpp:requests_deferred`, `llamacpp:kv_cache_usage_ratio`.
* TGI: `tgi_queue_size`.
* Triton with TensorRT-LLM: `nv_trt_llm_request_metrics` of type waiting, `nv_trt_llm_kv_cache_block_metrics` of type
  fraction.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

__all__ = ["LoadFigures", "Sample", "has_figures", "read_figures", "read_samples"]

MAX_COUNT = 1e15
"""Figures above this are cut to it: what a server says may be any number, and ours must fit into integers."""
KV_USE = (
    "vllm:kv_cache_usage_perc",
    "vllm:gpu_cache_usage_perc",
    "sglang:token_usage",
    "llamacpp:kv_cache_usage_ratio",
)
QUEUED_BY_REASON = "vllm:num_requests_waiting_by_reason"
QUEUED = ("vllm:num_requests_waiting", "sglang:num_queue_reqs", "llamacpp:requests_deferred", "tgi_queue_size")
PREEMPTIONS = ("vllm:num_preemptions_total", "vllm:num_preemptions")
TRT_REQUESTS, TRT_BLOCKS = "nv_trt_llm_request_metrics", "nv_trt_llm_kv_cache_block_metrics"
WANTED = (*KV_USE, QUEUED_BY_REASON, *QUEUED, *PREEMPTIONS, TRT_REQUESTS, TRT_BLOCKS)
FAMILIES = ("vllm:", "sglang:", "llamacpp:", "tgi_", "nv_trt_llm_")
"""How the names of those servers' figures begin that are understood here."""

_SAMPLE = re.compile(r'([A-Za-z_:][\w:]*)\s*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s*(\S+)')
_LABEL = re.compile(r'(\w+)\s*=\s*"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")


class LoadFigures(NamedTuple):
    """What a server says of itself now; None is unknown."""

    kv_use: float | None = None
    """The used part of the KV cache, 0 to 1; of the fullest engine."""
    queued: int | None = None
    """Requests that wait for capacity, in all engines."""
    preemptions: int | None = None
    """Preemptions since the server started."""


class Sample(NamedTuple):
    """One sample of a Prometheus text."""

    name: str
    labels: Mapping[str, str]
    value: float


def has_figures(page: str) -> bool:
    """Say whether a page comes from a server whose figures are understood, also where none stands there yet."""
    return any(f"{start}{family}" in f"\n{page}" for family in FAMILIES for start in ("\n", "\n# HELP ", "\n# TYPE "))


def read_samples(text: str, wanted: tuple[str, ...]) -> Iterator[Sample]:
    """Yield the samples whose name is `wanted`; what is no sample, or no finite number, is skipped."""
    for line in text.splitlines():
        if not line.startswith(wanted):
            continue
        found = _SAMPLE.match(line)
        if found is None or found[1] not in wanted:
            continue
        try:
            value = float(found[3])
        except ValueError:
            continue
        if math.isfinite(value):
            yield Sample(found[1], _labels(found[2] or ""), value)


def _labels(text: str) -> dict[str, str]:
    def plain(escaped: re.Match[str]) -> str:
        return "\n" if escaped[1] == "n" else escaped[1]

    return {name: _ESCAPE.sub(plain, value) for name, value in _LABEL.findall(text)}


def read_figures(text: str) -> LoadFigures | None:
    """Return what the text under a server's `/metrics` says of its load; None if nothing."""
    samples = list(read_samples(text, WANTED))
    used = [sample for sample in samples if sample.name in KV_USE or _is_of(sample, TRT_BLOCKS, "fraction")]
    kv_uses = [min(max(sample.value, 0.0), 1.0) for sample in used]
    by_reason = [sample for sample in samples if sample.name == QUEUED_BY_REASON]
    # Requests that wait for a LoRA slot or a KV transfer are no sign of load.
    short = [sample.value for sample in by_reason if sample.labels.get("reason") == "capacity"]
    queued = [sample for sample in samples if sample.name in QUEUED or _is_of(sample, TRT_REQUESTS, "waiting")]
    waiting = short if by_reason else [sample.value for sample in queued]
    preempted = [sample.value for sample in samples if sample.name in PREEMPTIONS]
    figures = LoadFigures(max(kv_uses, default=None), _total(waiting), _total(preempted))
    return figures if any(figure is not None for figure in figures) else None


def _is_of(sample: Sample, name: str, kind: str) -> bool:
    """Whether a sample is of a family whose members differ in one label, such as `request_type="waiting"`."""
    return sample.name == name and kind in sample.labels.values()


def _total(values: list[float]) -> int | None:
    return int(min(max(sum(values), 0.0), MAX_COUNT)) if values else None
