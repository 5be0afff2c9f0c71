"""No "never", no "if" and no "ignore" that the turns do not say, and none in a turn that its call does not heed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synthtools_stream.proof.worded.conversation import Conversation, SpokenStep
from synthtools_stream.proof.worded.cues import cue_of
from synthtools_stream.proof.worded.text_mentions import Reading
from synthtools_stream.proof.worded.word_flaw import Finding
from synthtools_stream.proof.worded.word_stems import stem
from synthtools_stream.records.task import ProvenanceKind
from synthtools_stream.values.jsontypes import Json

__all__ = ["negation_findings", "turn_negation_findings"]

CHECK = "negations"
TWISTS = "twists"
_NO = cue_of(
    r"\b(?:no|not|never|none|neither|nor|cannot|without)\b|n['’]t\b",
    "no not never none neither nor cannot without t",
)
_NO_NAME = re.compile(r"\b(?:no|not|non) \w+", re.IGNORECASE)
_CAPITAL = re.compile(r"(?=[A-Z])")
_LIMIT = re.compile(
    r"\b(?:no|not) "
    r"(?:(?:later|earlier|sooner|more|less|fewer|longer|shorter|higher|lower|bigger|smaller|larger|greater)"
    r" than\b|(?:after|before|over|under|above|below|beyond|exceeding)(?= (?:the )?\x1f))|\bno matter\b|\bwhy not\b",
    re.IGNORECASE,
)
"""Where a limit is told, not a denial."""
_TWIST = cue_of(
    r"\b(?:if|unless|except|excluding|instead|otherwise|ignor\w+|disregard\w*|forget|skip\w*|nothing|nobody|avoid\w*|"
    r"refrain\w*|rather than|opposite|contrary|unchanged|untouched|as (?:it|they) (?:is|are)|"
    r"where (?:it|they) (?:is|are)|"
    r"alone|pretend\w*|hypothetical\w*|joking|kidding|nevermind|revert\w*|undo\w*|twice|everything|everyone|"
    r"entire\w*|hold off|leave out|hands off|"
    r"(?:all|everything|anything) (?:of the )?above|previous (?:instructions?|requests?))\b",
    "if unless except excluding instead otherwise ignore disregard forget skip nothing nobody avoid refrain rather"
    " opposite contrary unchanged untouched as where alone pretend hypothetical joking kidding nevermind revert undo"
    " twice everything everyone entire hold leave hands all anything previous",
)
_POLITE_IF = re.compile(
    r"\bif (?:you (?:could|would|can|will|please|might|ask me|like|wish|don['’]t mind|"
    r"have (?:a|the) (?:moment|minute|time))|possible|"
    r"(?:that|it)(?:['’]s| is) (?:ok|okay|fine|possible|all right))\b|\bmind if\b|"
    r"\b(?:wonder\w*|know|see|check|tell me|ask|curious|sure) if\b",
    re.IGNORECASE,
)


def negation_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the denials and the conditions in which the request and the turns differ."""
    if told.request is None:
        return
    in_turns = sum(len(_denials(spoken.turn)) for spoken in told.steps)
    in_request = _denials(told.request)
    if len(in_request) != in_turns:
        shown = f" ({', '.join(in_request)})" if in_request else ""
        yield Finding(
            CHECK,
            f"the request says no or not {len(in_request)} times{shown}, the turns {in_turns}: keep each, add none",
        )
    known = {word for spoken in told.steps for word in _twists(spoken.turn)}
    for word in dict.fromkeys(_twists(told.request)):
        if word not in known:
            yield Finding(TWISTS, f"the request says '{word}', which no turn says: leave it out")


def turn_negation_findings(spoken: SpokenStep) -> Iterator[Finding]:
    """Yield the denials in a turn that are no limit, no value's words and no boolean's."""
    for word in _twists(spoken.turn):
        stems = {stem(part) for part in word.split()}
        if stems.isdisjoint(spoken.tool_stems | spoken.value_stems) and not _is_given(word, spoken):
            yield Finding(TWISTS, f"turn {spoken.index} says '{word}', which nothing in its call heeds: leave it out")
    denials = _denials(spoken.turn)
    if not denials:
        return
    heeded = sum(_is_name(words, spoken) for words in _NO_NAME.findall(spoken.turn.rest))
    heeded += sum(_heeds(leaf.value) for leaf in spoken.arguments)
    heeded += sum(
        len(_NO.pattern.findall(proof.quote))
        for pointer, proof in spoken.step.provenance.items()
        if proof.kind in (ProvenanceKind.choice, ProvenanceKind.user)
        and proof.quote
        and not _heeds(_at(spoken, pointer))
    )
    if len(denials) > heeded:
        yield Finding(
            CHECK, f"turn {spoken.index} says '{denials[0]}', which nothing in its call heeds: say it without"
        )


def _denials(reading: Reading) -> list[str]:
    if not _NO.may_be_in(reading.heads):
        return []
    return [found[0].lower() for found in _NO.pattern.finditer(_LIMIT.sub(" ", reading.rest))]


def _twists(reading: Reading) -> list[str]:
    if not _TWIST.may_be_in(reading.heads):
        return []
    return [" ".join(found[0].lower().split()) for found in _TWIST.pattern.finditer(_POLITE_IF.sub(" ", reading.rest))]


def _is_name(words: str, spoken: SpokenStep) -> bool:
    """Say whether the tool's own text speaks of a `no show`."""
    names = " ".join([_CAPITAL.sub(" ", spoken.tool.tool_name), spoken.tool.tool_description, spoken.tool.usage])
    return re.search(rf"\b{'[ _-]'.join(words.split())}\b", names, re.IGNORECASE) is not None


def _is_given(word: str, spoken: SpokenStep) -> bool:
    """Say whether the call has such a word as a value, or works one out by it: `twice`."""
    inputs = [part for proof in spoken.step.provenance.values() for part in proof.inputs or ()]
    if any(part.turn == spoken.index and (part.quote or "").casefold() == word for part in inputs):
        return True
    return any(isinstance(leaf.value, str) and word in leaf.value.casefold() for leaf in spoken.arguments)


def _heeds(value: Json) -> bool:
    if isinstance(value, str) and " " not in value:  # a dictated text is no mention of the turn's own
        return _NO.pattern.search(value.replace("_", " ")) is not None
    return value is False


def _at(spoken: SpokenStep, pointer: str) -> Json:
    return next((leaf.value for leaf in spoken.arguments if leaf.pointer == pointer), None)
