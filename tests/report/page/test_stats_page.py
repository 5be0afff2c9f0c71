"""The page of some corpora's figures."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import networkx as nx
import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.report.corpus_report import CorpusReport
from synthtools_stream.report.figure_kinds import Count, Score, Section, Share
from synthtools_stream.report.graph_picture import Gallery, Picture, graph_svg
from synthtools_stream.report.page.stats_page import stats_page
from synthtools_stream.toolgraph.tool_graph import Graph

HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(2)>"
VOID = frozenset({"meta"})


class Page(HTMLParser):
    """A page as a browser takes it apart."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.style = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of an element."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of an element that holds nothing."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Hold elements to end where they began."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Take note of what is read."""
        if self._open and self._open[-1] == "style":
            self.style += data
        else:
            self.text.append(data)


def report(name: str, solved: int, more: Section | None = None) -> CorpusReport:
    """Return a report with some figures."""
    attempts: Section = {"attempts": Count(200), "solved": Share(solved, 200)}
    lengths: Section = {"tasks": Count(200), "of 2 calls": Share(50, 200), "of 3 calls": Share(150, 200)}
    return CorpusReport(name, {"tasks": lengths, "attempts": attempts, **({"yields": more} if more else {})})


def drawn(name: str) -> Picture:
    """Return a picture of a graph with one tool of that name."""
    graph: Graph = nx.DiGraph()
    graph.add_node(name)
    return Picture(name, f"of {name}", graph_svg(graph, name))


def test_nothing_is_loaded_and_nothing_runs() -> None:
    """The policy allows the page's own style sheet, by its digest, and nothing else; nothing in it needs more."""
    text = stats_page([report("runs/one", 100)], [Gallery([drawn("Find")], 1)])
    page = Page(text)
    digest = b64encode(sha256(page.style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert ("content", policy) in page.attributes
    assert "script" not in page.tags
    assert not [name for name, _ in page.attributes if name in ("style", "src", "srcset", "action") or name[:2] == "on"]
    assert all(value.startswith("#") for name, value in page.attributes if name == "href")
    assert set(re.findall(r"https?://[\w.]+", text)) <= {"http://www.w3.org"}
    assert "prefers-color-scheme: dark" in page.style
    assert "@media print" in page.style
    assert "<" not in page.style


def test_what_others_say_is_text() -> None:
    """Names of files, models, roles, reasons and tools, whatever they hold."""
    more: Section = {f"rejected, {HOSTILE}": Share(1, 2), "rejected, b": Share(1, 2), f"{HOSTILE}: done": Score(1.0)}
    one = CorpusReport(HOSTILE, report("a", 1, more).sections, 3, (HOSTILE,), (HOSTILE,))
    page = Page(stats_page([one, report("b", 1)], [Gallery([drawn(HOSTILE)], 1), Gallery(why_not=HOSTILE)]))
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "".join(page.text).count("alert(1)") > 6
    assert "3 rows could not be read" in "".join(page.text)


def test_two_are_compared() -> None:
    """What differs beyond chance stands at the head, and is marked in its table; what does not is not."""
    text = stats_page([report("one", 40), report("other", 160)], [Gallery(), Gallery()])
    assert text.count('class="differs"') == 1
    head = text[text.index('id="differences"') : text.index('id="tasks"')]
    assert re.sub(r"<[^>]+>", "", head).split() >= ["What", "differs"]
    assert "<bdi>solved</bdi>" in head
    assert "<bdi>of 2 calls</bdi>" not in head
    same = stats_page([report("one", 40), report("other", 41)], [Gallery(), Gallery()])
    assert "Nothing differs" in same
    assert "What differs" not in stats_page([report("one", 40)] * 3, [Gallery()] * 3)


def test_graphs_say_what_is_left_out() -> None:
    """How many there are, and why there are none."""
    some = stats_page([report("one", 1)], [Gallery([drawn("Find")], 70)])
    assert "The 1 environments with the most tasks, of 70." in some
    assert 'id="graphs"' not in stats_page([report("one", 1)], [Gallery()])
    assert "Not drawn: <bdi>no log</bdi>" in stats_page([report("one", 1)], [Gallery(why_not="no log")])


def test_too_many_to_tell_apart() -> None:
    """One line."""
    with pytest.raises(UsageError, match="6 runs or corpora side by side at most, not 7"):
        stats_page([report("one", 1)] * 7, [Gallery()] * 7)
