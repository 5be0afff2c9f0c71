"""The rules by which a stranger finds every behaviour at the first file, each as a check.

`python -m tests.project.house_rules` says what breaks one and leaves with 1. What layers forbid stands in
`pyproject.toml` under `tool.importlinter`.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path, PurePosixPath

from tests.project.house import MAIN, TOPS, House, Module, paragraph, read_house

__all__ = ["RULES", "Rule", "main"]

Rule = Callable[[House], list[str]]

LOOSE = frozenset({"__init__", "__main__", "errors"})
"""All that may lie beside the packages."""
PYTHONS_OWN = frozenset({"__init__", "__main__"})
"""Names that Python asks for, once a folder."""
FACES = (f"{MAIN}.cli", f"{MAIN}.assembly", f"{MAIN}.bench", f"{MAIN}.__main__")
"""They stand on top and use one of everything; layers forbid to move what they use up to them."""
KEPT_APART = {
    f"{MAIN}.roles.sequencing_roles": "roles lie together, named for the stage that asks: the prompts mirror them",
}
"""Modules that do not lie with their one importer, and why."""
PAGE = ("Belongs here:", "Does not:", "May import:")
"""What the page of a folder says, after its first sentence."""
NOUNS_IN_ING = frozenset({"wording", "wiring", "verifying", "serving"})
"""No deeds: what words say, what is wired, and parts of `bin/bench` by the names that they have on the command line."""
LONGEST_FILE = 400
"""Lines. A longer file holds more than one idea."""
IMPORT_NAMES = {"jsonschema-rs": "jsonschema_rs", "ruamel.yaml": "ruamel", "vl-convert-python": "vl_convert"}
"""Distributions that are imported under another name than their own."""
BROUGHT_BY = {"tokenizers": "vllm", "transformers": "vllm"}
"""What is used only together with a declared distribution that cannot be without it."""
ACROSS = {
    "browser": "our pages in a real browser, whose driver has an environment of its own",
    "cluster_ray": "whole runs on a Ray cluster, in an environment that has Ray",
    "consumers": "our environments in other people's clients, which have environments of their own",
    "crash": "kills, power cuts and stops: what they leave is no one module's doing",
    "data": "files that tests read",
    "e2e": "the command line from end to end",
    "faults": "whole runs against servers that misbehave",
    "project": "the house itself: its rules, its wheel, its public names",
    "prompts": "the templates, which are no modules",
    "readers": "our datasets in other people's readers, which have environments of their own",
}
"""Folders of tests that mirror no folder of the source, and why."""


def loose_modules(house: House) -> list[str]:
    """Nothing lies beside the packages but what Python asks for, and the errors."""
    beside = (module for module in house.modules.values() if module.folder == MAIN and not module.is_package)
    return [
        f"{module.path}: lies loose beside the packages; put it into the one whose idea it is"
        for module in beside
        if module.basename not in LOOSE
    ]


def repeated_basenames(house: House) -> list[str]:
    """A file's name occurs once in the whole source."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in house.modules.values():
        if module.basename not in PYTHONS_OWN:
            places[module.basename].append(str(module.path))
    return [
        f"{name}.py occurs {len(where)} times, rename all but one: {', '.join(where)}"
        for name, where in sorted(places.items())
        if len(where) > 1
    ]


def stranded_modules(house: House) -> list[str]:
    """A module with one importer lies in that importer's folder, or below it."""
    stranded = {}
    for name, importers in house.importers.items():
        module = house.modules[name]
        if module.is_package or module.folder == MAIN or len(importers) != 1:
            continue  # `loose_modules` tells which may lie there
        (importer,) = importers
        folder = house.modules[importer].folder
        if not _is_face(importer) and not f"{module.folder}.".startswith(f"{folder}."):
            stranded[name] = f"{module.path}: only {importer} imports it; move it to {folder}"
    kept = [f"KEPT_APART names {name}, which needs no exception" for name in KEPT_APART if name not in stranded]
    return [line for name, line in stranded.items() if name not in KEPT_APART] + kept


def _is_face(name: str) -> bool:
    return any(f"{name}.".startswith(f"{face}.") for face in FACES)


def folder_pages(house: House) -> list[str]:
    """Every folder's page says what belongs there, what does not, and, truly, what it may import."""
    found: list[str] = []
    for package in house.packages:
        if package.name == MAIN:
            continue  # the public API
        missing = [opening for opening in PAGE if paragraph(package.docstring, opening) is None]
        found += [f"{package.path}: its docstring has no paragraph `{opening}`" for opening in missing]
        if not missing:
            found += _untrue_imports(house, package)
    return found


def _untrue_imports(house: House, package: Module) -> Iterator[str]:
    told = set(re.findall(r"`([\w.]+)`", paragraph(package.docstring, PAGE[2]) or ""))
    inner = _is_inner(package.name)
    own = (module for module in house.modules.values() if f"{module.folder}.".startswith(f"{package.name}."))
    used = {_told_as(house, target, package.name) for module in own for target in house.imported_by(module)}
    used -= {_short(package.name) if inner else _short(_room(package.name))}
    yield from (f"{package.path}: imports `{name}`, which its page does not say" for name in sorted(used - told))
    yield from (f"{package.path}: its page says `{name}`, which nothing imports" for name in sorted(told - used))


def _is_inner(package: str) -> bool:
    return package != _room(package)


def _room(name: str) -> str:
    """Return the first-level folder: `synthtools_stream.storage` for all that lies below it."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == MAIN else parts[0]


def _short(name: str) -> str:
    return name.removeprefix(f"{MAIN}.")


def _told_as(house: House, target: str, package: str) -> str:
    """Return the name under which the page of `package` tells that `target` is imported."""
    if _room(target) != _room(package) or not _is_inner(package):
        return _short(_room(target))
    return _short(house.modules[target].folder)


def gerund_names(house: House) -> list[str]:
    """Only stages are named for what they do; every other module is named for what it is."""
    return [
        f"{module.path}: a name in -ing tells a deed; name the thing"
        for module in house.modules.values()
        if module.basename.endswith("ing") and not module.name.startswith("stages")
        if module.basename not in NOUNS_IN_ING and not module.basename.endswith("_wording")
    ]


def long_files(house: House) -> list[str]:
    """No file is longer than one idea."""
    tests = sorted((house.root / "tests").rglob("*.py"))
    sizes = [(module.path, len(module.text.splitlines())) for module in house.modules.values()]
    sizes += [(path.relative_to(house.root), len(path.read_text(encoding="utf-8").splitlines())) for path in tests]
    return [f"{path}: {lines} lines; split it by its ideas" for path, lines in sizes if lines > LONGEST_FILE]


def unexplained_limits(house: House) -> list[str]:
    """A constant that steers says its unit and its reason, below it or beside it."""
    return [
        f"{module.path}:{node.lineno}: {name} steers, and nothing says its unit and its reason"
        for module in house.modules.values()
        for name, node, follower in _numbers(module.tree)
        if not _is_text(follower) and not _has_comment(module.text.splitlines(), node.lineno)
    ]


def _numbers(tree: ast.Module) -> Iterator[tuple[str, ast.stmt, ast.stmt | None]]:
    """Yield each constant whose value is a number, with the statement that follows it."""
    for node, follower in zip_longest(tree.body, tree.body[1:]):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            target, value = node.target, node.value
        else:
            continue
        if isinstance(target, ast.Name) and target.id.isupper() and _is_number(value):
            yield target.id, node, follower


def _is_number(value: ast.expr) -> bool:
    if isinstance(value, ast.BinOp):
        return _is_number(value.left) and _is_number(value.right)
    return isinstance(value, ast.Constant) and isinstance(value.value, (int, float)) and value.value is not True


def _is_text(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _has_comment(lines: list[str], number: int) -> bool:
    return "#" in lines[number - 1] or (number > 1 and lines[number - 2].startswith("#"))


def raises_told_apart(house: House) -> list[str]:
    """What a function raises stands in lines of its docstring that begin `:raises X:`."""
    return [
        f"{module.path}:{node.lineno}: {node.name} says what it raises in prose; write `:raises X: when`"
        for module in house.modules.values()
        for node in ast.walk(module.tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        if re.search(r"(?<!:)\b[Rr]aises [A-Z]\w+", ast.get_docstring(node) or "")
    ]


def unused_dependencies(house: House) -> list[str]:
    """What is declared is imported."""
    imported = _third_parties(house)
    return [
        f"pyproject.toml: {name} is declared and never imported; use it or drop it"
        for name in sorted(_declared(house))
        if _import_name(name) not in imported
    ]


def undeclared_imports(house: House) -> list[str]:
    """What is imported is declared."""
    declared = {_import_name(name) for name in _declared(house)}
    declared |= {name for name, bringer in BROUGHT_BY.items() if bringer in declared}
    return [
        f"{where}: imports {name}, which pyproject.toml does not declare"
        for name, where in sorted(_third_parties(house).items())
        if name not in declared
    ]


def _import_name(distribution: str) -> str:
    return IMPORT_NAMES.get(distribution, distribution.replace("-", "_"))


def _declared(house: House) -> set[str]:
    """Names of the distributions that a user's install may bring."""
    project = tomllib.loads((house.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project.get("optional-dependencies", {})
    wanted = [*project.get("dependencies", []), *(line for name in extras if name != "dev" for line in extras[name])]
    names = {re.split(r"[^\w.-]", line, maxsplit=1)[0].lower() for line in wanted}
    return names - {project["name"]}


def _third_parties(house: House) -> dict[str, str]:
    """Return what is imported of others, each with one place where."""
    found: dict[str, str] = {}
    for module in house.modules.values():
        for name in _imported_tops(module.tree):
            if name not in sys.stdlib_module_names and name not in TOPS:
                found.setdefault(name, str(module.path))
    return found


def _imported_tops(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            named = (keyword.value for keyword in node.keywords if keyword.arg == "name")
            first = next(iter([*node.args, *named]), None)
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value.partition(".")[0]


def misplaced_tests(house: House) -> list[str]:
    """A test lies where its module lies, under its module's name or its folder's, with a topic where it has one."""
    found: list[str] = []
    tests = house.root / "tests"
    for path in sorted(tests.rglob("test_*.py")):
        folder = PurePosixPath(path.relative_to(tests).parent.as_posix())
        if folder.parts and folder.parts[0] in ACROSS:
            continue
        mirrored = _mirrored(house, folder)
        if mirrored is None:
            found.append(f"{path.relative_to(house.root)}: no folder of the source is called {folder}")
        elif not _is_named(path.stem.removeprefix("test_"), mirrored, house):
            found.append(f"{path.relative_to(house.root)}: {mirrored} has no module of that name")
    return found


def _mirrored(house: House, folder: PurePosixPath) -> str | None:
    dotted = ".".join(folder.parts)
    if dotted.split(".")[0] not in TOPS:
        dotted = f"{MAIN}.{dotted}".rstrip(".")
    return dotted if dotted in house.modules else None


def _is_named(name: str, folder: str, house: House) -> bool:
    modules = (module.basename for module in house.modules.values() if module.folder == folder)
    known = [*modules, folder.rpartition(".")[2]]
    return any(name == base or name.startswith(f"{base}_") for base in known)


def map_tells_all(house: House) -> list[str]:
    """The map in `docs/design.md` names every folder of the source, and none that is not there."""
    page = house.root / "docs" / "design.md"
    drawn = re.search(
        r"^## The map\n(?:(?!## )[^\n]*\n)*?```\w*\n(.*?)^```",
        page.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    if drawn is None:
        return ["docs/design.md: there is no map: a heading `## The map` and a block of folders below it"]
    firsts = [line.split()[0] for line in drawn[1].splitlines() if line.strip()]
    told = {first.rstrip("/") for first in firsts if first.endswith("/")}
    there = {module.name.rpartition(".")[2] for module in house.packages}
    beside = {path.name for path in house.root.iterdir() if path.is_dir()}
    return [f"docs/design.md: the map does not tell of {name}/" for name in sorted(there - told)] + [
        f"docs/design.md: the map tells of {name}/, which is not there" for name in sorted(told - there - beside)
    ]


def pointed_files(house: House) -> list[str]:
    """Every file to which the map's section points with a path is there."""
    page = (house.root / "docs" / "design.md").read_text(encoding="utf-8")
    section = re.search(r"^## The map\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    paths = re.findall(r"`([a-z_]+(?:/[a-z_]+)+)/?`", section[1] if section else "")
    places = (house.root, house.root / MAIN)
    return [
        f"docs/design.md: points to {path}, which is not there"
        for path in paths
        if not any((place / f"{path}.py").is_file() or (place / path).exists() for place in places)
    ]


RULES: tuple[Rule, ...] = (
    loose_modules,
    repeated_basenames,
    stranded_modules,
    folder_pages,
    gerund_names,
    long_files,
    unexplained_limits,
    raises_told_apart,
    unused_dependencies,
    undeclared_imports,
    misplaced_tests,
    map_tells_all,
    pointed_files,
)


def main() -> int:
    """Say what breaks a rule; returns the exit code."""
    house = read_house(Path(__file__).resolve().parents[2])
    lines = [f"{rule.__name__}: {line}\n" for rule in RULES for line in rule(house)]
    sys.stderr.writelines(lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
