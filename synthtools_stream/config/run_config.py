"""A run's whole configuration, from a TOML file and from flags."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import Field, ValidationError

from synthtools_stream.config.config_problems import first_problem, key_at_fault, short, unknown_key
from synthtools_stream.config.content_keys import Content
from synthtools_stream.config.key_groups import Section
from synthtools_stream.config.operating_keys import Operating
from synthtools_stream.errors import ConfigError
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["RunConfig", "difference", "read_toml"]


class RunConfig(Section):
    """A run's whole configuration."""

    content: Content = Field(default_factory=Content)
    operating: Operating = Field(default_factory=Operating)

    @classmethod
    def build(cls, options: JsonObject) -> RunConfig:
        """Sort flat `options` into content and operating keys and check them.

        :raises ConfigError: when a key or a value is wrong, in one line that a reader can act on.
        """
        content: JsonObject = {}
        operating: JsonObject = {}
        if options.get("server_url") and "backend" not in options:
            options = {**options, "backend": "http"}
        for key, value in _with_servers_apart(options).items():
            if key in Content.model_fields:
                content[key] = value
            elif key in Operating.model_fields:
                operating[key] = value
            else:
                raise ConfigError(unknown_key(key, [*Content.model_fields, *Operating.model_fields]), key)
        try:
            return cls(content=Content.model_validate(content), operating=Operating.model_validate(operating))
        except ValidationError as error:
            raise ConfigError(first_problem(error), key_at_fault(error)) from error

    def live_environments(self) -> int:
        """Environments in work at once."""
        return self.operating.live_environments or max(2, self.operating.concurrency // 8)

    def live_tasks(self) -> int:
        """Tasks in work at once."""
        return self.operating.live_tasks or max(4, 2 * self.operating.concurrency)


def difference(old: JsonObject, new: JsonObject) -> list[str]:
    """Return one `key: old -> new` line for every content key that differs.

    A key that did not exist when `old` was written had its default then.
    """
    old = {**Content().model_dump(mode="json"), **old}
    keys = list(dict.fromkeys([*old, *new]))
    return [f"{key}: {short(old.get(key))} -> {short(new.get(key))}" for key in keys if old.get(key) != new.get(key)]


def _with_servers_apart(options: JsonObject) -> JsonObject:
    """Take `server_url` out of the tables: where a model is served decides no row, which model it is does."""
    options = _with_embeddings_apart(options)
    roles = options.get("roles")
    if not isinstance(roles, dict):
        return options
    kept: JsonObject = {}
    servers: JsonObject = {}
    for name, table in roles.items():
        if isinstance(table, dict) and "server_url" in table:
            servers[name] = {"server_url": table["server_url"]}
            table = {key: value for key, value in table.items() if key != "server_url"}
        kept[name] = table
    return {**options, "roles": kept, "role_servers": servers}


def _with_embeddings_apart(options: JsonObject) -> JsonObject:
    """Whoever names a server of embeddings means to use it."""
    table = options.get("embeddings")
    if not isinstance(table, dict) or "server_url" not in table:
        return options
    kept: JsonObject = {"encoder": "server", **{key: value for key, value in table.items() if key != "server_url"}}
    urls = table["server_url"]
    return {**options, "embeddings": kept, "embeddings_servers": urls if isinstance(urls, list) else [urls]}


def read_toml(path: Path) -> JsonObject:
    """Return what a TOML file holds.

    :raises ConfigError: when it cannot be read, in one line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such configuration file") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from error
