"""What a page is, whatever it shows: a template with its values, in the shell that all pages share.

A page knows nothing of the server: no script, no style and no address outside of our own origin stands in it. The
Content-Security-Policy refuses inline style and script, so there is neither, not even a `style` attribute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Facet", "FacetValue", "ListedRow", "Note", "Page", "Shell"]


@dataclass(frozen=True)
class Page:
    """What a template is filled with."""

    template: str
    """The name of a file in `templates`."""
    title: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Note:
    """What a reader said of a row; both are empty where nobody did."""

    label: str = ""
    """One word, such as `good`."""
    text: str = ""


@dataclass(frozen=True)
class Shell:
    """What stands around every page."""

    corpus: str
    """What is looked at: names of directories or files."""
    counts: Mapping[str, int]
    """Rows of each kind that is there: `environments`, `tools`, `tasks`, `attempts`, `rejects`; for the navigation."""
    live: bool = False
    """The files may still grow: the script asks `/fresh?since=<total>` and offers to load the page anew."""
    total: int = 0
    """Rows in all when the page was made; what `live` counts from."""
    row_id: str | None = None
    """The row whose page this is; None for lists, the overview and comparisons. It can be labelled."""
    kind: str | None = None
    """The kind of that row, or of the list."""
    note: Note = Note()
    """What the reader said of that row."""
    labels: Sequence[str] = ()
    """Labels in use, to be offered again."""
    may_note: bool = True
    """False where notes cannot be kept: the form is left out."""


@dataclass(frozen=True)
class ListedRow:
    """One line of a list of rows."""

    id: str
    address: str
    """Where its page is, ready for `href`."""
    cells: Mapping[str, str]
    """What the filters go by, under the filters' names; empty values are left out."""
    note: Note = Note()
    excerpt: str = ""
    """Text around what was searched for, or the row's own summary."""


@dataclass(frozen=True)
class FacetValue:
    """A value that rows of a list have."""

    value: str
    count: int
    """Rows that have it, among those that the other filters leave."""
    chosen: bool
    address: str
    """The list with this value chosen, or no longer chosen where it is."""


@dataclass(frozen=True)
class Facet:
    """What a list can be filtered by."""

    name: str
    """As in the query string: `verdict`, `stop`, `fault`, `field`, `variant`, `length`, `judge`, `reason`, `label`."""
    values: Sequence[FacetValue] = field(default_factory=tuple)
