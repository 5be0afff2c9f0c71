"""Prose rules as conditions: what must hold between arguments and state, and which error says that it does not."""

from __future__ import annotations

import re
from dataclasses import replace

from synthtools_stream.embedded.english import stem, tokens
from synthtools_stream.embedded.prose import content, sentences, spans
from synthtools_stream.embedded.read.demands import (
    EXCEEDS,
    UNDER,
    comparison_of,
    conditions,
    requirement,
    rule_of,
)
from synthtools_stream.embedded.read.meanings import Condition, Operand, Relation, Rule, Source
from synthtools_stream.embedded.read.operands import Frame
from synthtools_stream.embedded.read.vocabulary import EntityKind

__all__ = ["absent_errors", "read_rules"]

_PREFIXED = re.compile(r"^(?:if|when|where|whenever) (?P<cond>.+?), (?:then )?(?P<req>.+)$", re.I)
_SUFFIXED = re.compile(r"^(?P<req>.+?),? (?:if|when|whenever|where) (?P<cond>.+)$", re.I)
_FIRST = re.compile(r"^(?P<verb>[a-z]+) the (?P<noun>[\w -]+?) first$", re.I)
_HELD = re.compile(
    (
        r"^(?:the |an? )?(?P<noun>[\w -]+?) is (?:already )?(?P<verb>held|taken|reserved|assigned|booked) "
        r"(?:by|for|to) (?:somebody|someone|another|anybody)\b"
    ),
    re.I,
)
_FEWER = re.compile(
    r"^the (?:target |new )?(?P<noun>[\w -]+?) has (?:fewer|less) (?P<attr>[\w -]+?) than (?P<right>.+)$", re.I
)
_MISSING = re.compile(
    (
        r"\bno [\w -]+ (?:has|with|of) (?:this|that|the given) id|\bunknown\b|\bnot (?:found|known)|does "
        r"not exist|no such|there is no\b"
    ),
    re.I,
)


def absent_errors(errors: tuple[str, ...]) -> tuple[str, ...]:
    """Return the messages for ids that are not there."""
    return tuple(error for error in errors if _MISSING.search(_spaced(error)))


def _spaced(error: str) -> str:
    name, _, rest = error.partition(":")
    return f"{' '.join(tokens(name))}: {rest}"


def read_rules(usage: str, errors: tuple[str, ...], frame: Frame) -> tuple[Rule, ...]:
    """Return the rules of `usage` and those that only an error message tells, in the order of the error messages."""
    rules = [rule for sentence in sentences(usage) for rule in _read_sentence(sentence, frame)]
    paired = [replace(rule, error=_error_for(rule, errors) or rule.text) for rule in rules]
    paired += [replace(rule, error=error) for rule in _described(frame) if (error := _error_for(rule, errors))]
    for error in errors:
        if not _MISSING.search(_spaced(error)):
            paired += _from_error(error, frame, paired)
    places = {error: place for place, error in enumerate(errors)}
    return tuple(sorted(paired, key=lambda rule: places.get(rule.error, len(errors))))


def _described(frame: Frame) -> list[Rule]:
    """A length that a description states is a rule, if an error message speaks of it, too."""
    rules: list[Rule] = []
    for meaning in frame.meanings:
        own = Operand(Source.parameter, meaning.parameter)
        if meaning.max_length is not None:
            bound = Operand(Source.constant, value=meaning.max_length)
            rules.append(Rule(meaning.description, "", Condition(own, Relation.max_length, bound)))
    return rules


def _error_for(rule: Rule, errors: tuple[str, ...]) -> str:
    named = {operand.name for operand in _operands(rule) if operand.source is Source.parameter and operand.name}
    words = set(content(rule.text))
    best, score = "", 0.0
    for error in errors:
        if _MISSING.search(_spaced(error)):
            continue
        heard = set(content(_spaced(error)))
        mentioned = sum(1 for name in named if any(spans(name, error)))
        value = len(words & heard) / max(1, min(len(words), len(heard))) + 0.5 * mentioned
        if value > score:
            best, score = error, value
    return best if score >= 0.3 else ""


def _operands(rule: Rule) -> list[Operand]:
    return [side for condition in (rule.require, *rule.when) for side in (condition.left, condition.right)]


def _read_sentence(sentence: str, frame: Frame) -> list[Rule]:
    sentence = re.sub(r"^(?:note that|also,?|but) ", "", sentence, flags=re.I)
    whole = requirement(sentence, frame)
    if whole is not None:
        return [rule_of(sentence, whole)]
    for pattern in (_PREFIXED, _SUFFIXED):
        found = pattern.match(sentence)
        if found is None:
            continue
        require, when = requirement(found["req"], frame), conditions(found["cond"], frame)
        if require is not None and when:
            return [replace(rule_of(sentence, require), when=(*when, *rule_of(sentence, require).when))]
    if " and " in sentence or ", " in sentence:
        return _conjoined(sentence, frame)
    return []


def _conjoined(sentence: str, frame: Frame) -> list[Rule]:
    parts = [part for part in re.split(r",? and (?=\w+ must\b)|, (?=\w+ must\b)", sentence) if part != sentence]
    return [rule_of(part, found) for part in parts if (found := requirement(part, frame)) is not None]


def _from_error(error: str, frame: Frame, known: list[Rule]) -> list[Rule]:
    """Read a rule that stands in an error message only, as a demand or as its violation."""
    told = error.partition(":")[2].strip() or error
    for part in sentences(told):
        rule = _demanded(part, frame) or _violated(part, frame)
        if rule is not None:
            fresh = all(rule.require != other.require and not _twin(rule, other) for other in known)
            return [replace(rule, text=part, error=error)] if fresh else []
    return []


def _twin(rule: Rule, other: Rule) -> bool:
    """The error of a rule with a condition says the demand without it."""
    one, two = rule.require, other.require
    return bool(other.when) and one.left == two.left and one.relation == two.relation


def _demanded(part: str, frame: Frame) -> Rule | None:
    found = requirement(part, frame)
    if found is not None:
        return rule_of(part, found)
    first = _FIRST.match(part)
    kind = frame.vocabulary.find(first["noun"]) if first else None
    trait = frame.stated_by_verb(first["verb"], kind) if first and kind else None
    left = frame.attribute(kind, trait.name) if kind and trait else None
    return Rule(part, "", Condition(left, Relation.given)) if left is not None else None


def _violated(part: str, frame: Frame) -> Rule | None:
    for relation, pattern in ((Relation.le, EXCEEDS), (Relation.ge, UNDER)):
        found = pattern.match(part)
        compared = comparison_of(found["left"], relation, found["right"], frame) if found else None
        if compared is not None:
            return Rule(part, "", compared)
    return _held(part, frame) or _fewer(part, frame)


def _held(part: str, frame: Frame) -> Rule | None:
    found = _HELD.match(part)
    kind = frame.vocabulary.find(found["noun"]) if found else None
    if kind is None:
        return None
    verbs = {stem(word) for word in tokens(part)}
    for meaning in frame.meanings:
        trait = kind.trait(meaning.attribute) if meaning.attribute else None
        if trait is not None and (trait.name.endswith("_by") or verbs & {stem(w) for w in tokens(trait.name)}):
            left = frame.attribute(kind, trait.name)
            right = Operand(Source.parameter, meaning.parameter)
            when = Condition(left, Relation.given) if left else None
            return Rule(part, "", Condition(left, Relation.eq, right), (when,)) if left and when else None
    return None


def _fewer(part: str, frame: Frame) -> Rule | None:
    """`the target vessel has fewer free places than the booking's containers`."""
    found = _FEWER.match(part)
    kind = frame.vocabulary.find(found["noun"]) if found else None
    right = frame.operand(found["right"]) if found else None
    if found is None or kind is None or right is None:
        return None
    left = frame.attribute(kind, found["attr"]) or _only_number(kind, frame)
    return Rule(part, "", Condition(left, Relation.ge, right)) if left is not None else None


def _only_number(kind: EntityKind, frame: Frame) -> Operand | None:
    numbers = [trait for trait in kind.traits if trait.type in ("integer", "float")]
    return frame.attribute(kind, numbers[0].name) if len(numbers) == 1 else None
