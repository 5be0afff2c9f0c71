"""How a run is carried out: free to change between resumptions, since none of it decides a row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, field_validator, model_validator

from synthtools_stream.config.key_groups import Positive, Prices, RoleServer, Section, ServerDialect
from synthtools_stream.errors import ConfigError
from synthtools_stream.values.durations import seconds_of, seconds_until
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.shards import Shard

__all__ = ["Backend", "Operating"]

Backend: TypeAlias = Literal["embedded", "http", "vllm", "recorded"]


class Operating(Section):
    """How the run is carried out; never decides a row."""

    backend: Backend = "embedded"
    server_url: list[str] = Field(default_factory=list)
    role_servers: dict[str, RoleServer] = Field(default_factory=dict)
    """Servers of single roles; the user writes them beside the role's model, as `roles.<role>.server_url`."""
    embeddings_servers: list[str] = Field(default_factory=list)
    """Servers of the embedding model; the user writes them beside its name, as `embeddings.server_url`."""
    server: ServerDialect = Field(default_factory=ServerDialect)
    """The dialect that servers are asked in at first; what they refuse is adapted to."""
    vllm: JsonObject = Field(default_factory=dict)
    """Arguments of vLLM's engine, where it runs in our process."""
    api_key_env: str = "OPENAI_API_KEY"
    """Environment variable that holds the server's key, if it needs one."""
    prompts: str = ""
    """Directory of prompt templates, `<role>.md` each, that take the place of ours; a run keeps those it began with."""
    recording: str = ""
    """Run directory whose replies the `recorded` backend answers from."""
    concurrency: Annotated[int, Field(ge=1, le=65536)] = 64
    """Requests in flight at most, on each server."""
    program_workers: Positive | None = None
    """Processes that tools' programs run in; by default one a core."""
    queue_size: Positive = 64
    live_environments: Positive | None = None
    live_tasks: Positive | None = None
    stop_after: Literal["generation", "auditing", "sequencing", "evolution", "summarizing", "rollout"] | None = None
    max_tasks: Positive | None = None
    token_budget: Positive | None = None
    """Tokens, prompt and completion, of all sessions of the run together; then nothing new is sent."""
    max_cost: Annotated[float, Field(gt=0.0)] | None = None
    """The same in money, at `prices`."""
    deadline: str | None = None
    """When this session sends nothing new any more: in `90` seconds, in `2h30m`, or at a time, 2026-03-14T09:00."""
    grace: Annotated[float, Field(ge=0.0)] = 30.0
    """Seconds that requests in flight have once the session ends early; as `--deadline` takes a span, so does this."""
    selection: str = ""
    """Which tasks of a dataset are rolled out, where it is not all of them."""
    shard: str = ""
    """The part of them that this directory holds, such as `2/8`; a run keeps the one that it began with."""
    takeover: bool = False
    """Whether to go on in a directory that another process still seems to hold, because that one is lost."""
    request_timeout_s: Annotated[float, Field(gt=0.0)] = 600.0
    """How long a reply may take at first; where a server turns out to be slower, it is given up to four times that."""
    connect_timeout_s: Annotated[float, Field(gt=0.0)] = 10.0
    max_attempts: Positive = 8
    """Sends of one request at most; while no server is there at all, they are not counted."""
    retry_delay_s: Annotated[float, Field(gt=0.0)] = 0.5
    """Shortest wait before a request is sent again; it doubles from there."""
    patience_s: Annotated[float, Field(gt=0.0)] = 1800.0
    """How long a server may be away before the run stops; it can be resumed then."""
    progress_every_s: Annotated[float, Field(gt=0.0)] = 2.0
    segment_mib: Annotated[int, Field(ge=1, le=4096)] = 64
    """Size at which a log goes on in a new file, and the old one is compressed."""
    prices: Prices = Field(default_factory=Prices)

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.max_cost is not None and not (self.prices.prompt or self.prices.completion):
            raise ValueError("max_cost: needs prices; set prompt and completion, per million tokens, under [prices]")
        return self

    @field_validator("shard")
    @classmethod
    def _is_shard(cls, value: str) -> str:
        if value:
            Shard.of(value)
        return value

    @field_validator("deadline", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """TOML has numbers and times of its own."""
        if isinstance(value, datetime):
            return value.isoformat()
        return str(value) if isinstance(value, (int, float)) else value

    @field_validator("grace", mode="before")
    @classmethod
    def _in_seconds(cls, value: object) -> object:
        """Take a span such as `2m`.

        :raises ValueError: for other text.
        """
        if not isinstance(value, str):
            return value
        seconds = seconds_of(value)
        if seconds is None:
            raise ValueError(f"{value!r} is neither seconds nor a span such as 2m")
        return seconds

    @field_validator("deadline")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                seconds_until(value, datetime.now(UTC))
            except ConfigError as error:
                raise ValueError(str(error).removeprefix("deadline: ")) from error
        return value
