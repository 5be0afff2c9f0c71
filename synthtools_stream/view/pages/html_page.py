"""A page written as HTML, in the shell that all pages share."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Undefined

from synthtools_stream.view.pages.addresses import (
    compare_address,
    list_address,
    raw_address,
    request_address,
    row_address,
)
from synthtools_stream.view.pages.json_markup import inline_json, json_markup
from synthtools_stream.view.pages.page import Page, Shell
from synthtools_stream.view.pages.program_markup import program_markup
from synthtools_stream.view.pages.rows_page import KINDS
from synthtools_stream.view.pages.visible_text import found_text, marked_block, plain, text_block, visible

__all__ = ["asset", "prepare", "render"]

_HERE = "synthtools_stream.view.pages"
_FILTERS: dict[str, Any] = {
    "visible": visible,
    "plain": plain,
    "found": found_text,
    "block": text_block,
    "marked": marked_block,
    "program": program_markup,
    "json": json_markup,
    "inline_json": inline_json,
}
_GLOBALS: dict[str, Any] = {
    "kinds": KINDS,
    "row_address": row_address,
    "raw_address": raw_address,
    "list_address": list_address,
    "compare_address": compare_address,
    "request_address": request_address,
}


def render(page: Page, shell: Shell) -> str:
    """Return the whole HTML document; every value is escaped unless code of ours made it markup.

    :raises jinja2.TemplateError: when a page lacks what its template needs, which is a bug.
    """
    return _environment().get_template(page.template).render(page=page, shell=shell, **page.values)


def prepare() -> None:
    """Compile every template, which takes a moment that no reader need wait for."""
    for entry in (files(_HERE) / "templates").iterdir():
        _environment().get_template(entry.name)


def asset(name: str) -> bytes | None:
    """Return a style sheet or script by its name; None where there is none of that name."""
    # Compared with names that are there: what a request says is never a path.
    entries = {entry.name: entry for entry in (files(_HERE) / "assets").iterdir() if entry.is_file()}
    return entries[name].read_bytes() if name in entries else None


@cache
def _environment() -> Environment:
    undefined: type[Undefined] = StrictUndefined
    environment = Environment(
        autoescape=True, undefined=undefined, loader=FunctionLoader(_source), trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(_FILTERS)
    environment.globals.update(_GLOBALS)
    return environment


def _source(name: str) -> str | None:
    entry = files(_HERE) / "templates" / name
    return entry.read_text(encoding="utf-8") if entry.is_file() else None
