"""Whether everybody can use the pages: names, roles and contrasts by axe-core, light and dark, wide and narrow."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from tests.browser.browsing import Site, address_of

__all__ = ["SCHEMES", "axe", "pages_of", "picture"]

SCHEMES = ("light", "dark")
_SHOWN_NODES, _SHOWN_CHARS = 3, 300  # of one finding: enough to see what it is
_PHONE = {"width": 390, "height": 844}


def pages_of(site: Site) -> dict[str, str]:
    """Return one address of every kind of page, by its name."""

    def first(name: str) -> dict[str, Any]:
        row: dict[str, Any] = json.loads((site.run / name).read_text(encoding="utf-8").splitlines()[0])
        return row

    tried = site.task
    one, other = (f"{tried}#{name}".replace("#", "%23") for name in ("r0", "r90"))
    return {
        "overview": "/",
        "list": "/attempts?verdict=solved&q=journal",
        "nothing": "/attempts?q=nowhere",
        "environment": address_of("environments", first("environments.jsonl")["id"]),
        "tool": address_of("tools", first("tools.jsonl")["id"]),
        "task": address_of("tasks", tried),
        "attempt": address_of("attempts", f"{tried}#r0"),
        "hard": address_of("attempts", f"{tried}#r92"),
        "compare": f"/compare?one={one}&other={other}",
        "message": "/attempts/nobody",
    }


def axe(page: Any, site: Site) -> None:
    """Axe-core finds nothing to mend on any page."""
    look: Any = importlib.import_module("axe_playwright_python.sync_playwright").Axe()
    found: list[str] = []
    for name, address in pages_of(site).items():
        page.goto(f"{site.origin}{address}")
        for violation in look.run(page).response["violations"]:
            found += [
                f"{name}: {violation['id']}: {node['target']} {node['failureSummary'][:_SHOWN_CHARS]}"
                for node in violation["nodes"][:_SHOWN_NODES]
            ]
    assert not found, "\n    ".join(found)


def picture(page: Any, site: Site, folder: Path, scheme: str) -> None:
    """Keep pictures of every page."""
    for name, address in pages_of(site).items():
        page.goto(f"{site.origin}{address}")
        page.screenshot(path=folder / f"{name}-{scheme}.png", full_page=name not in ("list", "task", "attempt", "hard"))
        page.set_viewport_size(_PHONE)
        if name in ("overview", "list", "attempt", "compare"):
            page.screenshot(path=folder / f"{name}-{scheme}-narrow.png")
        page.set_viewport_size({"width": 1280, "height": 900})
