"""Mutants: one mistake each, of the kinds that writers make, in an order that is always the same."""

from __future__ import annotations

import ast
from itertools import pairwise

import pytest

from synthtools_stream.programs.mutants import Family, mutants
from tests.programs.coded_freight import PROGRAMS
from tests.programs.hostile_programs import HOSTILE, body

CASES: list[tuple[str, Family, str]] = [
    ("return ok({'x': now < 'a'})", Family.boundary, "now <= 'a'"),
    ("return ok({'x': now < 'a'})", Family.comparison, "now >= 'a'"),
    ("return ok({'x': not now})", Family.comparison, "{'x': now}"),
    ("return ok({'x': now in state})", Family.comparison, "now not in state"),
    ("return ok({'x': state and now})", Family.and_or, "state or now"),
    ("return ok({'x': state and now})", Family.forgotten_filter, "{'x': now}"),
    ("return ok({'x': [a for a in now if a]})", Family.forgotten_filter, "[a for a in now]"),
    ("return ok({'x': now[:3]})", Family.forgotten_limit, "{'x': now}"),
    ("return ok({'x': 3})", Family.off_by_one, "{'x': 4}"),
    ("return ok({'x': 3})", Family.off_by_one, "{'x': 2}"),
    ("return ok({'x': 'open'})", Family.altered_constant, "'openx'"),
    ("return ok({'x': True})", Family.altered_constant, "False"),
    ("return ok({'x': 1.5})", Family.altered_constant, "2.5"),
    ("return ok({'x': len(now) - len(state)})", Family.altered_constant, "len(now) + len(state)"),
    ("return ok({'x': state['a'], 'y': state['b']})", Family.wrong_attribute, "{'x': state['b'], 'y': state['b']}"),
    ("return ok({'x': state.get('a'), 'y': state['b']})", Family.wrong_attribute, "state.get('b')"),
    ("return ok({'x': order(now, 'a')})", Family.sort_direction, "order(now, 'a', descending=True)"),
    ("return ok({'x': order(now, 'a', True)})", Family.sort_direction, "order(now, 'a', not True)"),
    ("return ok({'x': sorted(now, reverse=True)})", Family.sort_direction, "sorted(now, reverse=not True)"),
    ("return ok({}, [delete('a', now)])", Family.dropped_change, "ok({}, [])"),
    ("return ok({}, [update('a', now, {'x': 1, 'y': now})])", Family.dropped_change, "{'y': now}"),
]


@pytest.mark.parametrize(("line", "family", "text"), CASES)
def test_mistake_of_each_family(line: str, family: Family, text: str) -> None:
    """Each is made where it can be made, and says where and what."""
    found = [mutant for mutant in mutants(body(line)) if mutant.family is family and text in mutant.source]
    assert len(found) == 1
    assert found[0].line == 3
    assert " -> " in found[0].description


def test_statements_are_dropped() -> None:
    """A guard, a branch, a filter of a loop, a change that is appended."""
    source = body(
        *("if now == 'x':", "    return fail(400, 'A: no')"),
        *("if now == 'y':", "    state = {}"),
        *("for name in state:", "    if name:", "        continue", "    made.append(delete('a', name))"),
        "return ok({}, made)",
    )
    families = [mutant.family for mutant in mutants(source)]
    for family in (Family.dropped_guard, Family.dropped_branch, Family.forgotten_filter, Family.dropped_change):
        assert families.count(family) == 1, family


@pytest.mark.parametrize("name", PROGRAMS)
def test_mutants_are_programs_with_one_mistake(name: str) -> None:
    """All can be read, all differ, from the program and from each other, and their order is that of its lines."""
    found = mutants(PROGRAMS[name])
    plain = ast.unparse(ast.parse(PROGRAMS[name]))
    assert len({mutant.source for mutant in found} | {plain}) == len(found) + 1
    assert all(before.line <= after.line for before, after in pairwise(found))
    for mutant in found:
        lines = set(ast.unparse(ast.parse(mutant.source)).splitlines())
        assert len(lines - set(plain.splitlines())) <= 2, mutant.description
    assert mutants(PROGRAMS[name]) == found


def test_messages_are_left_alone() -> None:
    """A mistake in a message's wording only is none."""
    source = body("return fail(400, f'A: {now[:10]} and 3')", "return {'status_code': 400, 'error_message': 'B: 4'}")
    assert all("A: {now[:10]} and 3" in mutant.source and "B: 4" in mutant.source for mutant in mutants(source))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_program_has_mutants_or_none(name: str) -> None:
    """Whatever a text is, looking at it harms nobody, and it is never run."""
    assert isinstance(mutants(HOSTILE[name][0]), list)


def test_deep_source_has_no_mutants() -> None:
    """What is nested too deep for Python's own parser, or for writing it back, has none."""
    for source in ("x = " + "-" * 900 + "1", "x = " + "(" * 150 + "1" + ")" * 150, "x = " + "1+" * 2000 + "1"):
        assert isinstance(mutants(source), list)


def test_mistake_is_written_where_it_was_made() -> None:
    """In tabs, in an `elif`, behind another statement of its line, after letters of two bytes: all else stays."""
    source = (
        "def call(state, arguments, now):\n\tname = 'é'; size = 3  # kept\n\tif now:\n\t\treturn ok({'é': 1})\n"
        "\telif size < 3:\n\t\tsize = 5\n\telse: size = [one for one in state if one > 2]\n\treturn ok({'x': size})\n"
    )
    for mutant in mutants(source):
        before, after = ast.dump(ast.parse(source)), ast.dump(ast.parse(mutant.source))
        assert before != after
        assert "# kept" in mutant.source
    made = {mutant.source for mutant in mutants(source)}
    assert source.replace("size = 3 ", "size = 4 ") in made
    assert source.replace("size = 5", "size = 6") in made
    assert source.replace(" if one > 2", "") in made
    assert any("\n\telif size <= 3:\n" in one for one in made)
