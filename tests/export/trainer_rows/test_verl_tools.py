"""Tools as verl's registry reads them; `bin/exports` lets it read them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from synthtools_stream.errors import Rejection, UsageError
from synthtools_stream.export.trainer_rows.verl_tools import assert_configurable, tool_config
from synthtools_stream.live.submission import SUBMIT
from synthtools_stream.values.jsontypes import JsonObject


def function(name: str = "Look", description: str = "Look.", **properties: JsonObject) -> JsonObject:
    """Return a function definition."""
    return {"name": name, "description": description, "parameters": {"type": "object", "properties": {**properties}}}


def test_each_tool_once_and_the_submission() -> None:
    """Tasks of an environment share tools; order of keys is no difference."""
    again = dict(reversed(function().items()))
    made: Any = json.loads(tool_config([function(), function("Move"), again], "rl/bees/tasks.jsonl"))
    assert [tool["tool_schema"]["function"]["name"] for tool in made["tools"]] == ["Look", "Move", SUBMIT]
    assert {tool["class_name"] for tool in made["tools"]} == {"world_tool.WorldTool"}
    assert {tool["config"]["tasks"] for tool in made["tools"]} == {"rl/bees/tasks.jsonl"}


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("${oc.env:HOME}", r"\${oc.env:HOME}"),
        (r"\${x}", r"\\\${x}"),
        ("costs $5 {net}", "costs $5 {net}"),
    ],
)
def test_nothing_is_interpolated(said: str, written: str) -> None:
    """OmegaConf would put an environment variable in a description's place."""
    made: Any = json.loads(tool_config([function(description=said)], "t"))
    assert made["tools"][0]["tool_schema"]["function"]["description"] == written


def test_characters_that_yaml_refuses() -> None:
    """They are escaped; all others, those beyond the first plane too, stand as they are."""
    text = tool_config([function(description='a\x7fb\u2028c\ufeffd 船 😀 ü \\ "')], "t").decode()
    assert '"a\\u007fb\\u2028c\\ufeffd 船 😀 ü \\\\ \\""' in text


def test_two_tools_of_one_name() -> None:
    """A run has one list of tools."""
    with pytest.raises(UsageError, match=r"rl/b/tasks\.jsonl: two tasks define Look in two ways"):
        tool_config([function(), function(description="Look twice.")], "rl/b/tasks.jsonl")


@pytest.mark.parametrize(
    ("tool", "reason"),
    [
        (function(depth={"description": "any"}), "untyped_parameter"),
        (function(SUBMIT), "name_taken"),
    ],
)
def test_what_verl_cannot_hold(tool: JsonObject, reason: str) -> None:
    """Its schema demands a type; our own tool has a name."""
    with pytest.raises(Rejection) as refused:
        assert_configurable([tool])
    assert refused.value.reason == reason


def test_plain_tools_are_held() -> None:
    """Whatever else stands in their schema."""
    assert_configurable([function(depth={"type": "integer", "minimum": 1})])
