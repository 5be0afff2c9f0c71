"""The lexicon has an entry for every shipped field, and what an entry names exists."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from importlib import resources

import pytest

from synthtools_stream.embedded.lexicon.field_lexicon import FieldVocabulary, General, Thing, ThingAction, load_lexicon

FIELDS = resources.files("synthtools_stream").joinpath("fields.txt").read_text("utf-8").splitlines()
BOOKKEEPING = {"id", "status", "state"}


@pytest.fixture(params=FIELDS)
def entry(request: pytest.FixtureRequest) -> FieldVocabulary:
    found = load_lexicon().entry(str(request.param))
    assert found is not None
    return found


@pytest.fixture
def general() -> General:
    return load_lexicon().general


def test_every_shipped_field_has_an_entry_and_no_entry_is_left_over() -> None:
    """The hundred shipped fields and the entries are the same names."""
    assert len(FIELDS) == len(set(FIELDS)) == 100
    assert set(load_lexicon().fields) == set(FIELDS)


def test_a_field_is_found_whatever_its_case_and_punctuation() -> None:
    """`oil & gas` is "Oil and Gas"; a field that is not shipped has no entry."""
    lexicon = load_lexicon()
    assert lexicon.entry("oil & gas") is lexicon.fields["Oil and Gas"]
    assert lexicon.entry("Lighthouse Keeping") is None


def test_the_lexicon_is_read_once() -> None:
    """Whoever asks a second time gets the same object."""
    assert load_lexicon() is load_lexicon()


def test_an_entry_has_work_in_it_that_names_its_things(entry: FieldVocabulary) -> None:
    """Eight subfields and eight scenarios; each scenario is an activity with a thing of the entry."""
    assert len(set(entry.subfields)) == 8
    assert len(set(entry.scenarios)) == 8
    nouns = "|".join(re.escape(word) for thing in entry.things for word in (thing.noun, thing.plural))
    for scenario in entry.scenarios:
        assert re.match(r"[a-z-]+ing\b", scenario)
        assert re.search(rf"\b({nouns})\b", scenario), scenario


def test_an_entry_has_enough_things_that_live_and_refer(entry: FieldVocabulary) -> None:
    """Six to eight things, of which enough have states and enough refer to others."""
    assert 6 <= len(entry.things) <= 8
    assert sum(bool(thing.states) for thing in entry.things) >= 4
    assert sum(any(trait.type == "ref" for trait in thing.traits) for thing in entry.things) >= 3


def test_an_entry_has_a_mix_of_actions(entry: FieldVocabulary) -> None:
    """Things are made, moved through their states, counted and joined."""
    kinds = [action.kind for action in entry.actions]
    assert 6 <= len(kinds) <= 10
    assert kinds.count("create") >= 2
    assert kinds.count("transition") + kinds.count("cancel") >= 2
    assert kinds.count("adjust") >= 1
    assert kinds.count("assign") + kinds.count("update") >= 1


def test_the_things_of_an_entry_are_sound(entry: FieldVocabulary) -> None:
    """Names, attributes, states and labels are told apart, and references end."""
    check_things(entry.things)


def test_the_actions_of_an_entry_fit_its_things(entry: FieldVocabulary) -> None:
    """An action names a thing, attributes and states that exist."""
    check_actions(entry.actions, entry.things)


def test_the_generic_things_and_actions_are_sound(general: General) -> None:
    """What any other field borrows keeps the same rules, and each thing has an action."""
    assert len(general.generic_things) == 14
    check_things(general.generic_things)
    check_actions(general.generic_actions, general.generic_things)
    assert {action.noun for action in general.generic_actions} == {thing.noun for thing in general.generic_things}


@pytest.mark.parametrize(
    ("part", "count"),
    [("people", 60), ("cities", 50), ("organisations", 50), ("streets", 30), ("sites", 30), ("notes", 30),
     ("reasons", 30)],
)  # fmt: skip
def test_the_general_lists_are_long_and_plain(general: General, part: str, count: int) -> None:
    """Names, places and phrases are distinct, plain ASCII, and as many as are promised."""
    items: tuple[str, ...] = getattr(general, part)
    assert len(set(items)) == len(items) == count
    assert all(item.isascii() and item.strip() == item and "'" not in item for item in items)


def test_fields_do_not_read_like_one_template() -> None:
    """Nine life cycles of ten are one field's own, and eight nouns of ten."""
    cycles = [thing.states for thing in every_thing() if thing.states]
    assert len(set(cycles)) > 0.9 * len(cycles)
    nouns = [thing.noun for thing in every_thing()]
    assert len(set(nouns)) > 0.8 * len(nouns)


def every_thing() -> Iterator[Thing]:
    for field in load_lexicon().fields.values():
        yield from field.things


def check_things(things: tuple[Thing, ...]) -> None:
    by_noun = {thing.noun: thing for thing in things}
    spoken = [*by_noun, *(thing.plural for thing in things if thing.plural != thing.noun)]
    assert len(set(spoken)) == len(spoken)
    assert len(by_noun) == len({thing.prefix for thing in things}) == len(things)
    labels = [label for thing in things for label in thing.labels]
    assert len(set(labels)) == len(labels)
    for thing in things:
        check_names(thing)
        check_traits(thing, set(by_noun))
        check_told_apart(thing.states)
        check_told_apart(thing.labels)
    for noun in by_noun:
        check_no_way_back(noun, by_noun, ())


def check_names(thing: Thing) -> None:
    assert thing.noun != "clock"
    assert re.fullmatch(r"[a-z-]+( [a-z-]+)?", thing.noun)
    assert re.fullmatch(r"[a-z-]+( [a-z-]+)?", thing.plural)
    assert re.fullmatch(r"[A-Z]{2,3}", thing.prefix)
    assert not thing.states or 3 <= len(thing.states) <= 5
    assert 6 <= len(thing.labels) <= 10
    assert not any("'" in label for label in thing.labels)


def check_traits(thing: Thing, nouns: set[str]) -> None:
    names = [trait.name for trait in thing.traits]
    assert 3 <= len(names) <= 5
    assert len({*names, thing.label, *BOOKKEEPING}) == len(names) + 1 + len(BOOKKEEPING)
    for trait in thing.traits:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", trait.name)
        assert not keyword.iskeyword(trait.name)
        assert (trait.of in nouns and trait.of != thing.noun) == (trait.type == "ref")
        check_told_apart(trait.values)
        if trait.type == "enum":
            assert len(trait.values) >= 2
        if trait.type in ("integer", "float"):
            assert trait.low is not None
            assert trait.high is not None
            assert trait.low < trait.high
            if trait.type == "integer":
                assert isinstance(trait.low, int)
                assert isinstance(trait.high, int)


def check_told_apart(values: tuple[str, ...]) -> None:
    """No value is a part of another, so that a quote of one is never a quote of two."""
    for one in values:
        assert [other for other in values if one.casefold() in other.casefold()] == [one]


def check_no_way_back(noun: str, things: dict[str, Thing], path: tuple[str, ...]) -> None:
    """References lead to no circle, so that a world can be filled from the roots."""
    assert noun not in path
    for trait in things[noun].traits:
        if trait.of:
            check_no_way_back(trait.of, things, (*path, noun))


def check_actions(actions: tuple[ThingAction, ...], things: tuple[Thing, ...]) -> None:
    by_noun = {thing.noun: thing for thing in things}
    assert len({(action.verb, action.noun) for action in actions}) == len(actions)
    for action in actions:
        assert re.fullmatch(r"[a-z]+", action.verb)
        thing = by_noun[action.noun]
        moves = action.kind in ("transition", "cancel")
        assert bool(action.from_states) == bool(action.to) == moves
        assert bool(action.attribute) == (action.kind == "adjust")
        assert bool(action.sets) == (action.kind in ("update", "attach", "assign"))
        if moves:
            assert {*action.from_states, action.to} <= set(thing.states)
            assert action.to not in action.from_states
        target = thing.trait(action.sets or action.attribute)
        assert (target is None) == (not action.sets and not action.attribute)
        if target is not None and action.kind == "adjust":
            assert target.type in ("integer", "float")
        if target is not None and action.kind == "assign":
            assert target.type == "ref"
