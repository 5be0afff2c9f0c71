"""Python's parser in many threads: CPython 3.11's own breaks where two parse at once."""

from __future__ import annotations

import ast
import threading

import pytest

from synthtools_stream.values.python_syntax import parse_expression, parse_module


def test_texts_of_either_kind() -> None:
    """An expression and a module; a stray backslash warns nobody, and what is neither is a SyntaxError."""
    assert ast.unparse(parse_expression("f(a=1)")) == "f(a=1)"
    assert len(parse_module("x = 1\ny = 2").body) == 2
    assert isinstance(parse_expression(r"'\d'"), ast.Constant)
    for parse in (parse_expression, parse_module):
        with pytest.raises(SyntaxError):
            parse("f(")


def test_threads_take_turns() -> None:
    """However many parse nested texts at once, each gets its tree."""
    text = "[" * 60 + "1" + "]" * 60
    trees: list[str] = []

    def work() -> None:
        trees.extend(ast.unparse(parse_expression(text)) for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trees == [text] * 400
