"""A tool's program as markup: its lines numbered, its tokens coloured by classes of ours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from markupsafe import Markup
from pygments.lexers.python import PythonLexer
from pygments.token import Token, _TokenType

from synthtools_stream.view.pages.visible_text import visible

__all__ = ["program_markup"]

_COLOURED_CHARS = 100_000
"""Characters up to which a program is coloured, ten times any honest one: it is read token by token."""
_LEXER = PythonLexer()
_CLASSES: dict[object, str] = {
    Token.Comment: "c-comment",
    Token.Literal.String: "c-text",
    Token.Literal.Number: "c-number",
    Token.Keyword.Constant: "c-number",
    Token.Keyword: "c-keyword",
    Token.Operator.Word: "c-keyword",
    Token.Name.Function: "c-name",
    Token.Name.Builtin: "c-builtin",
    Token.Error: "c-error",
}
"""Of a kind of token, or of the nearest above it; other tokens have the text's own colour."""


@lru_cache(maxsize=256)  # the tools of a few dozen tasks, which share them
def program_markup(source: str) -> Markup:
    """Return Python source as an ordered list, a line each; what is hidden in it is shown."""
    lines = "".join(f"<li>{line}</li>" for line in _lines(source.rstrip("\n")))
    return Markup(f'<ol class="code" dir="ltr">{lines}</ol>')


def _lines(source: str) -> Iterator[str]:
    """Yield each line as markup: tokens are escaped before anything stands around them."""
    line: list[str] = []
    for kind, text in _tokens(source):
        first, *others = text.split("\n")
        line.append(_token(kind, first))
        for other in others:
            yield "".join(line)
            line = [_token(kind, other)]
    yield "".join(line)


def _tokens(source: str) -> Iterator[tuple[_TokenType, str]]:
    if len(source) > _COLOURED_CHARS:
        return iter([(Token.Text, source)])
    # As they come: a lexer that tidies line ends or strips would show another program than the one that runs.
    return ((kind, text) for _, kind, text in _LEXER.get_tokens_unprocessed(source))


def _token(kind: _TokenType, text: str) -> str:
    name = _class_of(kind)
    return f'<span class="{name}">{visible(text)}</span>' if name and text.strip() else str(visible(text))


@cache
def _class_of(kind: _TokenType) -> str:
    nearest: _TokenType | None = kind
    while nearest is not None:
        if nearest in _CLASSES:
            return _CLASSES[nearest]
        nearest = nearest.parent
    return ""
