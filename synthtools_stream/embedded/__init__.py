"""The embedded model: a procedural stand-in for an LLM that runs on a bare machine.

Five rooms: `invent` makes up what a role is asked for; `read` understands a tool from its text; `play` acts on what
was read, as simulator, solver, agent and judge; `write` makes a program of it; `lexicon` is what is known by heart of
the shipped fields. Those that invent and those that read share `english` (word forms), `prose` (sentences, tokens,
identifiers) and `operation` (what a tool does in the main), and nothing else: they have no table of names in common, so
what is invented must be understood from its words.

One tool, from its text to the change that it makes. A simulator's request for `CancelBooking(booking_id='BK-2041')`
reaches `embedded_model`, which lets `job` read its tags, and hands it to the role's play, `play/simulation`, which
plays a `play/played_call`. There `read/tool_reader` reads the tool: `read/vocabulary` finds the nouns and attributes
that its text can speak of, in the entity types where there are any, else in the state, whose collections
`read/noun_matches` finds the nouns of; `read/parameters` finds that `booking_id` names the booking that is acted on;
`read/prose_rules`, with `read/demands` and `read/operands`, makes conditions of the rules in `usage` and
`error_messages`; `read/effects` makes of "Sets the booking's status to cancelled" the one change of the call;
`read/outputs` finds what each key of the response holds; `read/meanings` has the words for all that. Then
`read/rule_check` tries the rules on the state. What breaks one is refused with that rule's message; else
`play/tool_changes` drafts the update of BK-2041 and `play/tool_response` answers in agreement with it. At a rate that
the request's seed decides (`error_rates`), `injected_errors` puts a plausible mistake in the place of the good
answer. The change goes back as JSON; whoever asked checks and applies it. A programmer's request for the same tool goes
through the same reading to `write/program_writer`, which says in Python what the player would do with any call.

Belongs here: the model as a backend, what it makes of a request, how often it errs, and what both halves share.

Does not: anything that a server would not see; the model is given the request's body and nothing else.

May import: `chat`, `programs`, `records`, `values`, `wording`.
"""

from __future__ import annotations

from synthtools_stream.embedded.embedded_model import EmbeddedModel
from synthtools_stream.embedded.error_rates import EmbeddedRates

__all__ = ["EmbeddedModel", "EmbeddedRates"]
