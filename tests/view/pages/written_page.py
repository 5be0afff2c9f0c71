"""A page as a browser finds it: its elements, where links lead, and what a strict policy or a reader would mind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

from synthtools_stream.view.pages.html_page import render
from synthtools_stream.view.pages.page import Page, Shell

__all__ = ["HOSTILE", "Element", "WrittenPage", "written"]

HOSTILE = (
    "\"><script>alert(1)</script><img src=x onerror=alert(2)>'--><!-- {{ 7 * 7 }} {% raw %} javascript:alert(3)"
    " \u202egnp.exe\u202c \x1b[31mred\x00 שלום \U0001f469\u200d\U0001f680 \U000e0041"
)
"""A text that is markup, a template, an escape of a terminal, and written from right to left."""
_VOID = frozenset({"meta", "link", "input", "br", "img", "path", "rect", "hr", "wbr"})
_KNOWN = frozenset(
    {"a", "article", "aside", "bdi", "body", "br", "button", "code", "datalist", "dd", "del", "details", "dialog"}
    | {"div", "dl", "dt", "form", "h1", "h2", "h3", "h4", "head", "header", "html", "i", "input", "ins", "kbd", "label"}
    | {"li", "link", "main", "mark", "meta", "meter", "nav", "ol", "option", "p", "pre", "q", "script", "section"}
    | {"select", "span", "summary", "svg", "table", "tbody", "td", "textarea", "th", "thead", "time", "title", "tr"}
    | {"ul"}
)
"""Elements that our templates have: anything else came from a row."""
_COUNTS = {"environments": 1, "tools": 2, "tasks": 3, "attempts": 4, "rejects": 5}


class Element(NamedTuple):
    """One element, and the text within it."""

    tag: str
    attributes: dict[str, str]
    text: list[str]

    @property
    def words(self) -> str:
        """All that stands in it."""
        return "".join(self.text)


class WrittenPage(HTMLParser):
    """Parses a page when it is made."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.elements: list[Element] = []
        self.unbalanced: list[str] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        self.unbalanced += [f"<{element.tag}> is never closed" for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element up."""
        element = Element(tag, {name: value or "" for name, value in attrs}, [])
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close the last element, which must be that one."""
        if not self._open or self._open[-1].tag != tag:
            self.unbalanced.append(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        """Add a text to all that it stands in."""
        for element in self._open:
            element.text.append(data)

    def of(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements of a tag with these attributes; `class_` is any one of an element's classes."""
        return [element for element in self.elements if element.tag == tag and _fits(element, attributes)]

    def at(self, place: str) -> Element:
        """Return the element with an id."""
        (found,) = [element for element in self.elements if element.attributes.get("id") == place]
        return found

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return [element.attributes["href"] for element in self.of("a")]

    def problems(self) -> list[str]:
        """Return all that is wrong with it."""
        return [*self.unbalanced, *self._place_problems(), *self._policy_problems(), *self._name_problems()]

    def _place_problems(self) -> Iterator[str]:
        ids = Counter(element.attributes["id"] for element in self.elements if "id" in element.attributes)
        yield from (f"the id {name} occurs {times} times" for name, times in ids.items() if times > 1)
        yield from (f"the id {name!r} has a space" for name in ids if name.split() != [name])
        for link in self.links:
            if link.startswith("#") and link[1:] not in ids:
                yield f"{link} leads nowhere"
            elif not link.startswith(("#", "/")) or link.startswith("//"):
                yield f"{link} leads out"

    def _policy_problems(self) -> Iterator[str]:
        for element in self.elements:
            if element.tag not in _KNOWN:
                yield f"a <{element.tag}> that no template has"
            if element.tag == "script" and (element.words or not element.attributes["src"].startswith("/assets/")):
                yield "a script that is not ours"
            yield from (
                f"<{element.tag} {name}>" for name in element.attributes if name == "style" or name.startswith("on")
            )

    def _name_problems(self) -> Iterator[str]:
        """Yield what a screen reader could not name."""
        labelled = {element.attributes.get("for") for element in self.of("label")}
        for element in self.elements:
            named = element.attributes.get("aria-label") or element.words.strip()
            if element.tag in {"button", "a", "summary", "h1", "h2", "h3"} and not named:
                yield f"a <{element.tag}> without a name"
            is_field = element.tag in {"input", "select", "textarea"}
            is_told = (
                element.attributes.get("type") in {"hidden", "checkbox"} or element.attributes.get("id") in labelled
            )
            if is_field and not is_told:
                yield f"a field {element.attributes.get('name')} without a label"
            for place in element.attributes.get("aria-labelledby", "").split():
                if not any(other.attributes.get("id") == place for other in self.elements):
                    yield f"labelled by {place}, which is not there"
        if len(self.of("h1")) != 1 or len(self.of("main")) != 1:
            yield "not one heading and one main part"


def _fits(element: Element, attributes: dict[str, str]) -> bool:
    for name, value in attributes.items():
        if name == "class_":
            if value not in element.attributes.get("class", "").split():
                return False
        elif element.attributes.get(name.replace("_", "-")) != value:
            return False
    return True


def written(page: Page, row_id: str | None = None, kind: str | None = None) -> WrittenPage:
    """Return a page in a shell, parsed."""
    return WrittenPage(render(page, Shell("runs/demo", _COUNTS, total=15, row_id=row_id, kind=kind)))
