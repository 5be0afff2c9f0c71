"""The configuration of a run: every option, its bounds, and whether it is content or operating.

*Content* keys decide what the rows are; they are frozen in `run.json` and a change is refused with the difference
shown. *Operating* keys (concurrency, addresses, budgets, prices, time-outs) are free to change between resumptions.
Every key stands in TOML under the same name; command-line flags win.
"""

from __future__ import annotations

import difflib
import tomllib
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from synthtools_stream.deadlines import seconds_until
from synthtools_stream.errors import ConfigError
from synthtools_stream.jsontypes import JsonObject

__all__ = [
    "Audit",
    "Backend",
    "Content",
    "EmbeddedRates",
    "Operating",
    "Prices",
    "RoleOverride",
    "RunConfig",
    "difference",
    "load_config",
]

Backend: TypeAlias = Literal["embedded", "http", "recorded"]
Strategy: TypeAlias = Literal["graph", "llm", "random"]
FieldName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Section(BaseModel):
    """A group of keys: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Audit(Section):
    """How tools are audited."""

    per_mode: Annotated[int, Field(ge=1, le=4)] = 2
    """Probes a mode."""
    repeats: Annotated[int, Field(ge=1, le=5)] = 3
    """Times each probe is run at most, at different repeat numbers: again only where it is not yet decided."""


class EmbeddedRates(Section):
    """How often the embedded model errs, each from 0 to 1."""

    agent_error: Share = 0.03
    solver_error: Share = 0.02
    simulator_error: Share = 0.01
    judge_error: Share = 0.01
    bad_json: Share = 0.01
    unreliable_tool: Share = 0.05
    """Share of tools that are hard to emulate."""
    unreliable_error: Share = 0.5
    """Errors of the simulator on those."""


class RoleOverride(Section):
    """Sampling of one role."""

    temperature: Annotated[float, Field(ge=0.0, le=2.0)] | None = None
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    max_tokens: Positive | None = None


class Content(Section):
    """What decides the rows."""

    seed: Annotated[int, Field(ge=0)] = 0
    fields: list[FieldName] = Field(default_factory=list)
    resemble: list[FieldName] = Field(default_factory=list)
    """Seed examples: subfields and scenarios that new ones should be like."""
    avoid: list[FieldName] = Field(default_factory=list)
    """Subfields and scenarios that must not come again."""
    subfields: Annotated[int, Field(ge=1, le=40)] = 1
    scenarios: Annotated[int, Field(ge=1, le=40)] = 1
    sequences: Annotated[int, Field(ge=1, le=200)] = 4
    """Sequences an environment."""
    sequence_length: Annotated[int, Field(ge=2, le=20)] = 6
    """Calls in a sequence at most."""
    min_steps: Annotated[int, Field(ge=1, le=20)] = 2
    """A prefix of at least this many clean steps is still a task."""
    strategy: Strategy = "graph"
    min_reliability: Share = 0.26
    """Floor of the Wilson lower bound that every applicable mode must clear."""
    max_retries: Annotated[int, Field(ge=0, le=10)] = 3
    """Attempts at a step beyond the first."""
    rollouts: Annotated[int, Field(ge=0, le=100)] = 1
    """Attempts of the agent at each task."""
    mode: Literal["json", "native"] = "json"
    max_turns: Annotated[int, Field(ge=1, le=200)] | None = None
    """Turns of the agent; by default twice the task's calls and four more."""
    dialogue: bool = False
    """Roll out the planned dialogue with a simulated user instead of the single request."""
    judge: bool = True
    """Whether the trajectory judge reads each attempt."""
    model: str = ""
    """Model name; resolved at start-up where empty."""
    temperature: Annotated[float, Field(ge=0.0, le=2.0)] | None = None
    """Of the agent; by default its role's."""
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    audit: Audit = Field(default_factory=Audit)
    embedded: EmbeddedRates = Field(default_factory=EmbeddedRates)
    roles: dict[str, RoleOverride] = Field(default_factory=dict)
    dataset: str = ""
    """Digest of the start-from file, for runs that begin in the middle."""
    start: Literal["fields", "environments", "tools", "tasks", "drafts"] = "fields"

    @field_validator("fields")
    @classmethod
    def _distinct(cls, fields: list[str]) -> list[str]:
        twice = sorted({name for name in fields if fields.count(name) > 1})
        if twice:
            raise ValueError(f"field {twice[0]!r} is named twice; name each field once")
        return fields

    def digest(self) -> str:
        """Hex digest of everything that decides the rows."""
        return blake2b(
            orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS), digest_size=16
        ).hexdigest()


class Prices(Section):
    """Money per million tokens, to show what a run costs."""

    prompt: Annotated[float, Field(ge=0.0)] = 0.0
    completion: Annotated[float, Field(ge=0.0)] = 0.0
    currency: str = "USD"


class Operating(Section):
    """How the run is carried out; never decides a row."""

    backend: Backend = "embedded"
    server_url: list[str] = Field(default_factory=list)
    api_key_env: str = "OPENAI_API_KEY"
    """Environment variable that holds the server's key, if it needs one."""
    recording: str = ""
    """Run directory whose replies the `recorded` backend answers from."""
    concurrency: Annotated[int, Field(ge=1, le=65536)] = 64
    """Requests in flight at most, on each server."""
    queue_size: Positive = 64
    live_environments: Positive | None = None
    live_tasks: Positive | None = None
    stop_after: Literal["generation", "auditing", "sequencing", "evolution", "summarizing", "rollout"] | None = None
    max_tasks: Positive | None = None
    token_budget: Positive | None = None
    """Tokens, prompt and completion, of all sessions of the run together; then nothing new is started."""
    max_cost: Annotated[float, Field(gt=0.0)] | None = None
    """The same in money, at `prices`."""
    deadline: str | None = None
    """When this session starts nothing new any more: in `90` seconds, in `2h30m`, or at a time, 2026-03-14T09:00."""
    selection: str = ""
    """Which tasks of a dataset are rolled out, where it is not all of them."""
    request_timeout_s: Annotated[float, Field(gt=0.0)] = 600.0
    connect_timeout_s: Annotated[float, Field(gt=0.0)] = 10.0
    max_attempts: Positive = 8
    """Sends of one request at most; while no server is there at all, they are not counted."""
    retry_delay_s: Annotated[float, Field(gt=0.0)] = 0.5
    """Shortest wait before a request is sent again; it doubles from there."""
    patience_s: Annotated[float, Field(gt=0.0)] = 1800.0
    """How long a server may be away before the run stops; it can be resumed then."""
    progress_every_s: Annotated[float, Field(gt=0.0)] = 2.0
    segment_mib: Annotated[int, Field(ge=1, le=4096)] = 256
    prices: Prices = Field(default_factory=Prices)

    @field_validator("deadline", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """TOML has numbers and times of its own."""
        if isinstance(value, datetime):
            return value.isoformat()
        return str(value) if isinstance(value, (int, float)) else value

    @field_validator("deadline")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                seconds_until(value, datetime.now(UTC))
            except ConfigError as error:
                raise ValueError(str(error).removeprefix("deadline: ")) from error
        return value


class RunConfig(Section):
    """A run's whole configuration."""

    content: Content = Field(default_factory=Content)
    operating: Operating = Field(default_factory=Operating)

    @classmethod
    def build(cls, options: JsonObject) -> RunConfig:
        """Sort flat `options` into content and operating keys and check them.

        Raises ConfigError with one line a reader can act on.
        """
        content: JsonObject = {}
        operating: JsonObject = {}
        for key, value in options.items():
            if key in Content.model_fields:
                content[key] = value
            elif key in Operating.model_fields:
                operating[key] = value
            else:
                raise ConfigError(_unknown(key, [*Content.model_fields, *Operating.model_fields]))
        try:
            return cls(content=Content.model_validate(content), operating=Operating.model_validate(operating))
        except ValidationError as error:
            raise ConfigError(_first_problem(error)) from error

    def live_environments(self) -> int:
        """Environments in work at once."""
        return self.operating.live_environments or max(2, self.operating.concurrency // 8)

    def live_tasks(self) -> int:
        """Tasks in work at once."""
        return self.operating.live_tasks or max(4, 2 * self.operating.concurrency)


def load_config(path: Path | None, flags: JsonObject) -> RunConfig:
    """Read the TOML file, let the flags win, and check everything; raises ConfigError."""
    options = _read_toml(path) if path else {}
    return RunConfig.build({**options, **flags})


def difference(old: JsonObject, new: JsonObject) -> list[str]:
    """Return one `key: old -> new` line for every content key that differs."""
    keys = list(dict.fromkeys([*old, *new]))
    return [f"{key}: {_short(old.get(key))} -> {_short(new.get(key))}" for key in keys if old.get(key) != new.get(key)]


def _read_toml(path: Path) -> JsonObject:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such configuration file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from error


def _unknown(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"there is no configuration key {key!r}{hint}"


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    parts = [str(part) for part in problem["loc"]]
    if problem["type"] == "extra_forbidden":
        return _unknown(".".join(parts), _keys_beside(parts))
    shown = _short(problem.get("input"))
    return f"{'.'.join(parts)}: {_said(problem['type'], problem['msg'], problem.get('ctx', {}))} (got {shown})"


def _said(kind: str, message: str, bounds: dict[str, object]) -> str:
    """Say a validation error in our own words."""
    known = {
        "greater_than": "must be above {gt}",
        "greater_than_equal": "must be {ge} or more",
        "less_than": "must be below {lt}",
        "less_than_equal": "must be {le} or less",
        "string_too_short": "must not be empty",
        "string_too_long": "must have {max_length} characters at most",
        "int_parsing": "must be a whole number",
        "int_type": "must be a whole number",
        "literal_error": "must be {expected}",
    }
    return known[kind].format(**bounds) if kind in known else message.removeprefix("Value error, ")


def _keys_beside(parts: list[str]) -> list[str]:
    sections: dict[str, type[Section]] = {
        "audit": Audit,
        "embedded": EmbeddedRates,
        "prices": Prices,
        "roles": RoleOverride,
    }
    section = sections.get(parts[0])
    if section is None:
        return [*Content.model_fields, *Operating.model_fields]
    return [".".join([*parts[:-1], name]) for name in section.model_fields]


def _short(value: object) -> str:
    text = repr(value) if not isinstance(value, (dict, list)) else orjson.dumps(value).decode()
    return text if len(text) <= 80 else text[:77] + "..."
