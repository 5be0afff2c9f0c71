"""A viewer that runs, and a browser that looks at it; what goes wrong in the browser is noted, whatever is checked.

Playwright is imported by name: it lies in an environment of its own, in which nothing of ours is installed.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

__all__ = ["WIDE", "Site", "address_of", "browser", "looked_at", "served"]

WIDE = {"width": 1280, "height": 900}
_PATIENCE_MS = 8_000
"""Milliseconds for anything to show itself, on a machine that is busy otherwise; a page asks for news every five."""


class Site(NamedTuple):
    """A viewer that runs, over a run with the rows of `hard_rows`."""

    origin: str
    entry: str
    """The address that it printed, token included."""
    run: Path

    @property
    def task(self) -> str:
        """The task that the hard rows are attempts at."""
        lines = (self.run / "trajectories.jsonl").read_text(encoding="utf-8").splitlines()
        return next(str(row["task_id"]) for row in map(json.loads, lines) if row["id"].endswith("#r90"))


@contextmanager
def served(program: str, run: Path) -> Generator[Site]:
    """Run `view` over a run directory on a free port."""
    command = [program, "view", str(run), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            entry = process.stdout.readline().strip()
            assert entry.startswith("http://127.0.0.1:"), f"view said {entry!r}"
            parts = urlsplit(entry)
            yield Site(f"{parts.scheme}://{parts.netloc}", entry, run)
        finally:
            process.terminate()


@contextmanager
def browser() -> Generator[Any]:
    """Open Debian's chromium without a screen."""
    playwright: Any = importlib.import_module("playwright.sync_api").sync_playwright()
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with playwright as driver:
        opened = driver.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def looked_at(opened: Any, site: Site, problems: list[str], **options: Any) -> Generator[Any]:
    """Open a page that is let in; errors of its scripts, and whatever it asks of elsewhere, are problems."""
    context = opened.new_context(**{"viewport": WIDE, **options})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.origin)
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()

    def hear(said: Any) -> None:
        if said.type == "error":
            problems.append(f"console: {said.text}")

    def watch(request: Any) -> None:
        if not request.url.startswith(site.origin):
            problems.append(f"asks {request.url}")

    def fail(error: Any) -> None:
        problems.append(f"script: {error}")

    page.on("console", hear)
    page.on("pageerror", fail)
    page.on("request", watch)
    try:
        page.goto(site.entry)
        yield page
    finally:
        context.close()


def address_of(kind: str, row_id: str) -> str:
    """Return the address of a row's page."""
    return f"/{kind}/{quote(row_id, safe='')}"
