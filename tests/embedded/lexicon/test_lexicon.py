"""The lexicon has an entry for every shipped field, and what an entry names exists."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from importlib import resources

import pytest

from synthtools_stream.embedded.lexicon import Action, Entity, FieldEntry, General, load_lexicon

FIELDS = resources.files("synthtools_stream").joinpath("fields.txt").read_text("utf-8").splitlines()
BOOKKEEPING = {"id", "status", "state"}


@pytest.fixture(params=FIELDS)
def entry(request: pytest.FixtureRequest) -> FieldEntry:
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


def test_an_entry_has_work_in_it_that_names_its_things(entry: FieldEntry) -> None:
    """Eight subfields and eight scenarios; each scenario is an activity with a thing of the entry."""
    assert len(set(entry.subfields)) == 8
    assert len(set(entry.scenarios)) == 8
    nouns = "|".join(re.escape(word) for entity in entry.entities for word in (entity.noun, entity.plural))
    for scenario in entry.scenarios:
        assert re.match(r"[a-z-]+ing\b", scenario)
        assert re.search(rf"\b({nouns})\b", scenario), scenario


def test_an_entry_has_enough_things_that_live_and_refer(entry: FieldEntry) -> None:
    """Six to eight things, of which enough have states and enough refer to others."""
    assert 6 <= len(entry.entities) <= 8
    assert sum(bool(entity.states) for entity in entry.entities) >= 4
    assert sum(any(trait.type == "ref" for trait in entity.attributes) for entity in entry.entities) >= 3


def test_an_entry_has_a_mix_of_actions(entry: FieldEntry) -> None:
    """Things are made, moved through their states, counted and joined."""
    kinds = [action.kind for action in entry.actions]
    assert 6 <= len(kinds) <= 10
    assert kinds.count("create") >= 2
    assert kinds.count("transition") + kinds.count("cancel") >= 2
    assert kinds.count("adjust") >= 1
    assert kinds.count("assign") + kinds.count("update") >= 1


def test_the_things_of_an_entry_are_sound(entry: FieldEntry) -> None:
    """Names, attributes, states and labels are told apart, and references end."""
    check_entities(entry.entities)


def test_the_actions_of_an_entry_fit_its_things(entry: FieldEntry) -> None:
    """An action names a thing, attributes and states that exist."""
    check_actions(entry.actions, entry.entities)


def test_the_generic_things_and_actions_are_sound(general: General) -> None:
    """What any other field borrows keeps the same rules, and each thing has an action."""
    assert len(general.generic_entities) == 14
    check_entities(general.generic_entities)
    check_actions(general.generic_actions, general.generic_entities)
    assert {action.noun for action in general.generic_actions} == {entity.noun for entity in general.generic_entities}


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
    cycles = [entity.states for entity in every_entity() if entity.states]
    assert len(set(cycles)) > 0.9 * len(cycles)
    nouns = [entity.noun for entity in every_entity()]
    assert len(set(nouns)) > 0.8 * len(nouns)


def every_entity() -> Iterator[Entity]:
    for field in load_lexicon().fields.values():
        yield from field.entities


def check_entities(entities: tuple[Entity, ...]) -> None:
    by_noun = {entity.noun: entity for entity in entities}
    spoken = [*by_noun, *(entity.plural for entity in entities if entity.plural != entity.noun)]
    assert len(set(spoken)) == len(spoken)
    assert len(by_noun) == len({entity.prefix for entity in entities}) == len(entities)
    labels = [label for entity in entities for label in entity.labels]
    assert len(set(labels)) == len(labels)
    for entity in entities:
        check_names(entity)
        check_attributes(entity, set(by_noun))
        check_told_apart(entity.states)
        check_told_apart(entity.labels)
    for noun in by_noun:
        check_no_way_back(noun, by_noun, ())


def check_names(entity: Entity) -> None:
    assert entity.noun != "clock"
    assert re.fullmatch(r"[a-z-]+( [a-z-]+)?", entity.noun)
    assert re.fullmatch(r"[a-z-]+( [a-z-]+)?", entity.plural)
    assert re.fullmatch(r"[A-Z]{2,3}", entity.prefix)
    assert not entity.states or 3 <= len(entity.states) <= 5
    assert 6 <= len(entity.labels) <= 10
    assert not any("'" in label for label in entity.labels)


def check_attributes(entity: Entity, nouns: set[str]) -> None:
    names = [attribute.name for attribute in entity.attributes]
    assert 3 <= len(names) <= 5
    assert len({*names, entity.label_attribute, *BOOKKEEPING}) == len(names) + 1 + len(BOOKKEEPING)
    for attribute in entity.attributes:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", attribute.name)
        assert not keyword.iskeyword(attribute.name)
        assert (attribute.of in nouns and attribute.of != entity.noun) == (attribute.type == "ref")
        check_told_apart(attribute.values)
        if attribute.type == "enum":
            assert len(attribute.values) >= 2
        if attribute.type in ("integer", "float"):
            assert attribute.low is not None
            assert attribute.high is not None
            assert attribute.low < attribute.high
            if attribute.type == "integer":
                assert isinstance(attribute.low, int)
                assert isinstance(attribute.high, int)


def check_told_apart(values: tuple[str, ...]) -> None:
    """No value is a part of another, so that a quote of one is never a quote of two."""
    for one in values:
        assert [other for other in values if one.casefold() in other.casefold()] == [one]


def check_no_way_back(noun: str, entities: dict[str, Entity], path: tuple[str, ...]) -> None:
    """References lead to no circle, so that a world can be filled from the roots."""
    assert noun not in path
    for attribute in entities[noun].attributes:
        if attribute.of:
            check_no_way_back(attribute.of, entities, (*path, noun))


def check_actions(actions: tuple[Action, ...], entities: tuple[Entity, ...]) -> None:
    by_noun = {entity.noun: entity for entity in entities}
    assert len({(action.verb, action.noun) for action in actions}) == len(actions)
    for action in actions:
        assert re.fullmatch(r"[a-z]+", action.verb)
        entity = by_noun[action.noun]
        moves = action.kind in ("transition", "cancel")
        assert bool(action.from_states) == bool(action.to) == moves
        assert bool(action.attribute) == (action.kind == "adjust")
        assert bool(action.sets) == (action.kind in ("update", "attach", "assign"))
        if moves:
            assert {*action.from_states, action.to} <= set(entity.states)
            assert action.to not in action.from_states
        target = entity.attribute(action.sets or action.attribute)
        assert (target is None) == (not action.sets and not action.attribute)
        if target is not None and action.kind == "adjust":
            assert target.type in ("integer", "float")
        if target is not None and action.kind == "assign":
            assert target.type == "ref"
