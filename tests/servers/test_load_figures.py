"""Reading what servers say of their load, each under names of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.servers.load_figures import LoadFigures, Sample, has_figures, read_figures, read_samples

TRITON = """\
nv_trt_llm_request_metrics{model="t",request_type="waiting",version="1"} 6
nv_trt_llm_request_metrics{model="t",request_type="active",version="1"} 99
nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="fraction",model="t"} 0.3
nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="max",model="t"} 4000
"""
PAGE = """\
# HELP vllm:num_requests_waiting Number of requests waiting to be processed.
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_running{engine="0",model_name="m"} 9.0
vllm:num_requests_waiting{engine="0",model_name="m"} 7.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="m",reason="capacity"} 3.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="m",reason="deferred"} 4.0
vllm:num_requests_waiting_by_reason{engine="1",model_name="m",reason="capacity"} 2.0
vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.5
vllm:num_preemptions_total{engine="0",model_name="m"} 1.2e+01
vllm:num_preemptions_created{engine="0",model_name="m"} 1.7e+09
"""


def test_reads_vllm_figures() -> None:
    """The fullest engine's cache counts, queues for capacity and preemptions are added up."""
    assert read_figures(PAGE) == LoadFigures(0.5, 5, 12)


def test_absurd_counts_are_bounded() -> None:
    """Counts beyond all reason are taken for very large ones."""
    figures = read_figures("vllm:num_requests_waiting 1e308\n" * 20 + "vllm:num_preemptions_total -5\n")
    assert figures == LoadFigures(None, 10**15, 0)


def test_reads_older_names() -> None:
    """Without reasons all who wait count, and the cache may bear its old name."""
    assert read_figures("vllm:num_requests_waiting 4\nvllm:gpu_cache_usage_perc 0.1\n") == LoadFigures(0.1, 4, None)


@pytest.mark.parametrize("text", ["", "<html>", "process_cpu_seconds_total 3\n", "vllm:num_requests_running 3\n"])
def test_no_figures(text: str) -> None:
    """A page that says nothing of the load gives None."""
    assert read_figures(text) is None


def test_skips_what_is_no_sample() -> None:
    """Garbage, comments and what is no number are skipped; labels may hold anything; time and exemplar are ignored."""
    text = 'a{b="x} \\"y\\", \\\\",c="d",} 1 1700000000 # {e="f"} 2\r\n'
    text += "a NaN\na +Inf\na\na{ 3\naa 4\na x\n# a 5\n  a 6\na 7\n"
    assert list(read_samples(text, ("a",))) == [Sample("a", {"b": 'x} "y", \\', "c": "d"}, 1.0), Sample("a", {}, 7.0)]


@given(st.text() | st.lists(st.sampled_from(["vllm:kv_cache_usage_perc", "{", "}", '"', "\\", "=", " ", "1", "\n"])))
def test_any_text_can_be_read(text: str | Sequence[str]) -> None:
    """No text makes the parser fail, and the cache's use is a share."""
    figures = read_figures("".join(text))
    assert figures is None or figures.kv_use is None or 0 <= figures.kv_use <= 1


@pytest.mark.parametrize(
    ("page", "figures"),
    [
        (
            'sglang:num_running_reqs{m="m"} 9\nsglang:num_queue_reqs{m="m"} 3\nsglang:token_usage 0.4\n',
            LoadFigures(0.4, 3, None),
        ),
        (
            "llamacpp:requests_processing 2\nllamacpp:requests_deferred 5\nllamacpp:kv_cache_usage_ratio 0.75\n",
            LoadFigures(0.75, 5, None),
        ),
        ("tgi_batch_current_size 8\ntgi_queue_size 4\n", LoadFigures(None, 4, None)),
        (
            TRITON,
            LoadFigures(0.3, 6, None),
        ),
    ],
    ids=["sglang", "llama.cpp", "tgi", "triton"],
)
def test_reads_other_servers(page: str, figures: LoadFigures) -> None:
    """SGLang, llama.cpp, TGI and Triton are understood by the names that they use."""
    assert read_figures(page) == figures
    assert has_figures(page)


def test_families_are_known_before_they_have_figures() -> None:
    """A server that has only announced its figures is one to look at; a page that mentions them in passing is not."""
    assert has_figures("# HELP sglang:num_queue_reqs Requests that wait.\n")
    assert not has_figures("process_cpu_seconds_total 3\n# HELP x Like vllm: but other.\n")
    assert not has_figures("")
