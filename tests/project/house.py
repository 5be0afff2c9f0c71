"""The house as it stands on disk: every module of the source, who imports whom, and the folders' pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

__all__ = ["MAIN", "TOPS", "House", "Module", "read_house"]

MAIN = "synthtools_stream"
TOPS = ("queues", "stages", MAIN)
"""The three packages of the source."""


@dataclass(frozen=True)
class Module:
    """One source file."""

    name: str
    """Dotted; a package has the name of its folder."""
    path: Path
    """Relative to the root."""
    text: str
    tree: ast.Module
    is_package: bool

    @property
    def basename(self) -> str:
        """The last part of its file's name, without the ending."""
        return self.path.stem

    @property
    def folder(self) -> str:
        """Dotted name of the folder in which the file lies."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def docstring(self) -> str:
        """What stands at its head."""
        return ast.get_docstring(self.tree) or ""


@dataclass(frozen=True)
class House:
    """All modules of the source below one root."""

    root: Path
    modules: dict[str, Module]

    @property
    def packages(self) -> Iterator[Module]:
        """The modules that are folders."""
        return (module for module in self.modules.values() if module.is_package)

    @cached_property
    def importers(self) -> dict[str, set[str]]:
        """Who imports a module: the module that defines what is imported, whichever package handed it on."""
        found: dict[str, set[str]] = {name: set() for name in self.modules}
        for module in self.modules.values():
            for target in self.imported_by(module):
                if target != module.name and not _hands_on(module, target):
                    found[target].add(module.name)
        return found

    def imported_by(self, module: Module) -> Iterator[str]:
        """Yield the modules of ours that `module` imports anywhere in its text, functions included."""
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names if alias.name in self.modules)
            elif isinstance(node, ast.ImportFrom) and node.module in self.modules:
                yield from (self._home(node.module, alias.name) for alias in node.names)

    def _home(self, module: str, name: str) -> str:
        """Return the module that defines what `module` offers as `name`."""
        inner = f"{module}.{name}"
        for node in _outer_imports(self.modules[module].tree):
            if node.module in self.modules:
                for alias in node.names:
                    # A package that imports its own module from itself defines nothing by it: `inner` is its home.
                    if (alias.asname or alias.name) == name and (node.module, alias.name) != (module, name):
                        return self._home(node.module, alias.name)
        return inner if inner in self.modules else module


def _outer_imports(tree: ast.Module) -> Iterator[ast.ImportFrom]:
    """Yield what a module imports from others outside its functions, under `if TYPE_CHECKING` too."""
    for node in tree.body:
        inside = node.body if isinstance(node, ast.If) else [node]
        yield from (inner for inner in inside if isinstance(inner, ast.ImportFrom))


def _hands_on(importer: Module, target: str) -> bool:
    """Whether a package only hands on what a module below it offers."""
    return importer.is_package and target.startswith(f"{importer.name}.")


def read_house(root: Path) -> House:
    """Read every module below `root`."""
    files = (path for top in TOPS for path in sorted((root / top).rglob("*.py")))
    modules = (_module(root, path) for path in files)
    return House(root, {module.name: module for module in modules})


def _module(root: Path, path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    relative = path.relative_to(root)
    is_package = path.stem == "__init__"
    parts = relative.parent.parts if is_package else relative.with_suffix("").parts
    return Module(".".join(parts), relative, text, ast.parse(text), is_package)


def paragraph(text: str, opening: str) -> str | None:
    """Return the paragraph of `text` that begins with `opening`, without it; None where there is none."""
    found = re.search(rf"^{re.escape(opening)}(.*?)(?=^[A-Z][a-z ]+:|^\s*$|\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else None
