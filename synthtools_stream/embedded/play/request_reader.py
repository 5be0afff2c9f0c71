"""Compare a request with the calls made for it: each clause must be understood as one of them, and each call be asked.

The request is understood as an agent understands it, clause by clause with what the calls before returned; which call a
clause led to is then compared, and what the clause says besides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.play.agent_turn import parted
from synthtools_stream.embedded.play.call_order import must_follow
from synthtools_stream.embedded.play.clause_faults import clause_faults, is_background, own_text
from synthtools_stream.embedded.play.dialogue_recall import Past
from synthtools_stream.embedded.play.judges import same_call
from synthtools_stream.embedded.play.made_call import Made, made_calls
from synthtools_stream.embedded.play.request_steps import split_request
from synthtools_stream.embedded.play.said_values import SaidKind, said_values
from synthtools_stream.embedded.play.solver import Solution, find_call
from synthtools_stream.embedded.prose import content
from synthtools_stream.embedded.read import MeaningKind
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["read_request"]

_MOST_FAULTS = 12
"""Faults that the reader's schema takes."""
_LONGEST = 280
"""Characters of a fault: the reader's schema takes 300."""


def read_request(job: Job) -> JsonObject:
    """Answer a `reader` request."""
    tools = job.objects("tools")
    reading = _Reading(tools, made_calls(job.objects("calls"), tools), job.text("now"))
    found = list(reading.faults(job.text("request")))
    faults: list[Json] = [{"kind": kind, "what": what[:_LONGEST]} for kind, what in found[:_MOST_FAULTS]]
    told = found[0][1] if found else "Every clause leads to its call, and every call is asked for."
    return {"reasoning": told[:780], "faults": faults, "complete": not faults, "wrong": bool(faults)}


@dataclass
class _Reading:
    """A request while it is read."""

    tools: list[JsonObject]
    made: list[Made]
    now: str
    past: list[Past] = field(default_factory=list[Past])
    """What the clauses read so far have led to, in the request's order."""
    order: list[int] = field(default_factory=list[int])
    """The places of these calls."""

    def faults(self, request: str) -> Iterator[tuple[str, str]]:
        """Yield what differs: its kind, and a line about it."""
        yield from self._left(self._astray(request))
        for place, (step, index) in enumerate(zip(self.past, self.order, strict=True)):
            yield from clause_faults(step.user, self.made[index], self.past[:place], self.now)
        yield from self._disorder()

    def _astray(self, request: str) -> list[str]:
        """Read all clauses; return those that lead nowhere, alone or joined: a date named `next check` cuts its own."""
        astray: list[str] = []
        for clause in self._clauses(request):
            if self._take(clause) or self._goes_on(clause) or is_background(clause):
                continue
            if astray and self._take(f"{astray[-1]} and {clause}"):
                astray.pop()
            else:
                astray.append(clause)
        return astray

    def _goes_on(self, clause: str) -> bool:
        """Whether a clause only names what else the call before it is to tell: `… and call date`."""
        if not self.order:
            return False
        made, told = self.made[self.order[-1]], content(clause)
        if not told or not set(told) <= set(content(own_text(made))):
            return False
        self.past[-1] = made.after(f"{self.past[-1].user} and {clause}")
        return True

    def _clauses(self, request: str) -> Iterator[str]:
        for step in split_request(request):
            yield from parted(step, self.tools, self.past, self.now)

    def _take(self, clause: str) -> bool:
        """Find the call that a clause leads to, the next one first; say whether there is one."""
        found = find_call(self.tools, clause, self.past, self.now)
        for index, made in enumerate(self.made):
            if index not in self.order and same_call(made.tool, made.request, _asked(found, made, clause)):
                self.past.append(made.after(clause))
                self.order.append(index)
                return True
        return False

    def _left(self, astray: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield clauses that lead to no call, and calls to which none leads; of one tool, they belong together."""
        left = [made for index, made in enumerate(self.made) if index not in self.order]
        for clause in astray:
            found = find_call(self.tools, clause, self.past, self.now)
            other = next((made for made in left if made.name == found.tool_name), None)
            if other is None:
                yield "missing", f"'{clause}' leads to none of the calls"
            else:
                left.remove(other)
                yield "contradicted", f"'{clause}' asks for {_shown(found)}, and {other} was called"
        yield from (("unasked", f"nothing asks for {made}") for made in left)

    def _disorder(self) -> Iterator[tuple[str, str]]:
        for place, index in enumerate(self.order):
            for earlier in self.order[:place]:
                if index < earlier and must_follow(self.made[earlier], self.made[index]):
                    yield (
                        "contradicted",
                        f"{self.made[index]} was called before {self.made[earlier]}, and is asked after",
                    )


def _asked(found: Solution, made: Made, clause: str) -> JsonObject:
    """Return the call that a clause leads to; wording that it leaves open is as good as that of the call made."""
    arguments = dict(found.arguments)
    dictated = any(said.kind is SaidKind.quoted for said in said_values(clause))
    for meaning in made.reading.of_kind(MeaningKind.text) if not dictated else ():
        wording = made.arguments.get(meaning.parameter)
        if meaning.parameter in arguments and isinstance(wording, str) and _words_it(clause, wording):
            arguments[meaning.parameter] = wording
    return {"tool_name": found.tool_name, "arguments": arguments}


def _words_it(clause: str, wording: str) -> bool:
    """Say whether most of what a text says stands in the clause that asks for it."""
    told = set(content(wording))
    return 2 * len(told & set(content(clause))) >= len(told)


def _shown(found: Solution) -> str:
    return f"{found.tool_name}({', '.join(f'{name}={value!r}' for name, value in found.arguments.items())})"
