"""Where the proof goes a shorter way, it comes to what the long way comes to."""

from __future__ import annotations

import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.proof import verdict_trials
from synthtools_stream.proof.integrity import replay
from synthtools_stream.proof.verdict import Target, is_solved
from synthtools_stream.proof.verdict_trials import verdict_tests
from synthtools_stream.records import Attribute, EntityType, State
from synthtools_stream.state import Expectation, attribute_problems, compare, state_problems
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json, same_bytes, same_json
from synthtools_stream.wording.value_search import find_value
from synthtools_stream.wording.whole_words import find_word, holds_word
from tests.proof.freight import proven

LETTERS = st.text(alphabet="aAkKsSiI1_- .\u212a\u017f\u0130\u0131éß", max_size=12)
WORDS = st.text(alphabet="aAkKsSiI1_-.\u212a\u017f\u0130\u0131é", min_size=1, max_size=3)
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
)


def by_pattern(text: str, word: str, any_case: bool) -> str | None:
    """Find a word the long way."""
    before = r"(?<!\w)(?<!\w-)" if word[0].isalnum() else ""
    after = r"(?!\w|-\w)" if word[-1].isalnum() else ""
    found = re.search(before + re.escape(word) + after, text, re.IGNORECASE if any_case else 0)
    return found[0] if found else None


@given(LETTERS, WORDS, st.booleans())
def test_words_are_found_as_patterns_find_them(text: str, word: str, any_case: bool) -> None:
    """A word is found where a pattern would find it, in any case and any script."""
    assert find_word(text, word, any_case=any_case) == by_pattern(text, word, any_case)
    beside = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
    assert holds_word(text, word) == (beside is not None)


@given(VALUES)
def test_canonical_json_leaves_its_value_alone(value: Json) -> None:
    """Writing a value in its one form changes nothing in the value itself, and says the same twice."""
    before = repr(value)
    written = canonical_json(value)
    assert repr(value) == before
    assert canonical_json(value) == written


def test_what_is_sure_to_be_refused_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The altered states that are not tried, and only those, are each refused when they are tried all the same."""
    task = proven()
    replayed = replay(task)
    is_sure = vars(verdict_trials)["_is_sure"]
    tried: list[State] = []

    def spy(target: Target, state: State, told: str, expectation: Expectation) -> bool:
        tried.append(state)
        return is_solved(target, state, told, expectation)

    def other_way(*of: object) -> bool:
        return not is_sure(*of)

    def never(*_of: object) -> bool:
        return False

    monkeypatch.setattr(verdict_trials, "is_solved", spy)
    usual = verdict_tests(task, replayed)
    shortly = len(tried)
    tried.clear()
    monkeypatch.setattr(verdict_trials, "_is_sure", other_way)
    assert verdict_tests(task, replayed) == usual
    monkeypatch.setattr(verdict_trials, "_is_sure", never)
    tried.clear()
    assert verdict_tests(task, replayed) == usual
    assert len(tried) > shortly, "some are passed over"


def test_verdict_that_accepts_everything_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though not every altered state is tried, a verdict that refuses nothing does not pass."""
    task = proven()

    def accept(*_of: object) -> bool:
        return True

    monkeypatch.setattr(verdict_trials, "is_solved", accept)
    tests = verdict_tests(task, replay(task))
    assert not tests.rejects_nothing
    assert not tests.rejects_missing_write
    assert not tests.rejects_extra_write


def one_form(value: Json) -> Json:
    """Give every number its one form, the long way."""
    if isinstance(value, dict):
        return {key: one_form(item) for key, item in value.items()}
    if isinstance(value, list):
        return [one_form(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return int(value) if float(value).is_integer() and abs(value) < 2**63 else float(value)


@given(VALUES)
def test_canonical_json_is_what_the_long_way_writes(value: Json) -> None:
    """Passing over what is in its one form already writes the same bytes."""
    assert canonical_json(value) == orjson.dumps(one_form(value), option=orjson.OPT_SORT_KEYS)


@given(VALUES, VALUES)
def test_same_bytes_are_the_same_values(a: Json, b: Json) -> None:
    """However two values are compared, they are the same or they are not."""
    assert same_bytes(a, b) == same_json(a, b)
    assert same_bytes(a, one_form(a))


@given(st.integers(0, 10**50))
def test_number_said_alone_is_said_in_any_text(number: int) -> None:
    """A text that is nothing but the number is read as one that goes on."""
    assert find_value(f"{number}", number) == find_value(f"{number} ", number)


@given(LETTERS.filter(str.strip))
def test_value_said_alone_is_said_in_any_text(text: str) -> None:
    """A text that is nothing but the value is read as one that goes on."""
    assert find_value(text, text) == find_value(f"{text} ", text)


ATTRIBUTES = [
    Attribute(name="word", type="string"),
    Attribute(name="stage", type="string", enum=["open", "shut"]),
    Attribute(name="day", type="string", format="date"),
    Attribute(name="moment", type="string", format="datetime"),
    Attribute(name="thing_id", type="string", references="things"),
    Attribute(name="closed_thing_id", type="string", references="things", enum=["TH-1", "TH-9"]),
    Attribute(name="thing_ids", type="array", references="things"),
    Attribute(name="parts", type="array"),
    Attribute(name="address", type="object"),
    Attribute(name="whole", type="integer"),
    Attribute(name="price", type="float"),
    Attribute(name="known", type="boolean"),
]
TEXTS = [
    "",
    "open",
    "TH-1",
    "TH-2",
    "2026-03-14",
    "2026-02-30",
    "2026-03-14T09:00",
    "2026-03-14T25:00:00",
    "2026-03-14 ",
]
HELD: st.SearchStrategy[Json] = st.sampled_from(
    [*TEXTS, None, True, 0, 1.0, 1.5, [], {}, ["TH-1"], ["TH-9", 1], {"street": "Mill Lane"}, "x" * 50]
)


@given(
    st.dictionaries(
        st.sampled_from(["TH-1", "TH-2", "XX-1"]),
        st.dictionaries(st.sampled_from([*(part.name for part in ATTRIBUTES), "strange"]), HELD),
        max_size=3,
    )
)
def test_values_passed_over_are_right(things: dict[str, JsonObject]) -> None:
    """Of a whole state the very same is told as of each entity alone, where every value is looked at in full."""
    kind = EntityType(name="thing", collection="things", id_prefix="TH-", attributes=ATTRIBUTES)
    state: State = {"things": things, "clock": {"now": {"value": "2026-03-14T09:00:00"}}}
    found: list[str] = []
    for name, attributes in things.items():
        if not name.startswith("TH-"):
            found.append(f"things/{name}: its id must begin with TH-")
        found.extend(f"things/{name}: {problem}" for problem in attribute_problems(attributes, kind, state))
    assert state_problems(state, [kind]) == found


ENTITIES = st.dictionaries(
    st.sampled_from(["E-1", "E-2", "F-1"]),
    st.dictionaries(st.sampled_from("ab"), st.sampled_from(["x", "E-1", "see E-2", 1, None, ["F-1"]])),
    max_size=3,
)
STATES = st.dictionaries(st.sampled_from(["es", "fs"]), ENTITIES, max_size=2)


@given(STATES, STATES)
def test_sure_refusals_differ_under_every_pairing(initial: State, final: State) -> None:
    """Whatever is new in a state: a value that is sure to be refused, altered, makes it another state."""
    target = Target(initial, final, frozenset(), ())
    private = vars(verdict_trials)
    new = private["_new"](target)
    for collection, entities in final.items():
        for entity, attributes in entities.items():
            for name, value in attributes.items():
                altered = private["_with"](final, collection, entity, {name: private["_other"](value)})
                if private["_is_sure"](target, collection, entity, value, new):
                    assert compare(altered, final, initial).differences
