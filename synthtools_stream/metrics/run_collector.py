"""A run's figures in Prometheus' form, from a registry of its own: nothing is added to a program's default one."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from synthtools_stream.metrics.run_figures import RunFigures

__all__ = ["RunCollector"]


class RunCollector(Collector):
    """Reads the figures when it is asked, and holds none."""

    def __init__(self) -> None:
        """Tell nothing until there are `figures`."""
        self.figures: RunFigures | None = None
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def page(self) -> bytes:
        """Return the page that Prometheus reads."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield every figure as it stands now; counters begin at 0 with each session."""
        if self.figures is not None:
            yield from _asked(self.figures)
            yield from _gates(self.figures)
            yield from _stages(self.figures)
            yield from _whole(self.figures)


def _asked(figures: RunFigures) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "synthtools_requests", "Requests that ended, by how.", labels=["endpoint", "role", "outcome"]
    )
    for endpoint in figures.endpoints:
        for (role, how), count in endpoint.outcomes.items():
            requests.add_metric([endpoint.name, role, how], count)
    yield requests
    replayed = CounterMetricFamily("synthtools_replayed", "Requests answered from the reply log.", labels=["role"])
    tokens = CounterMetricFamily(
        "synthtools_tokens", "Tokens of replies; cached ones are prompt's, too.", labels=["role", "kind"]
    )
    for role, meter in figures.meter.by_role.items():
        replayed.add_metric([role], meter.replayed)
        for kind in ("prompt", "completion", "cached"):
            tokens.add_metric([role, kind], getattr(meter.usage, f"{kind}_tokens"))
    yield replayed
    yield tokens
    yield CounterMetricFamily("synthtools_retries", "Sends of requests beyond their first.", value=figures.retries())


def _gates(figures: RunFigures) -> Iterator[Metric]:
    limit = GaugeMetricFamily("synthtools_slots_limit", "Requests that may be in flight now.", labels=["endpoint"])
    used = GaugeMetricFamily("synthtools_slots_in_use", "Requests in flight.", labels=["endpoint"])
    oldest = GaugeMetricFamily("synthtools_oldest_request_seconds", "Age of the oldest in flight.", labels=["endpoint"])
    waiting = GaugeMetricFamily(
        "synthtools_requests_waiting", "Requests that wait for a slot.", labels=["endpoint", "stage"]
    )
    for endpoint in {id(endpoint.gate): endpoint for endpoint in figures.endpoints}.values():
        held = endpoint.gate.statistics()
        limit.add_metric([endpoint.name], held.limit)
        used.add_metric([endpoint.name], held.in_flight)
        oldest.add_metric([endpoint.name], held.oldest.age_s if held.oldest is not None else 0.0)
        for stage, count in held.waiting.items():
            waiting.add_metric([endpoint.name, stage], count)
    yield from (limit, used, oldest, waiting)


def _stages(figures: RunFigures) -> Iterator[Metric]:
    depth = GaugeMetricFamily("synthtools_queue_depth", "Items that wait before a pool.", labels=["pool"])
    room = GaugeMetricFamily("synthtools_queue_capacity", "Items that may wait there.", labels=["pool"])
    running = GaugeMetricFamily("synthtools_items_running", "Items in work in a pool.", labels=["pool"])
    for view in figures.views:
        inbox = view.inbox()
        depth.add_metric([view.name], inbox.depth)
        room.add_metric([view.name], inbox.capacity)
        running.add_metric([view.name], view.running())
    yield from (depth, room, running)
    outcomes = CounterMetricFamily(
        "synthtools_outcomes", "Items that left a pool: done, rejected or failed.", labels=["pool", "outcome", "reason"]
    )
    for labels, count in figures.outcomes.counts.items():
        outcomes.add_metric([*labels], count)
    yield outcomes


def _whole(figures: RunFigures) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "synthtools_event_loop_lag_seconds", "Longest lag of the event loop of late.", value=figures.lag.worst_s
    )
    yield GaugeMetricFamily(
        "synthtools_waiting_for_server", "Whether no server is there to answer.", value=float(figures.waiting())
    )
    prices, spent = figures.prices, figures.meter.spent
    cost = CounterMetricFamily("synthtools_cost", "Money, all sessions of the run together.", labels=["currency"])
    money = (spent.prompt_tokens * prices.prompt + spent.completion_tokens * prices.completion) / 1e6
    cost.add_metric([prices.currency], money)
    yield cost
