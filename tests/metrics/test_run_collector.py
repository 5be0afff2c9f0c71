"""Figures for Prometheus: their names, labels and values, and that the dashboard asks for nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
from prometheus_client.parser import text_string_to_metric_families

from synthtools_stream.metrics.run_collector import RunCollector
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from tests.metrics.figurekit import figures

DASHBOARD = Path(__file__).parents[2] / "docs" / "grafana-dashboard.json"


def served() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return every sample of a page, by name and labels."""
    collector = RunCollector()
    collector.figures = figures()
    collector.figures.outcomes.take(Outcome("auditing", "x", OutcomeKind.REJECTED, "unreliable"))
    families = text_string_to_metric_families(collector.page().decode())
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def one(name: str, **labels: str) -> float:
    """Return one sample."""
    return served()[name, frozenset(labels.items())]


def test_figures_are_told() -> None:
    """Requests, tokens, slots, queues, outcomes by reason, retries and money stand on the page."""
    assert one("synthtools_requests_total", endpoint="http://127.0.0.1:8000", role="tool", outcome="answered") == 5
    assert one("synthtools_replayed_total", role="tool") == 1
    assert one("synthtools_tokens_total", role="tool", kind="cached") == 60
    assert one("synthtools_slots_limit", endpoint="http://127.0.0.1:8000") == 8
    assert one("synthtools_requests_waiting", endpoint="http://127.0.0.1:8000", stage="generation") == 0
    assert one("synthtools_queue_depth", pool="generation.tool") == 3
    assert one("synthtools_items_running", pool="generation.tool") == 2
    assert one("synthtools_outcomes_total", pool="auditing", outcome="rejected", reason="unreliable") == 1
    assert one("synthtools_retries_total") == 4
    assert one("synthtools_cost_total", currency="EUR") == (100 * 10 + 20 * 20) / 1e6


def test_nothing_before_the_run() -> None:
    """A page that is read before there is anything to tell is empty."""
    assert RunCollector().page() == b""


def test_dashboard_asks_for_what_is_served() -> None:
    """Every metric that the dashboard names is one of the page, and every one of the page is shown."""
    panels = orjson.loads(DASHBOARD.read_bytes())["panels"]
    asked = {name for panel in panels for target in panel["targets"] for name in _names(target["expr"])}
    there = {name for name, _ in served()}
    assert asked == there


def _names(expression: str) -> list[str]:
    return re.findall(r"synthtools_\w+", expression)
