"""A call as it is shown: its arguments one by one, and where each one's value comes from, with a link to that place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from synthtools_stream.errors import BadCall
from synthtools_stream.records.task import Provenance, ProvenanceKind, Step
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.view.pages.addresses import anchor, step_anchor
from synthtools_stream.view.pages.visible_text import Passage

__all__ = ["CLOCK_ANCHOR", "ArgumentView", "CallView", "GroundLinks", "SourceView", "call_view", "response_prefix"]

CLOCK_ANCHOR = "clock"
"""The id of the place that says the time of a task."""


@dataclass(frozen=True)
class SourceView:
    """Where a value comes from."""

    kind: str
    words: str
    """What is said of it, in our words; `quote` follows."""
    quote: str = ""
    link: str | None = None
    """The id of the place on the page, if there is one."""
    pointer: str = ""
    """Which part of the argument; empty for the whole."""
    clock: bool = False
    """It was reckoned from the time, too, which the page says."""
    inputs: Sequence[SourceView] = ()


@dataclass(frozen=True)
class ArgumentView:
    """One argument; `id` is that of its place."""

    name: str
    value: Json
    id: str
    sources: Sequence[SourceView] = ()


@dataclass(frozen=True)
class CallView:
    """A call; where `arguments` is None it could not be read, and `text` is all there is."""

    name: str
    text: str
    arguments: Sequence[ArgumentView] | None


@dataclass
class GroundLinks:
    """The places of a task's page to which provenances lead, found before the page is written."""

    steps: Sequence[Step]
    parameters: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """By a tool's name and a parameter's, the id of its row in the list of tools."""
    has_clock: bool = False
    passages: dict[int, list[Passage]] = field(default_factory=lambda: defaultdict(list))
    """Of each step's turn."""
    places: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Of each step's response, the pointers."""

    def quote(self, turn: int, quote: str) -> str | None:
        """Return the id of a quote in a turn; None where there is no such turn."""
        if not 0 <= turn < len(self.steps):
            return None
        known = next((passage for passage in self.passages[turn] if passage.quote == quote), None)
        if known is None:
            known = Passage(quote, anchor("turn", turn, "quote", len(self.passages[turn])))
            self.passages[turn].append(known)
        return known.id

    def response(self, step: int, pointer: str) -> str | None:
        """Return the id of a place in a response; None where nothing stands there."""
        if not 0 <= step < len(self.steps):
            return None
        try:
            resolve(self.steps[step].response, pointer)
        except LookupError:
            return None
        if pointer not in self.places[step]:
            self.places[step].append(pointer)
        return anchor(response_prefix(step), pointer)


def response_prefix(step: int) -> str:
    """Return what `json_markup` begins the ids of places in a step's response with."""
    return f"{step_anchor(step)}-response"


def call_view(
    text: str,
    place: str,
    names: Collection[str] = (),
    provenance: Mapping[str, Provenance] | None = None,
    links: GroundLinks | None = None,
) -> CallView:
    """Return a call as it is shown at a place of a page, whose id is given."""
    try:
        call = parse_call(text, names)
    except BadCall:
        return CallView("", text, None)
    sources = _by_argument(provenance or {}, links, call.name)
    return CallView(call.name, text, list(_arguments(call.arguments, place, sources)))


def _arguments(
    arguments: JsonObject, place: str, sources: Mapping[str, Sequence[SourceView]]
) -> Iterator[ArgumentView]:
    for name, value in arguments.items():
        yield ArgumentView(name, value, anchor(place, "argument", name), sources.get(name, ()))


def _by_argument(
    provenance: Mapping[str, Provenance], links: GroundLinks | None, tool: str
) -> dict[str, list[SourceView]]:
    found: dict[str, list[SourceView]] = defaultdict(list)
    for pointer, proof in provenance.items():
        token, slash, rest = pointer.removeprefix("/").partition("/")
        name = token.replace("~1", "/").replace("~0", "~")
        found[name].append(_source(proof, links, slash + rest, (tool, name)))
    return found


def _source(
    proof: Provenance, links: GroundLinks | None, pointer: str = "", parameter: tuple[str, str] | None = None
) -> SourceView:
    match proof.kind:
        case ProvenanceKind.user | ProvenanceKind.choice:
            return _quoted(proof, links, pointer)
        case ProvenanceKind.response:
            step, place = proof.step or 0, proof.pointer or ""
            link = links.response(step, place) if links is not None else None
            return SourceView("response", f"answer of step {step}", place or "/", link, pointer)
        case ProvenanceKind.default:
            link = links.parameters.get(parameter) if links is not None and parameter is not None else None
            return SourceView("default", "the parameter's default", "", link, pointer)
        case ProvenanceKind.derived:
            return _derived(proof, links, pointer)
        case ProvenanceKind.text:
            return SourceView("text", "free wording; all it names is known", "", None, pointer)


def _quoted(proof: Provenance, links: GroundLinks | None, pointer: str) -> SourceView:
    turn, quote = proof.turn or 0, proof.quote or ""
    read_as = f", read as {proof.normaliser.replace('_', ' ')}" if proof.normaliser else ""
    said = "implied by" if proof.kind is ProvenanceKind.choice else "said in"
    link = links.quote(turn, quote) if links is not None else None
    clock = proof.normaliser == "relative_date" and links is not None and links.has_clock
    return SourceView(proof.kind.value, f"{said} turn {turn}{read_as}", quote, link, pointer, clock)


def _derived(proof: Provenance, links: GroundLinks | None, pointer: str) -> SourceView:
    inputs = [_source(part, links) for part in proof.inputs or ()]
    numbers = ", ".join(str(value) for value in proof.values or ())
    return SourceView("derived", f"{(proof.formula or '').replace('_', ' ')} of", numbers, None, pointer, inputs=inputs)
