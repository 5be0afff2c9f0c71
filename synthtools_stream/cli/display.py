"""What a run looks like while it goes on: a live table on a terminal, plain heartbeat lines otherwise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from synthtools_stream.cli.plain import duration, printable, quantity
from synthtools_stream.jsontypes import Json, JsonObject, object_at

__all__ = ["heartbeat_line", "progress_display", "progress_table"]

COLUMNS = ("queued", "running", "done", "rejected", "failed")


@contextmanager
def progress_display(quiet: bool = False) -> Generator[Callable[[JsonObject], None]]:
    """Yield what shows a snapshot, on stderr."""
    console = Console(stderr=True)
    if quiet:
        yield lambda _snapshot: None
    elif console.is_terminal:
        with Live(console=console, auto_refresh=False, transient=False) as live:
            yield lambda snapshot: live.update(progress_table(snapshot), refresh=True)
    else:
        yield lambda snapshot: print(heartbeat_line(snapshot), file=sys.stderr, flush=True)


def progress_table(snapshot: JsonObject) -> Group:
    """Return a snapshot as a table with a line of totals under it."""
    table = Table(title=None, expand=False, pad_edge=False)
    table.add_column("stage")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    table.add_column("yield", justify="right")
    shares = object_at(snapshot, "yield")
    for name, counts in object_at(snapshot, "stages").items():
        cells = counts if isinstance(counts, dict) else {}
        share = shares.get(name)
        shown = f"{share:.0%}" if isinstance(share, float) else "-"
        table.add_row(Text(printable(name, 40)), *(quantity(_number(cells, column)) for column in COLUMNS), shown)
    return Group(table, Text(printable(_totals(snapshot))))


def heartbeat_line(snapshot: JsonObject) -> str:
    """Return a snapshot as one plain line."""
    stages = [
        f"{name} {_number(counts, 'done'):.0f}"
        + (f"-{_number(counts, 'rejected'):.0f}" if _number(counts, "rejected") else "")
        + (f"!{_number(counts, 'failed'):.0f}" if _number(counts, "failed") else "")
        for name, counts in object_at(snapshot, "stages").items()
        if isinstance(counts, dict)
    ]
    return printable(f"[{duration(_number(snapshot, 'elapsed_s'))}] {', '.join(stages)} | {_totals(snapshot)}")


def _totals(snapshot: JsonObject) -> str:
    requests, tokens, rates = (object_at(snapshot, key) for key in ("requests", "tokens", "rates"))
    parts = [
        f"{quantity(_number(requests, 'sent'))} requests",
        f"{_number(rates, 'requests_per_s'):.0f}/s",
        f"{_number(requests, 'in_flight'):.0f} of {_number(requests, 'limit'):.0f} in flight",
        f"{quantity(_number(tokens, 'prompt') + _number(tokens, 'completion'))} tokens",
    ]
    if isinstance(cost := snapshot.get("cost"), float):
        parts.append(f"{cost:.2f} {snapshot.get('currency')}")
    if isinstance(eta := snapshot.get("eta_s"), int) and snapshot.get("state") == "running":
        parts.append(f"about {duration(eta)} left")
    parts.append(f"{_number(snapshot, 'rss_mib'):.0f} MiB")
    parts.append(str(snapshot.get("state", "")))
    return ", ".join(parts)


def _number(values: JsonObject, key: str) -> float:
    value: Json = values.get(key)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0
