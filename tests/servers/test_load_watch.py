"""The load watch: reading figures from Prometheus text, and telling the gate."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from queues import AdaptiveLimit, AdmissionGate, LimitDecision, LoadSignal
from synthtools_stream.errors import TransportError
from synthtools_stream.servers.http_endpoint import HttpEndpoint
from synthtools_stream.servers.load_watch import (
    LoadFigures,
    LoadWatch,
    Sample,
    metrics_reader,
    read_figures,
    read_samples,
)

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve: TypeAlias = Callable[[Handler], Awaitable[str]]

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
    assert read_figures(PAGE) == LoadFigures(0.5, 5, 12, 9)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        (
            "sglang:num_running_reqs 4\nsglang:num_queue_reqs 6\nsglang:token_usage 0.4\n",
            LoadFigures(0.4, 6, None, 4),
        ),
        ("llamacpp:requests_processing 1\nllamacpp:requests_deferred 15\n", LoadFigures(None, 15, None, 1)),
        ("tgi_batch_current_size 8\ntgi_queue_size 2\n", LoadFigures(None, 2, None, 8)),
        ('nv_inference_pending_request_count{model="m"} 3\n', LoadFigures(None, 3)),
    ],
)
def test_reads_other_servers(text: str, figures: LoadFigures) -> None:
    """SGLang, llama.cpp, TGI and Triton tell who waits, and all but the last who is being answered."""
    assert read_figures(text) == figures


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


class Noting:
    """A policy that remembers its signals."""

    def __init__(self) -> None:
        self.signals: list[LoadSignal] = []

    def decide(self, signal: LoadSignal, limit: int, ceiling: int, /) -> LimitDecision | None:
        """Remember the signal."""
        self.signals.append(signal)
        return None


class Script:
    """A reader that gives what it is told, then waits for ever; each reading takes a tenth of a second."""

    def __init__(self, *steps: LoadFigures | TransportError | None) -> None:
        self.steps = list(steps)
        self.now = 50.0
        self.slept: list[float] = []
        self.notices: list[str] = []

    async def __call__(self) -> LoadFigures | None:
        self.now += 0.1
        step = self.steps.pop(0)
        if isinstance(step, TransportError):
            raise step
        return step

    async def sleep(self, delay_s: float) -> None:
        self.slept.append(delay_s)
        if not self.steps:
            raise asyncio.CancelledError

    async def watch(self, gate: AdmissionGate) -> None:
        watch = LoadWatch(self, gate, name="http://s", notice=self.notices.append, sleep=self.sleep, clock=self.clock)
        await watch.run()

    def clock(self) -> float:
        return self.now


async def watched(*steps: LoadFigures | TransportError | None) -> tuple[Script, list[LoadSignal]]:
    """Watch through all steps; return the script and what the gate was told."""
    script, policy = Script(*steps), Noting()
    with pytest.raises(asyncio.CancelledError):
        await script.watch(AdmissionGate(8, stages=["s"], policy=policy))
    return script, policy.signals


GONE = TransportError("gone")


async def test_tells_the_gate_what_changed() -> None:
    """Each reading is a signal with its age; preemptions are those since the reading before, also after a restart."""
    script, signals = await watched(LoadFigures(0.1, 0, 40), LoadFigures(0.2, 3, 42, 7), LoadFigures(0.3, None, 1))

    assert [(signal.kv_use, signal.queued, signal.preemptions, signal.running) for signal in signals] == [
        (0.1, 0, None, None),
        (0.2, 3, 2, 7),
        (0.3, None, 1, None),
    ]
    assert [signal.age_s for signal in signals] == pytest.approx([0.1] * 3)
    assert script.slept == [1, 1, 1]
    assert script.notices == []


async def test_server_without_figures() -> None:
    """A server that answers without figures is asked three times; one notice, and the watch is over."""
    script, policy = Script(None, None, None, LoadFigures(0.5)), Noting()

    await script.watch(AdmissionGate(8, stages=["s"], policy=policy))

    assert policy.signals == []
    assert script.notices == ["http://s: no load figures; the number of requests in flight is steered by its errors"]


async def test_lost_server_is_looked_for() -> None:
    """A server that goes is asked less and less often, told of once, and watched as before when it is back."""
    back = LoadFigures(0.5, 0, 0)
    script, signals = await watched(back, *[GONE] * 6, back, *[GONE] * 3)

    assert script.slept == [1, 2, 4, 8, 16, 30, 30, 1, 2, 4, 8]
    assert len(signals) == 2
    assert len(script.notices) == 1
    assert "no load figures any more" in script.notices[0]


async def test_unreachable_server_is_waited_for() -> None:
    """A server that cannot be reached at first is not taken for one without figures."""
    script, signals = await watched(*[GONE] * 5, LoadFigures(0.5))

    assert len(signals) == 1
    assert script.notices == []


async def test_slow_figures_are_given_up() -> None:
    """A reading that takes too long is a missed one."""

    async def read() -> LoadFigures | None:
        await asyncio.Event().wait()
        return None

    async def sleep(_: float) -> None:
        raise asyncio.CancelledError

    policy = Noting()
    watch = LoadWatch(read, AdmissionGate(1, stages=["s"], policy=policy), timeout_s=0, sleep=sleep)
    with pytest.raises(asyncio.CancelledError):
        await watch.run()

    assert policy.signals == []


async def test_steers_by_a_real_page(serve: Serve) -> None:
    """Over HTTP, a server whose cache is full lowers the limit; its 404 and 500 tell no figures."""
    pages = [web.Response(text=PAGE), web.Response(text=PAGE.replace("0.5", "0.95"))]
    pages += [web.Response(status=404), web.Response(status=500)]

    async def handle(request: web.Request) -> web.Response:
        assert request.path == "/metrics"
        return pages.pop(0)

    endpoint = HttpEndpoint(await serve(handle), "m")
    read = metrics_reader(endpoint)
    gate = AdmissionGate(100, stages=["s"], policy=AdaptiveLimit())

    async def sleep(_: float) -> None:
        if len(pages) == 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await LoadWatch(read, gate, sleep=sleep).run()
    assert [change.reason for change in gate.history] == ["cut: KV cache 95% used"]
    assert await read() is None
    with pytest.raises(TransportError, match="answers 500"):
        await read()
    await endpoint.aclose()
