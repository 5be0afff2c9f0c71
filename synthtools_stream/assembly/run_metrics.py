"""Figures of a run for Prometheus, where the user names a port for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from synthtools_stream.assembly.backends import Backend
from synthtools_stream.assembly.wiring import Pipeline
from synthtools_stream.engine.progress import Board
from synthtools_stream.errors import ConfigError
from synthtools_stream.metrics.metrics_server import served_metrics
from synthtools_stream.metrics.run_figures import OutcomeCounts, RunFigures
from synthtools_stream.storage.journal.outcomes import Journal

if TYPE_CHECKING:
    from synthtools_stream.metrics.run_collector import RunCollector

__all__ = ["figures_of", "open_metrics"]


def figures_of(pipeline: Pipeline, backend: Backend, board: Board, journal: Journal) -> RunFigures:
    """Return what the figures of a run are read from."""
    outcomes = OutcomeCounts()
    journal.subscribe(outcomes.take)
    return RunFigures(
        pipeline.pools,
        backend.endpoints,
        board.meter,
        outcomes,
        board.lag,
        board.prices,
        backend.retries,
        backend.waiting,
    )


async def open_metrics(port: int | None, stack: AsyncExitStack, notice: Callable[[str], None]) -> RunCollector | None:
    """Serve figures at `port` until `stack` closes; None where none is named.

    :raises ConfigError: where the extra `metrics` is not installed, or the port cannot be listened on.
    """
    if port is None:
        return None
    try:
        from synthtools_stream.metrics.run_collector import RunCollector  # an extra
    except ModuleNotFoundError as error:
        raise ConfigError("metrics_port: needs the extra: pip install 'synthtools-stream[metrics]'") from error
    collector = RunCollector()
    address = await stack.enter_async_context(served_metrics(port, collector.page))
    notice(f"figures for Prometheus: {address}")
    return collector
