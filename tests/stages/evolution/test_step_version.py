"""One version of a step: what its turn may not say."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from stages.evolution.step_version import _check_version
from stages.evolution.task_draft import Draft
from synthtools_stream.errors import Rejection
from synthtools_stream.records import Change, Step
from synthtools_stream.roles.evolution_roles import EvolverOutput
from tests.stages.stagekit import TOOLS


def test_turns_say_neither_new_ids_nor_tools() -> None:
    """A user knows neither the id of what was created on the way nor a tool; longer ids and plain words are others."""
    create = Change(op="create", collection="horses", id="HO-1003")
    made = Step(turn="Buy it.", call="BuyHorse()", status_code=200, response={"name": "Alba"}, changes=[create])
    draft = cast("Draft", SimpleNamespace(steps=[made], item=SimpleNamespace(tools=TOOLS)))

    def check(turn: str) -> None:
        _check_version(draft, TOOLS[0], EvolverOutput(user_turn=turn, arguments={"horse_id": "HO-1001"}))

    check("What is HO-10031 called, if not Alba?")
    with pytest.raises(Rejection, match="says HO-1003, an id that came up on the way"):
        check("What is ho-1003 called?")
    check("Move the horse, please.")
    with pytest.raises(Rejection, match="users do not know tools"):
        check("What is it called? Then MoveHorse.")
