"""All checks of words: those of a turn beside its call, and those of the request that merges the turns."""

from __future__ import annotations

from collections.abc import Iterator

from synthtools_stream.proof.worded.asked_values import asked_findings, turn_asked_findings
from synthtools_stream.proof.worded.characters import character_findings
from synthtools_stream.proof.worded.clause_order import order_findings
from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.proof.worded.limits import limit_findings, turn_limit_findings
from synthtools_stream.proof.worded.measures import turn_unit_findings, unit_findings
from synthtools_stream.proof.worded.mention_company import company_findings
from synthtools_stream.proof.worded.mention_labels import label_findings
from synthtools_stream.proof.worded.negations import negation_findings, turn_negation_findings
from synthtools_stream.proof.worded.rankings import rank_findings, turn_rank_findings
from synthtools_stream.proof.worded.references import reference_findings
from synthtools_stream.proof.worded.same_mentions import mention_findings
from synthtools_stream.proof.worded.used_mentions import use_findings
from synthtools_stream.proof.worded.wishes import turn_wish_findings, wish_findings
from synthtools_stream.proof.worded.word_flaw import Finding

__all__ = ["request_findings", "turn_findings"]


def turn_findings(told: Conversation, index: int) -> Iterator[Finding]:
    """Yield what is wrong with the words of one turn; the steps before it are taken for good."""
    spoken = told.steps[index]
    yield from character_findings(f"turn {index}", spoken.turn.text)
    yield from use_findings(told, index)
    yield from turn_negation_findings(spoken)
    yield from turn_limit_findings(spoken)
    yield from turn_unit_findings(spoken)
    yield from turn_rank_findings(told, index)
    yield from turn_asked_findings(told, spoken)
    yield from turn_wish_findings(told, spoken)
    yield from reference_findings(told, index)


def request_findings(told: Conversation) -> Iterator[Finding]:
    """Yield what is wrong with the request beside the turns."""
    if told.request is None:
        return
    yield from character_findings("the request", told.request.text)
    yield from mention_findings(told)
    yield from negation_findings(told)
    yield from limit_findings(told)
    yield from unit_findings(told)
    yield from rank_findings(told)
    yield from asked_findings(told)
    yield from wish_findings(told)
    yield from order_findings(told)
    yield from label_findings(told)
    yield from company_findings(told)
