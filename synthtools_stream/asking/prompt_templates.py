"""Prompt templates: `<role>.md`, Jinja2, what never changes first.

What stands before the line `=== input ===` is the system message. It sees only `schema` (the output's JSON schema, as
compact text), so it is rendered once per role and is a common prefix for the server's cache. What follows is the first
user message; it sees the fields of the role's input. There, every value must go through the `json` filter: this is
checked when the template is first used, so that no model's or user's text can ever stand in a prompt as markup.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from jinja2 import Environment, StrictUndefined, Template, TemplateError, meta, nodes

from synthtools_stream.asking.prompt_examples import PromptExamples
from synthtools_stream.errors import ConfigError, boundary
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.record import Record
from synthtools_stream.records.tool import Tool
from synthtools_stream.roles import ROLES
from synthtools_stream.roles.role import In, Out, Role
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.values.object_memo import ObjectMemo

__all__ = ["PromptLibrary", "RenderedPrompt", "compact_schema", "json_text"]

INPUT_MARK = "=== input ==="
"""The line between the system message and the first user message."""
_PACKAGE = "synthtools_stream"
"""Where the templates ship."""
_REMEMBERED = 1024
"""Tools and entity types whose JSON is remembered: those of some tens of environments."""


class RenderedPrompt(NamedTuple):
    """The two messages that open a conversation."""

    system: str
    user: str


@dataclass(frozen=True)
class _Prepared:
    system: str
    user: Template
    fields: tuple[str, ...]
    examples: PromptExamples


def json_text(value: object) -> str:
    """Return `value`, JSON or records, as compact JSON in which no tag can be closed.

    `</` is written `<\\/`, which means the same. Absent (None) fields of records are left out.
    """
    return _unclosing(orjson.dumps(value, default=_written).decode())


def _unclosing(text: str) -> str:
    # To look for one character is forty times as fast, and it is rare.
    return text.replace("</", "<\\/") if "<" in text else text


def _written(value: object) -> orjson.Fragment:
    if not isinstance(value, Record):
        raise TypeError(f"a {type(value).__name__} is no JSON")
    return orjson.Fragment(value.model_dump_json(exclude_none=True))


class _Writer:
    """`json_text` that remembers the latest tools and entity types: they stand in many prompts, and never change."""

    def __init__(self) -> None:
        self._shared = ObjectMemo(_written, _REMEMBERED)

    def text(self, value: object) -> str:
        return _unclosing(orjson.dumps(value, default=self._written).decode())

    def _written(self, value: object) -> orjson.Fragment:
        return self._shared(value) if isinstance(value, (Tool, EntityType)) else _written(value)


def compact_schema(schema: JsonObject) -> JsonObject:
    """Return `schema` without the titles that pydantic adds, which only repeat the names."""
    return {
        key: _compact(key, value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))
    }


def _compact(key: str, value: Json) -> Json:
    # Below these keys stand names, and a property may well be called "title".
    if key in ("properties", "$defs") and isinstance(value, dict):
        return {name: compact_schema(part) if isinstance(part, dict) else part for name, part in value.items()}
    if key in ("default", "const", "enum", "examples"):
        return value
    if isinstance(value, dict):
        return compact_schema(value)
    if isinstance(value, list):
        return [compact_schema(part) if isinstance(part, dict) else part for part in value]
    return value


def _read_templates(directory: Path | Traversable) -> dict[str, str]:
    with boundary(f"cannot read the prompts in {directory}", OSError, UnicodeError, as_=ConfigError):
        sources = {
            entry.name.removesuffix(".md"): entry.read_text(encoding="utf-8")
            for entry in directory.iterdir()
            if entry.name.endswith(".md") and entry.name != "README.md"
        }
    if not sources:
        raise ConfigError(f"no prompts in {directory}: one <role>.md each is expected")
    return sources


def _role_of(name: str, directory: Path | None, roles: Mapping[str, Role[Any, Any]]) -> Role[Any, Any]:
    """Return the role that a template is named for: one for none is mostly a name that was mistyped."""
    if name in roles:
        return roles[name]
    near = get_close_matches(name, roles, n=1)
    hint = f"did you mean {near[0]}.md?" if near else f"there are {', '.join(roles)}"
    raise ConfigError(f"{directory}/{name}.md: there is no role {name!r}; {hint}")


class PromptLibrary:
    """The templates of one directory, and those that a user puts in their place."""

    def __init__(
        self, directory: Path | Traversable, own: Path | None = None, roles: Sequence[Role[Any, Any]] = ()
    ) -> None:
        """Read every template of `directory`; those of `own` win, and may be for `roles` beside ours.

        :raises ConfigError: when there is none, one cannot be read, or one in `own` fits no role.
        """
        self._where = str(directory)
        replaced = {} if own is None else _read_templates(own)
        self._sources = {**_read_templates(directory), **replaced}
        # Prompts are not HTML, and values enter as JSON, so nothing is to be escaped. Without a loader no template
        # can include another file, whatever it says.
        self._jinja = Environment(undefined=StrictUndefined, autoescape=False, loader=None, trim_blocks=True)
        self._jinja.filters["json"] = _Writer().text
        self._prepared: dict[str, _Prepared] = {}
        for name in replaced:
            self._prepare(_role_of(name, own, {**ROLES, **{role.name: role for role in roles}}))

    @classmethod
    def load(cls, own: Path | None = None, roles: Sequence[Role[Any, Any]] = ()) -> PromptLibrary:
        """Open the templates that ship with the package, else those of the checkout beside it; those of `own` win.

        They may be for `roles` beside ours.

        :raises ConfigError: when `own` cannot be read, or one of its templates fits no role.
        """
        package = files(_PACKAGE)
        shipped = package / "_prompts"
        return cls(shipped if shipped.is_dir() else Path(str(package)).parent / "prompts", own, roles)

    @property
    def digest(self) -> str:
        """Hexadecimal digest of all templates, names included."""
        whole = hashlib.blake2b(digest_size=16)
        for name, source in sorted(self._sources.items()):
            whole.update(orjson.dumps([name, source]))
        return whole.hexdigest()

    def system(self, role: Role[In, Out]) -> str:
        """Return the system message of a role, which is the same whatever it is asked.

        :raises ConfigError: when the template is missing, or does not fit the role's input.
        """
        return (self._prepared.get(role.name) or self._prepare(role)).system

    def render(self, role: Role[In, Out], value: In) -> RenderedPrompt:
        """Return the messages that open a conversation with `role`.

        :raises ConfigError: when the template is missing, or does not fit the role's input.
        """
        prepared = self._prepared.get(role.name) or self._prepare(role)
        # Absent fields are None, not undefined, so that a template can ask `{% if problem %}`.
        context = {name: getattr(value, name) for name in prepared.fields}
        try:  # not `boundary`, which costs a tenth of a rendering
            # `shared` spares a copy of the context and of Jinja's globals, which `_check_input` has ruled out.
            user = "".join(prepared.user.root_render_func(prepared.user.new_context(context, shared=True)))
        except (TemplateError, TypeError) as error:
            raise ConfigError(f"prompt {role.name}: {error}") from error
        return RenderedPrompt(prepared.system, user.strip())

    def examples(self, role: Role[In, Out]) -> PromptExamples:
        """Return what only the examples of a role's prompt say.

        :raises ConfigError: when the template is missing, or does not fit the role's input.
        """
        return (self._prepared.get(role.name) or self._prepare(role)).examples

    def _prepare(self, role: Role[In, Out]) -> _Prepared:
        source = self._sources.get(role.name)
        if source is None:
            raise ConfigError(f"no prompt for the role {role.name}: {self._where}/{role.name}.md is missing")
        lines = source.splitlines()
        if lines.count(INPUT_MARK) != 1:
            raise ConfigError(f"prompt {role.name}: one line must read {INPUT_MARK}")
        at = lines.index(INPUT_MARK)
        schema = orjson.dumps(compact_schema(role.schema)).decode()
        with boundary(f"prompt {role.name}", TemplateError, TypeError, as_=ConfigError):
            system = self._jinja.from_string("\n".join(lines[:at])).render(schema=schema).strip()
            user = "\n".join(lines[at + 1 :])
            fields = tuple(role.input_model.model_fields)
            self._check_input(role.name, user, fields)
            prepared = _Prepared(system, self._jinja.from_string(user), fields, PromptExamples.of(system))
        return self._prepared.setdefault(role.name, prepared)

    def _check_input(self, name: str, source: str, fields: tuple[str, ...]) -> None:
        tree = self._jinja.parse(source)
        unknown = meta.find_undeclared_variables(tree) - set(fields)
        if unknown:
            raise ConfigError(f"prompt {name}: the role's input has no {', '.join(sorted(unknown))}")
        for output in tree.find_all(nodes.Output):
            for part in output.nodes:
                plain = isinstance(part, nodes.TemplateData)
                if not plain and not (isinstance(part, nodes.Filter) and part.name == "json"):
                    raise ConfigError(f"prompt {name}, input line {part.lineno}: write the value with `| json`")
