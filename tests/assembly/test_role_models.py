"""Casting: each role is played by the model that the configuration gives it, and drawn as it says."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import orjson
import pytest

from synthtools_stream.asking.role_router import Router
from synthtools_stream.assembly.backends import Backend, open_backend
from synthtools_stream.assembly.role_models import names_of, router_of, with_known_models, with_models
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import ConfigError
from synthtools_stream.recorded.scripted_model import ScriptedModel
from synthtools_stream.roles import ROLE_GROUPS, ROLE_NAMES
from synthtools_stream.roles.audit_roles import AUDIT_JUDGE
from synthtools_stream.roles.evolution_roles import SOLVER, TASK_JUDGE
from synthtools_stream.roles.rollout_roles import AGENT_JSON, AGENT_NATIVE
from synthtools_stream.storage.rundir.run_directory import RunDirectory
from synthtools_stream.values.jsontypes import JsonObject


def cast(options: JsonObject, *own: str) -> Router:
    """Return who plays what, when the headings `own` have models of their own."""
    roles = {heading: ScriptedModel([], model=heading) for heading in own}
    return router_of(RunConfig.build(options), Backend(ScriptedModel([], model="main"), roles))


def test_groups_and_single_roles() -> None:
    """A group's model plays all its roles but those that have one of their own; all others stay with the run's."""
    router = cast({}, "judge", "task_judge", "simulator")
    played = {name: router.route(name).model for name in ROLE_NAMES}
    assert (played["audit_judge"], played["trajectory_judge"], played["task_judge"]) == ("judge", "judge", "task_judge")
    assert played["simulator"] == "simulator"
    assert {played[name] for name in (*ROLE_GROUPS["generator"], *ROLE_GROUPS["agent"], "user")} == {"main"}


def test_agent_options_win() -> None:
    """The agent's own temperature wins over its role's, in both modes; other roles keep theirs."""
    roles: JsonObject = {"agent_json": {"temperature": 0.9, "max_tokens": 7}, "solver": {"temperature": 0.4}}
    router = cast({"temperature": 0.1, "top_p": 0.5, "roles": roles})
    agent, native, solver = router.sampling(AGENT_JSON), router.sampling(AGENT_NATIVE), router.sampling(SOLVER)
    assert (agent.temperature, agent.top_p, agent.max_tokens) == (0.1, 0.5, 7)
    assert (native.temperature, native.max_tokens, solver.temperature) == (0.1, AGENT_NATIVE.max_tokens, 0.4)


def test_single_role_wins_key_by_key() -> None:
    """What a role sets wins over its group, and what it leaves comes from the group."""
    roles: JsonObject = {"judge": {"temperature": 0.3, "max_tokens": 99}, "task_judge": {"temperature": 0.0}}
    router = cast({"roles": roles})
    judged, read = router.sampling(TASK_JUDGE), router.sampling(AUDIT_JUDGE)
    assert (judged.temperature, judged.max_tokens, read.temperature, read.max_tokens) == (0.0, 99, 0.3, 99)


def test_addresses_are_operating() -> None:
    """Where a role's model is served decides no row; which model it is does."""

    def digest(table: JsonObject) -> str:
        return RunConfig.build({"roles": {"judge": table}}).content.digest()

    assert digest({"server_url": "http://a"}) == digest({"server_url": ["http://b", "http://c"]}) == digest({})
    assert digest({"model": "m"}) != digest({})
    servers = RunConfig.build({"roles": {"judge": {"server_url": "http://a"}}}).operating.role_servers
    assert servers["judge"].server_url == ["http://a"]


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ({"solvr": {"temperature": 0.1}}, "did you mean 'solver'?"),
        ({"judges": {"server_url": "http://a"}}, "did you mean 'judge'?"),
        ({"judge": {"server_url": []}}, "roles.judge.server_url: must not be empty"),
        ({"judge": {"server_url": 5}}, "roles.judge.server_url: must be a list (got 5)"),
        ({"judge": 5}, "must be a table"),
    ],
)
def test_bad_roles(roles: JsonObject, said: str) -> None:
    """An unknown role, or an address that is none, is refused in one line."""
    with pytest.raises(ConfigError) as caught:
        RunConfig.build({"roles": roles})
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_model_without_server() -> None:
    """A role's model that nobody serves is refused, with the key that is missing."""
    config = RunConfig.build({"roles": {"judge": {"model": "wise"}}})
    async with AsyncExitStack() as stack:
        with pytest.raises(ConfigError, match=r"needs roles\.judge\.server_url: who serves 'wise'\?"):
            await open_backend(config, stack)


def test_resolved_names_are_kept(tmp_path: Path) -> None:
    """Names that were found out at the start are frozen, and a resumed run takes them from there."""
    asked = RunConfig.build({"roles": {"judge": {"server_url": "http://a"}, "solver": {"temperature": 0.0}}})
    found = with_models(asked, Backend(ScriptedModel([], model="main"), {"judge": ScriptedModel([], model="wise")}))
    RunDirectory.claim(tmp_path, found, "prompts")
    frozen = orjson.loads((tmp_path / "run.json").read_bytes())["content"]
    assert (frozen["model"], frozen["roles"]["judge"]["model"], frozen["roles"]["solver"]["model"]) == (
        "main",
        "wise",
        "",
    )
    assert with_known_models(asked, tmp_path).content.digest() == found.content.digest()


def test_all_models_are_told() -> None:
    """Whoever reads which model made a run hears of the others, too."""
    roles: JsonObject = {"judge": {"model": "wise"}, "agent": {"model": "main"}, "solver": {"temperature": 0.0}}
    assert names_of(RunConfig.build({"model": "main", "roles": roles}).content) == "main; judge wise"


def test_room_for_reasoning() -> None:
    """Models that reason get room for it in every role, unless the user says how much or sets a role's limit."""
    thinking = Backend(ScriptedModel([]), facts=[{"reasons": False}, {"reasons": True}])
    roles: JsonObject = {"solver": {"max_tokens": 10}}

    def longest(options: JsonObject, backend: Backend) -> tuple[int, int]:
        router = router_of(with_models(RunConfig.build({**options, "roles": roles}), backend), backend)
        return router.sampling(AGENT_JSON).max_tokens - AGENT_JSON.max_tokens, router.sampling(SOLVER).max_tokens

    assert longest({}, thinking) == (2048, 10)
    assert longest({"reasoning_tokens": 7}, thinking) == (7, 10)
    assert longest({"reasoning_tokens": 0}, thinking) == (0, 10)
    assert longest({}, Backend(ScriptedModel([]))) == (0, 10)
