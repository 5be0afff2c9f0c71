"""Configuration: bounds, clear lines for mistakes, and which keys decide the rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.config import Content, Operating, RunConfig, difference, read_toml
from synthtools_stream.config.key_groups import ServerDialect
from synthtools_stream.errors import ConfigError
from synthtools_stream.records.implicit_kind import ImplicitKind
from synthtools_stream.records.twist import VariantKind
from synthtools_stream.servers.dialect import PLAIN
from synthtools_stream.values.jsontypes import Json, JsonObject


def refusal(options: JsonObject) -> str:
    """Return the line that refuses these options."""
    with pytest.raises(ConfigError) as caught:
        RunConfig.build(options)
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_dialect_set_by_hand_is_the_servers_dialect() -> None:
    """`[server]` has the very keys of a dialect, and nothing set means the plain one."""
    assert ServerDialect().model_dump() == PLAIN.to_json()


@pytest.mark.parametrize(
    ("key", "near"), [("concurency", "concurrency"), ("sequence_lenght", "sequence_length"), ("field", "fields")]
)
def test_unknown_key_names_nearest(key: str, near: str) -> None:
    """A misspelt key is refused with the key that was probably meant."""
    line = refusal({key: 1})
    assert repr(key) in line
    assert repr(near) in line


def test_unknown_key_far_from_all() -> None:
    """A key like no other is refused without a guess."""
    assert refusal({"zzzzzz": 1}) == "there is no configuration key 'zzzzzz'"


@pytest.mark.parametrize(
    ("options", "key", "near"),
    [
        ({"audit": {"repeat": 2}}, "audit.repeat", "audit.repeats"),
        ({"embedded": {"agent_eror": 0.1}}, "embedded.agent_eror", "embedded.agent_error"),
        ({"prices": {"promt": 1.0}}, "prices.promt", "prices.prompt"),
        ({"roles": {"solver": {"temprature": 0.1}}}, "roles.solver.temprature", "roles.solver.temperature"),
        ({"embeddings": {"treshold": 0.5}}, "embeddings.treshold", "embeddings.threshold"),
        ({"targets": {"length": {}}}, "targets.length", "targets.lengths"),
        ({"implicit": {"shar": 0.2}}, "implicit.shar", "implicit.share"),
    ],
)
def test_unknown_nested_key(options: JsonObject, key: str, near: str) -> None:
    """A misspelt key of a section is named with its path, and so is the nearest."""
    line = refusal(options)
    assert repr(key) in line
    assert repr(near) in line


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("subfields", 0),
        ("scenarios", -1),
        ("sequences", 0),
        ("sequence_length", 1),
        ("rollouts", -1),
        ("max_retries", -3),
        ("concurrency", 0),
        ("queue_size", 0),
        ("max_tasks", 0),
        ("token_budget", -5),
        ("metrics_port", 65536),
        ("seed", -1),
        ("min_reliability", 1.5),
        ("temperature", 2.5),
        ("request_timeout_s", 0),
        ("strategy", "walk"),
        ("stop_after", "the end"),
        ("backend", "openai"),
    ],
)
def test_out_of_bounds(key: str, value: Json) -> None:
    """A value out of bounds is refused in one line that names the key and what it got."""
    line = refusal({key: value})
    assert line.startswith(f"{key}: ")
    assert repr(value) in line


def test_field_named_twice() -> None:
    """A field named twice, spaces aside, is refused by name."""
    assert "'Freight' is named twice" in refusal({"fields": ["Freight", "Retail", " Freight "]})


def test_empty_field_name() -> None:
    """A field without a name is refused."""
    assert refusal({"fields": ["Freight", "  "]}).startswith("fields.1: ")


def test_long_values_are_cut() -> None:
    """What was given is shown, but never at length."""
    assert len(refusal({"fields": ["x" * 5000]})) < 250


def test_bad_toml_names_file(tmp_path: Path) -> None:
    """A file that is no TOML, no text, or not there is refused by name, in one line."""
    path = tmp_path / "run.toml"
    with pytest.raises(ConfigError, match=r"run\.toml: there is no such"):
        read_toml(path)
    path.write_text("fields = [")
    with pytest.raises(ConfigError, match=r"run\.toml: is not valid TOML: ") as caught:
        read_toml(path)
    assert "\n" not in str(caught.value)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"run\.toml: is not UTF-8 text"):
        read_toml(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_toml(tmp_path)


def test_byte_order_mark_is_no_part_of_toml(tmp_path: Path) -> None:
    """A file that an editor began with one holds the keys that it shows."""
    path = tmp_path / "run.toml"
    path.write_text("\ufeffseed = 3\n", encoding="utf-8")
    assert read_toml(path) == {"seed": 3}


def test_keys_are_one_kind() -> None:
    """No key is both content and operating."""
    assert not Content.model_fields.keys() & Operating.model_fields.keys()


CHANGED: JsonObject = {
    "seed": 1,
    "fields": ["Retail"],
    "subfields": 2,
    "sequences": 5,
    "min_reliability": 0.5,
    "rollouts": 2,
    "mode": "native",
    "model": "m",
    "temperature": 0.1,
    "audit": {"repeats": 4},
    "embedded": {"bad_json": 0.5},
    "roles": {"solver": {"temperature": 0.0}},
    "embeddings": {"encoder": "local"},
    "targets": {"lengths": {"3": 1.0}},
    "implicit": {"share": 0.2, "kinds": ["unit"]},
    "dataset": "abc",
}


@pytest.mark.parametrize("key", CHANGED)
def test_digest_follows_content(key: str) -> None:
    """Every content key changes the digest."""
    assert RunConfig.build({key: CHANGED[key]}).content.digest() != RunConfig.build({}).content.digest()


def test_digest_ignores_operating() -> None:
    """Operating keys change no digest."""
    free: JsonObject = {"concurrency": 3, "queue_size": 1, "max_tasks": 2, "token_budget": 9, "stop_after": "auditing"}
    busy = RunConfig.build({**free, "server_url": ["http://x"], "prices": {"prompt": 3.0}})
    assert busy.content.digest() == RunConfig.build({}).content.digest()


def test_difference_lines() -> None:
    """Each key that differs gets a line with both values; equal ones get none."""
    old, new = RunConfig.build({"seed": 1, "fields": ["A"]}).content, RunConfig.build({"seed": 2, "fields": []}).content
    assert difference(old.model_dump(mode="json"), new.model_dump(mode="json")) == [
        "seed: 1 -> 2",
        'fields: ["A"] -> []',
    ]
    gone = {**old.model_dump(mode="json"), "gone": "x"}
    assert difference(gone, old.model_dump(mode="json")) == ["gone: 'x' -> None"]


def test_keys_of_later_versions() -> None:
    """A key that is missing in what an older version froze had its default there."""
    whole = RunConfig.build({"seed": 1}).content.model_dump(mode="json")
    older = {key: value for key, value in whole.items() if key != "reasoning_tokens"}
    assert difference(older, whole) == []
    assert difference(older, {**whole, "reasoning_tokens": 7}) == ["reasoning_tokens: None -> 7"]


def test_live_work_follows_concurrency() -> None:
    """Live environments and tasks follow the concurrency unless they are given."""
    config = RunConfig.build({"concurrency": 64})
    assert (config.live_environments(), config.live_tasks()) == (8, 128)
    small = RunConfig.build({"concurrency": 1})
    assert (small.live_environments(), small.live_tasks()) == (2, 4)
    given = RunConfig.build({"live_environments": 1, "live_tasks": 1})
    assert (given.live_environments(), given.live_tasks()) == (1, 1)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"subfields": True}, "subfields: must be a whole number (got True)"),
        ({"subfields": 1.0}, "subfields: must be a whole number (got 1.0)"),
        ({"subfields": "2"}, "subfields: must be a whole number (got '2')"),
        ({"fields": ["a\x1b[2J"]}, r"fields.0: must have no line breaks and no control characters (got 'a\x1b[2J')"),
        ({"max_cost": 1.0}, "max_cost: needs prices; set prompt and completion, per million tokens, under [prices]"),
        ({"judge": 1}, "judge: must be true or false (got 1)"),
        ({"fields": "Freight"}, "fields: must be a list (got 'Freight')"),
        ({"audit": 3}, "audit: must be a table (got 3)"),
        ({"min_steps": 5, "sequence_length": 3}, "min_steps: must be sequence_length, 3, or less"),
        ({"targets": {"lengths": {"9": 1}}}, "targets.lengths: 9 is more than sequence_length, 6"),
        ({"targets": {"lengths": {"1": 1}}}, "targets: '1' is no length; it must be a whole number of 2 or more"),
        ({"targets": {"lengths": {"few": 1}}}, "targets: 'few' is no length; it must be a whole number of 2 or more"),
        ({"targets": {"patterns": {"chain": 0, "join": 0.0}}}, "targets: some weight must be above 0"),
        ({"targets": {"fields": {"Bee*": 1}}, "fields": ["Horses"]}, "targets.fields: 'Bee*' is no field of this run"),
        (
            {"targets": {"fields": {"Horses": 0, "*": 1}}, "fields": ["Horses"]},
            "targets.fields: no field of this run has a weight above 0",
        ),
        (
            {"targets": {"fields": {"*": 1}}, "start": "tools"},
            "targets.fields: a run that begins with tools takes them as they are",
        ),
        (
            {"targets": {"difficulty": {"hard": 1}}, "sequence_length": 3},
            "targets.difficulty: no length and pattern that is asked for is hard",
        ),
        (
            {"targets": {"variants": {"missing": 1}}},
            f"targets: 'missing' is no variant; there are base, {', '.join(VariantKind)}",
        ),
        (
            {"targets": {"variants": {"base": 1, "missing_tool": 2}}},
            "targets: missing_tool has more weight than base, from which each one is derived",
        ),
        (
            {"targets": {"variants": {"base": 2, "missing_tool": 1}}, "variants": {"distractors": 0.5}},
            "targets.variants: distractors has a rate under [variants]; give shares or rates, not both",
        ),
        ({"targets": {"patterns": {"chain": -1}}}, "targets.patterns.chain: must be 0.0 or more (got -1)"),
        (
            {"embeddings": {"model": "bge"}},
            "embeddings: embeddings.model: tfidf has no model; set encoder to local or server",
        ),
    ],
)
def test_types_are_not_guessed(options: JsonObject, line: str) -> None:
    """No value is taken for one of another type, and no two keys contradict each other."""
    assert refusal(options) == line


def test_even_shapes_unless_asked_otherwise() -> None:
    """Lengths come evenly from half of the most calls on, and so do patterns; targets without weight are not wanted."""
    assert RunConfig.build({}).content.length_weights() == {3: 1.0, 4: 1.0, 5: 1.0, 6: 1.0}
    assert RunConfig.build({"sequence_length": 3}).content.length_weights() == {2: 1.0, 3: 1.0}
    assert RunConfig.build({}).content.pattern_weights() == {"chain": 1.0, "branch": 1.0, "join": 1.0}
    asked: JsonObject = {"lengths": {"5": 1, "4": 0, "2": 0.5}, "patterns": {"join": 2, "chain": 0}}
    content = RunConfig.build({"targets": asked}).content
    assert content.length_weights() == {2: 0.5, 5: 1.0}
    assert content.pattern_weights() == {"join": 2.0}


@pytest.mark.parametrize("url", ["http://e", ["http://e"]])
def test_address_of_embeddings_implies_their_server(url: Json) -> None:
    """Who says where embeddings are served means to use them; where that is decides no row, which model it is does."""
    config = RunConfig.build({"embeddings": {"server_url": url, "model": "bge"}})
    assert config.content.embeddings.encoder == "server"
    assert config.operating.embeddings_servers == ["http://e"]
    elsewhere = RunConfig.build({"embeddings": {"server_url": ["http://f"], "model": "bge"}})
    assert elsewhere.content.digest() == config.content.digest()
    other = RunConfig.build({"embeddings": {"server_url": ["http://e"], "model": "e5"}})
    assert other.content.digest() != config.content.digest()


def test_address_implies_http() -> None:
    """Who gives an address and names no backend means that server; who names one gets that."""
    assert RunConfig.build({"server_url": ["http://x"]}).operating.backend == "http"
    assert RunConfig.build({"server_url": ["http://x"], "backend": "embedded"}).operating.backend == "embedded"


def test_targets_set_rates_and_counts() -> None:
    """A share of variants is a rate of derivation; shares of fields are sequences of their environments."""
    asked: JsonObject = {"variants": {"base": 4, "missing_tool": 1}, "fields": {"Horses": 3, "Bees": 1}}
    content = RunConfig.build({"targets": asked, "fields": ["Horses", "Bees"], "sequences": 4}).content
    assert [content.variant_rate(kind) for kind in ("missing_tool", "distractors")] == [0.25, 0.0]
    shares = content.field_shares()
    assert shares is not None
    assert [shares.of_environment(name, 0) for name in content.fields] == [6, 2]
    assert content.most_sequences() == 6
    plain = RunConfig.build({"variants": {"distractors": 0.5}}).content
    assert (plain.field_shares(), plain.most_sequences(), plain.variant_rate("distractors")) == (None, 4, 0.5)


@pytest.mark.parametrize(
    ("options", "line"),
    [({"share": 0.6}, "implicit.share: must be 0.5 or less (got 0.6)"), ({"kinds": ["weeks"]}, "implicit.kinds.0: ")],
)
def test_implicit_out_of_bounds(options: JsonObject, line: str) -> None:
    """More than half of all values cannot be meant without being said, and the ways are those that code can check."""
    assert refusal({"implicit": options}).startswith(line)


def test_implicit_kinds_are_the_recorded_ones() -> None:
    """What can be asked for is what a row can be found to have, and all of it where nothing is said."""
    assert RunConfig.build({}).content.implicit.kinds == [*ImplicitKind]
