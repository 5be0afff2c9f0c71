"""`view`: rows to look at, as web pages on this machine."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path

import click

from synthtools_stream.assembly.rebuilt_requests import requests_of_attempt
from synthtools_stream.cli.console import notice, say
from synthtools_stream.cli.exit_codes import exit_with, on_loop
from synthtools_stream.errors import ConfigError
from synthtools_stream.view.page_server.guards import Access
from synthtools_stream.view.page_server.view_app import build_view_app, serve_pages
from synthtools_stream.view.row_pages import RowPages
from synthtools_stream.view.row_shelf import RowShelf
from synthtools_stream.view.row_sources import find_sources

__all__ = ["view"]

_TOKEN_BYTES = 24
"""Of chance in a token: nobody guesses it."""
_EVERY_S = 2.0
"""Seconds between two words of progress."""


@click.command()
@click.argument("paths", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to bind; loopback unless told.")
@click.option("--port", type=click.IntRange(0, 65535), default=8100, show_default=True, help="0 takes a free one.")
@click.option("--no-token", is_flag=True, help="Show the pages to whoever reaches the server; on loopback only.")
def view(paths: tuple[Path, ...], host: str, port: int, no_token: bool) -> None:
    """Look at the rows of run directories and files (DIR) in a browser, live while a run goes on.

    Prints the address, which holds a token. The first time, rows are indexed: view.index in a run directory, or
    FILE.index beside a file, can be deleted at any time. Labels and notes are kept in labels.jsonl, for
    `export --only labelled:WORD`. See docs/view.md.
    """
    with exit_with():
        loopback = _is_loopback(host)
        if no_token and not loopback:
            raise ConfigError("--no-token would show the pages to whoever reaches this machine: leave it out")
        access = Access("" if no_token else secrets.token_urlsafe(_TOKEN_BYTES), loopback)

        def ready(bound: int) -> None:
            shown = f"[{host}]" if ":" in host else host
            say(f"http://{shown}:{bound}/" + (f"?token={access.token}" if access.token else ""))
            notice("open this address in a browser; stop with Ctrl-C")

        with closing(RowShelf(find_sources(paths), _progress())) as shelf:
            on_loop(serve_pages(build_view_app(RowPages(shelf), access, requests_of_attempt), host, port, ready=ready))


def _progress() -> Callable[[int, int], None]:
    """Return what says now and then how much is indexed; of what is done at once nothing is said."""
    begun = said = time.monotonic()

    def show(done: int, whole: int) -> None:
        nonlocal said
        now = time.monotonic()
        is_done = done >= whole and said > begun
        if is_done or now - said >= _EVERY_S:
            said = now
            notice(f"indexing rows: {done / 1e6:,.0f} of {whole / 1e6:,.0f} MB")

    return show


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
