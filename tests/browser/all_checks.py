"""Looks at every page of `view` in a browser, and says what is not as it should be. Run by `bin/pages`.

    python -m tests.browser.all_checks RUN PROGRAM [--only NAME] [--shots DIR]

RUN is a run directory with the rows of `hard_rows`, PROGRAM is `synthtools-stream`. Leaves with 1 and a line for each
problem.
"""

from __future__ import annotations

import argparse
import fcntl
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.browser import check_access, check_lists, check_rows
from tests.browser.browsing import Site, browser, looked_at, served

Check = Callable[[Any, Site], None]

_CHECKS: dict[str, Check] = {
    name: getattr(module, name) for module in (check_lists, check_rows) for name in module.__all__
}
_EXPECTED = {"token": "401", "labels": "400", "axe_light": "404", "axe_dark": "404"}
"""What the browser itself calls an error where a check provokes it, by the check."""


def main() -> int:
    """Run all checks; returns the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("run", type=Path)
    parser.add_argument("program")
    parser.add_argument("--only", default="")
    parser.add_argument("--shots", type=Path)
    asked = parser.parse_args()
    with (asked.run / "run.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # as long as it is held, the run counts as at work
        with served(asked.program, asked.run) as site, browser() as opened:
            if asked.shots is not None:
                _pictures(opened, site, asked.shots)
                return 0
            return 1 if _failed(opened, site, asked.only) else 0


def _failed(opened: Any, site: Site, only: str) -> int:
    failed = 0
    checks = {name: (check, "light") for name, check in _CHECKS.items()}
    checks |= {f"axe_{scheme}": (check_access.axe, scheme) for scheme in check_access.SCHEMES}
    for name, (check, scheme) in checks.items():
        if only in name:
            problems = _problems(opened, site, check, scheme)
            problems = [one for one in problems if not ("console" in one and _EXPECTED.get(name, "\0") in one)]
            failed += bool(problems)
            print(f"{name}: {'as it should be' if not problems else ''}", *problems, sep="\n    " if problems else "")
    return failed


def _problems(opened: Any, site: Site, check: Check, scheme: str) -> list[str]:
    problems: list[str] = []
    with looked_at(opened, site, problems, color_scheme=scheme, reduced_motion="reduce") as page:
        try:
            check(page, site)
        except Exception as error:  # whatever it is, it is told, and the next check is made
            where = [frame for frame in traceback.extract_tb(error.__traceback__) if "check_" in frame.filename][-1]
            problems.append(f"{type(error).__name__} at {page.url}: {error} ({where.line})")
    return problems


def _pictures(opened: Any, site: Site, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for scheme in check_access.SCHEMES:
        with looked_at(opened, site, [], color_scheme=scheme, reduced_motion="reduce") as page:
            check_access.picture(page, site, folder, scheme)


if __name__ == "__main__":
    sys.exit(main())
