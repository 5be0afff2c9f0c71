"""Mutants: a program with one small mistake in it, of the kinds that writers make.

Whether calls tell a program from its mutants says how much those calls show. Mistakes are made in the program's tree,
and the statement that holds one is written back into the text; nothing is run here. What stands in an error message
only is left alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate

from synthtools_stream.programs.program import Fault
from synthtools_stream.programs.source_tree import parsed

__all__ = ["Family", "Mutant", "mutants"]

_SHOWN = 60
"""Characters of a piece of the program that a description shows."""


class Family(StrEnum):
    """What kind of mistake it is."""

    comparison = "comparison"
    boundary = "boundary"
    dropped_change = "dropped change"
    dropped_guard = "dropped guard"
    wrong_attribute = "wrong attribute"
    altered_constant = "altered constant"
    off_by_one = "off by one"
    sort_direction = "sort direction"
    forgotten_limit = "forgotten limit"
    forgotten_filter = "forgotten filter"
    dropped_branch = "dropped branch"
    and_or = "and/or"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with one mistake."""

    source: str
    family: Family
    line: int
    """Where in the original it was made."""
    right: ast.AST = field(compare=False, repr=False)
    wrong: ast.AST = field(compare=False, repr=False)

    @property
    def description(self) -> str:
        """What stands there, and what stood there."""
        return f"{_short(ast.unparse(self.right))} -> {_short(ast.unparse(self.wrong))}"


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in the tree, and what stands there."""

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    statement: ast.stmt
    """The smallest one that can be written again on its own."""

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


_Change = tuple[Family, ast.AST]


def mutants(source: str) -> list[Mutant]:
    """Return all mutants of a program in the order of its lines; none of one that cannot be read."""
    tree = parsed(source)
    if isinstance(tree, Fault):
        return []
    try:
        found = list(_mutants(tree, _Text(source)))
    except RecursionError:  # the tree came out, but is too deep to be written back
        return []
    distinct: dict[str, Mutant] = {}  # some mistakes come to the same
    for one in found:
        distinct.setdefault(one.source, one)
    return sorted(distinct.values(), key=lambda one: one.line)


def _mutants(tree: ast.Module, text: _Text) -> Iterator[Mutant]:
    keys = _keys(tree)
    whole: dict[ast.stmt, str] = {}
    for slot in _slots(tree, text):
        line = getattr(slot.node, "lineno", 0) or getattr(slot.parent, "lineno", 0)
        for family, node in _changes(slot, keys):
            if slot.statement not in whole:
                whole[slot.statement] = ast.unparse(slot.statement)
            slot.put(node)
            again = ast.unparse(node if slot.node is slot.statement else slot.statement)
            slot.put(slot.node)
            if again != whole[slot.statement]:  # some come to nothing
                yield Mutant(text.rewritten(slot.statement, again), family, line, slot.node, node)


class _Text:
    """A program's text, by the places that its tree tells."""

    def __init__(self, source: str) -> None:
        self._bytes = source.encode()  # what columns are counted in
        self._lines = [0, *accumulate(map(len, self._bytes.splitlines(keepends=True)))]

    def is_elif(self, node: ast.stmt) -> bool:
        """Say whether a statement begins with the `elif` of another, and cannot stand without that."""
        return self._bytes.startswith(b"elif", self._lines[node.lineno - 1] + node.col_offset)

    def rewritten(self, node: ast.stmt, text: str) -> str:
        """Return the program with another text in a statement's place, as far to the right as that stood."""
        line = self._lines[node.lineno - 1]
        start, end = (
            line + node.col_offset,
            self._lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0),
        )
        margin = self._bytes[line:start].decode()
        return (self._bytes[:start] + text.replace("\n", f"\n{margin}").encode() + self._bytes[end:]).decode()


def _slots(node: ast.AST, text: _Text, statement: ast.stmt | None = None) -> Iterator[_Slot]:
    """Yield every place in `statement` and below but those of messages, docstrings, annotations and imports."""
    for name, value in ast.iter_fields(node):
        places = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for index, child in places:
            if not isinstance(child, ast.AST) or _is_silent(node, name, index, child):
                continue
            own = child if isinstance(child, ast.stmt) and not text.is_elif(child) else statement
            if own is not None:
                yield _Slot(node, name, index, child, own)
            yield from _slots(child, text, own)


def _is_silent(parent: ast.AST, field: str, index: int | None, child: ast.AST) -> bool:
    if isinstance(child, ast.Import | ast.ImportFrom | ast.expr_context | ast.operator | ast.arguments):
        return True
    if isinstance(parent, ast.Expr) and isinstance(child, ast.Constant):
        return True
    if field in ("annotation", "returns"):
        return True
    if isinstance(parent, ast.Call) and _called(parent) == "fail":
        return field == "args" and index == 1
    if isinstance(parent, ast.Dict) and field == "values" and index is not None:
        return _text_of(parent.keys[index]) == "error_message"
    return False


def _changes(slot: _Slot, keys: Sequence[str]) -> Iterator[_Change]:
    node = slot.node
    if isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.BinOp):
        yield from _reckoned(node)
    elif isinstance(node, ast.If):
        yield from _branched(node)
    elif isinstance(node, ast.comprehension):
        yield from _unfiltered(node)
    elif isinstance(node, ast.Subscript):
        yield from _subscripted(node, keys)
    elif isinstance(node, ast.Call):
        yield from _calling(node, keys)
    elif isinstance(node, ast.Dict):
        yield from _swapped(node)
    elif isinstance(node, ast.List):
        yield from _without_changes(node)
    elif isinstance(node, ast.Expr):
        yield from _unappended(node)
    elif isinstance(node, ast.Constant):
        yield from _altered(slot, node)


_OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}
_NEIGHBOURS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
}


def _reckoned(node: ast.expr) -> Iterator[_Change]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield from _compared(node)
    elif isinstance(node, ast.BoolOp):
        yield from _joined(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield Family.comparison, node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        yield Family.altered_constant, ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)


def _unfiltered(node: ast.comprehension) -> Iterator[_Change]:
    for place in range(len(node.ifs)):
        kept = [*node.ifs[:place], *node.ifs[place + 1 :]]
        yield Family.forgotten_filter, ast.comprehension(node.target, node.iter, kept, node.is_async)


def _unappended(node: ast.Expr) -> Iterator[_Change]:
    call = node.value
    if isinstance(call, ast.Call) and _called(call) == "append" and any(map(_is_change, call.args)):
        yield Family.dropped_change, ast.Pass()


def _compared(node: ast.Compare) -> Iterator[_Change]:
    operator = type(node.ops[0])
    for family, table in ((Family.comparison, _OPPOSITES), (Family.boundary, _NEIGHBOURS)):
        if operator in table:
            yield family, ast.Compare(node.left, [table[operator]()], node.comparators)


def _joined(node: ast.BoolOp) -> Iterator[_Change]:
    yield Family.and_or, ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for place in range(len(node.values)):
        kept = [*node.values[:place], *node.values[place + 1 :]]
        yield Family.forgotten_filter, kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept)


def _branched(node: ast.If) -> Iterator[_Change]:
    if node.orelse:
        yield Family.dropped_branch, ast.If(ast.Constant(False), node.body, node.orelse)
        yield Family.dropped_branch, ast.If(node.test, node.body, [])
        return
    last = node.body[-1]
    if isinstance(last, ast.Return) and _is_refusal(last.value):
        yield Family.dropped_guard, ast.Pass()
    elif isinstance(last, ast.Continue):
        yield Family.forgotten_filter, ast.Pass()
    else:
        yield Family.dropped_branch, ast.Pass()


def _subscripted(node: ast.Subscript, keys: Sequence[str]) -> Iterator[_Change]:
    if isinstance(node.slice, ast.Slice):
        if node.slice.upper is not None:
            yield Family.forgotten_limit, node.value
    elif (other := _other(_text_of(node.slice), keys)) is not None:
        yield Family.wrong_attribute, ast.Subscript(node.value, ast.Constant(other), node.ctx)


def _calling(node: ast.Call, keys: Sequence[str]) -> Iterator[_Change]:
    name = _called(node)
    if name == "get" and node.args and (other := _other(_text_of(node.args[0]), keys)) is not None:
        yield Family.wrong_attribute, ast.Call(node.func, [ast.Constant(other), *node.args[1:]], node.keywords)
    flag = {"sorted": "reverse", "sort": "reverse", "order": "descending"}.get(name)
    if flag is not None:
        yield Family.sort_direction, _turned(node, flag)
    if name == "order" and len(node.args) > 1 and (other := _other(_text_of(node.args[1]), keys)) is not None:
        yield (
            Family.wrong_attribute,
            ast.Call(node.func, [node.args[0], ast.Constant(other), *node.args[2:]], node.keywords),
        )


def _turned(node: ast.Call, flag: str) -> ast.Call:
    """Return a call that sorts the other way round."""
    if flag == "descending" and len(node.args) > 2:
        turned = ast.UnaryOp(ast.Not(), node.args[2])
        return ast.Call(node.func, [*node.args[:2], turned, *node.args[3:]], node.keywords)
    given = {word.arg: word.value for word in node.keywords}
    turned_to: ast.expr = ast.UnaryOp(ast.Not(), given[flag]) if flag in given else ast.Constant(True)
    others = [word for word in node.keywords if word.arg != flag]
    return ast.Call(node.func, node.args, [*others, ast.keyword(flag, turned_to)])


def _swapped(node: ast.Dict) -> Iterator[_Change]:
    """Yield a dict in which one value is its neighbour's, and, of attributes that a change writes, one without it."""
    size = len(node.values)
    for place in range(size):
        values = list(node.values)
        values[place] = values[(place + 1) % size]
        if size > 1 and _text_of(node.keys[place]) not in _FRAME:
            yield Family.wrong_attribute, ast.Dict(node.keys, values)


_FRAME = frozenset({"status_code", "error_message", "response", "changes", "op", "collection", "id", "attributes"})
"""Keys of an answer itself: a wrong one is no answer."""


def _without_changes(node: ast.List) -> Iterator[_Change]:
    for place, element in enumerate(node.elts):
        if _is_change(element):
            yield Family.dropped_change, ast.List([*node.elts[:place], *node.elts[place + 1 :]], node.ctx)
        if isinstance(element, ast.Call) and _called(element) in ("create", "update"):
            for lesser in _lesser(element):
                yield Family.dropped_change, ast.List([*node.elts[:place], lesser, *node.elts[place + 1 :]], node.ctx)


def _lesser(change: ast.Call) -> Iterator[ast.Call]:
    """Yield a change without one of the attributes that it writes."""
    for at, argument in enumerate(change.args):
        if isinstance(argument, ast.Dict) and len(argument.keys) > 1:
            for place in range(len(argument.keys)):
                keys = [*argument.keys[:place], *argument.keys[place + 1 :]]
                values = [*argument.values[:place], *argument.values[place + 1 :]]
                arguments = [*change.args[:at], ast.Dict(keys, values), *change.args[at + 1 :]]
                yield ast.Call(change.func, arguments, change.keywords)


def _altered(slot: _Slot, node: ast.Constant) -> Iterator[_Change]:
    value, parent = node.value, slot.parent
    is_key = (isinstance(parent, ast.Dict) and slot.field == "keys") or (
        isinstance(parent, ast.Subscript) and slot.field == "slice"
    )
    is_name = isinstance(parent, ast.Call) and slot.field == "args" and _called(parent) in _BY_NAME
    if isinstance(value, bool):
        yield Family.altered_constant, ast.Constant(not value)
    elif isinstance(value, int) and not (isinstance(parent, ast.Call) and _called(parent) == "fail"):
        yield Family.off_by_one, ast.Constant(value + 1)
        yield Family.off_by_one, ast.Constant(value - 1)
    elif isinstance(value, float):
        yield Family.altered_constant, ast.Constant(value + 1)
    elif isinstance(value, str) and value and not is_key and not is_name:
        yield Family.altered_constant, ast.Constant(f"{value}x")


_BY_NAME = frozenset({"get", "order", "create", "update", "delete", "items", "pop"})
"""Calls whose texts name a collection, an attribute or an id."""


def _keys(tree: ast.Module) -> list[str]:
    """Return the attributes that a program reads, in order."""
    found: dict[str, None] = {}
    for node in ast.walk(tree):
        text = None
        if isinstance(node, ast.Subscript):
            text = _text_of(node.slice)
        elif isinstance(node, ast.Call) and _called(node) == "get" and node.args:
            text = _text_of(node.args[0])
        if text is not None:
            found[text] = None
    return list(found)


def _other(key: str | None, keys: Sequence[str]) -> str | None:
    """Return the attribute after one that a program reads."""
    if key is None or len(keys) < 2:
        return None
    return keys[(keys.index(key) + 1) % len(keys)] if key in keys else keys[0]


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _text_of(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_refusal(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Call):
        return _called(node) == "fail"
    return isinstance(node, ast.Dict) and any(_text_of(key) == "error_message" for key in node.keys)


def _is_change(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return _called(node) in ("create", "update", "delete")
    return isinstance(node, ast.Dict) and any(_text_of(key) == "op" for key in node.keys)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
