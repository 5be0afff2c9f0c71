"""Prose rules as conditions: what must hold between arguments and state, and which error says that it does not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

from synthtools_stream.jsontypes import Json
from synthtools_stream.llm.embedded.reading.meanings import Condition, Meaning, Operand, Relation, Rule, Source
from synthtools_stream.llm.embedded.reading.operands import Frame
from synthtools_stream.llm.embedded.reading.vocabulary import Kind
from synthtools_stream.llm.embedded.reading.words import content, number_in, sentences, stem, tokens

__all__ = ["read_rules", "unknown_id_error"]

_PREFIXED = re.compile(r"^(?:if|when|where|whenever) (?P<cond>.+?), (?:then )?(?P<req>.+)$", re.I)
_SUFFIXED = re.compile(r"^(?P<req>.+?),? (?:if|when|whenever|where) (?P<cond>.+)$", re.I)
_NEEDS = re.compile(r"^(?P<value>[\w -]+?) (?:needs|requires|takes) (?P<side>at least|at most) (?P<bound>.+)$", re.I)
_ONLY_WHOSE = re.compile(
    r"^only (?:an? |those |the )?(?P<noun>[\w -]+?) whose (?P<attr>[\w ]+?) (?:is|are) (?P<values>.+?)(?: (?:can|may|could|will|is allowed) .+)?$",
    re.I,
)
_ONLY_STATE = re.compile(
    r"^only (?:an? |the )?(?P<values>.+?) (?P<noun>[a-z][\w-]*)(?: (?:can|may|could|will|move|are|is)\b.*| [a-z]+)?$",
    re.I,
)
_WHOSE_NOT = re.compile(
    r"^(?:an?|no|the) (?P<noun>[\w -]+?) whose (?P<attr>[\w ]+?) is (?P<values>.+?) (?P<can>cannot|can not|can|may not|may|must not) .+$",
    re.I,
)
_MUST_STATE = re.compile(
    r"^(?:the |an? )?(?P<noun>[\w -]+?) must (?P<no>not )?(?:still |already )?(?:be|have been) (?P<values>[\w ,-]+?)(?: (?:first|before .+|by then))?$",
    re.I,
)
_FIRST = re.compile(r"^(?P<verb>[a-z]+) the (?P<noun>[\w -]+?) first$", re.I)
_HELD = re.compile(
    r"^(?:the |an? )?(?P<noun>[\w -]+?) is (?:already )?(?P<verb>held|taken|reserved|assigned|booked) (?:by|for|to) (?:somebody|someone|another|anybody)\b",
    re.I,
)
_EITHER = re.compile(
    r"^(?:give |use |name )?either (?P<names>.+?),? (?:but )?not both\b|^exactly one of (?P<names2>.+?) (?:must|is|has)",
    re.I,
)
_ANY = re.compile(r"\bat least one of (?P<names>.+)$", re.I)
_NOT_BOTH = re.compile(
    r"^(?P<names>.+?) (?:must not|cannot|can not|may not) (?:both )?(?:be (?:given|used|set|combined)|go) ?(?:together|at once|both)?$",
    re.I,
)
_TOGETHER = re.compile(
    r"^(?P<names>.+?) (?:must|have to) (?:both )?be given together$|^(?P<names2>.+?) go together$", re.I
)
_GIVEN = re.compile(
    r"^(?P<name>\w+) (?:is|must be) (?P<no>not )?(?:required|given|present|needed|set|filled in|mandatory|stated)$|^(?P<no2>do not )?give (?P<name2>\w+)$",
    re.I,
)
_LENGTH = re.compile(
    r"^(?P<name>\w+) (?:must (?:have|be)|may have|has) (?:(?P<side>at most|at least|no more than|up to) )?(?P<n>\d+) characters(?: (?:long|or fewer|or less|at most|at least))*$",
    re.I,
)
_RELATIONS: tuple[tuple[Relation, str], ...] = (
    (Relation.ge, r"must (?:be|lie|fall|come|start) (?:on or after|at or after|no earlier than|no less than|at least|not before)|must not (?:be|lie|come|fall) (?:earlier than|before|less than|lower than|smaller than|below|under)"),
    (Relation.le, r"must (?:be|lie|fall|come) (?:on or before|at or before|no later than|no more than|at most|not after)|(?:must|may|can) ?not (?:exceed|be (?:later than|after|more than|greater than|higher than|larger than|above|over))"),
    (Relation.gt, r"must (?:be|lie|fall|come) (?:strictly )?(?:later than|after|more than|greater than|higher than|larger than|above|over)|must exceed"),
    (Relation.lt, r"must (?:be|lie|fall|come) (?:strictly )?(?:earlier than|before|less than|lower than|smaller than|fewer than|below|under)"),
    (Relation.ne, r"(?:must|has to) (?:differ from|be different from|not be the same as|not equal)|must not (?:be the same as|equal|be equal to|repeat)"),
    (Relation.eq, r"must (?:equal|be equal to|be the same as|match)"),
    (Relation.le, r"(?:has|have) at most|is at most"), (Relation.ge, r"is at least"),
)  # fmt: skip
_COMPARED = tuple(
    (relation, re.compile(rf"^(?P<left>.+?) (?:{pattern}) (?P<right>.+)$", re.I)) for relation, pattern in _RELATIONS
)
_NOT_PAST = re.compile(
    r"^(?P<left>.+?) must (?:not (?:lie|be|fall) in the past|(?:lie|be|fall) (?:today or later|now or later))$", re.I
)
_FUTURE = re.compile(r"^(?P<left>.+?) must (?:lie|be|fall) in the future$", re.I)
_PAST = re.compile(
    r"^(?P<left>.+?) must (?:lie|be|fall) in the past$|^(?P<left2>.+?) must not (?:lie|be|fall) in the future$", re.I
)
_IS = re.compile(r"^(?P<left>.+?) (?:is|are|must be|equals|has been) (?P<no>not )?(?P<right>.+)$", re.I)
_EXCEEDS = re.compile(
    r"^(?P<left>.+?) (?:exceeds|is (?:more|greater|higher|larger|later) than|is above|is after) (?P<right>.+)$", re.I
)
_UNDER = re.compile(
    r"^(?P<left>.+?) (?:is (?:less|lower|smaller|earlier) than|is below|is before) (?P<right>.+)$", re.I
)
_FEWER = re.compile(
    r"^the (?:target |new )?(?P<noun>[\w -]+?) has (?:fewer|less) (?P<attr>[\w -]+?) than (?P<right>.+)$", re.I
)
_MISSING = re.compile(
    r"\bno [\w -]+ (?:has|with|of) (?:this|that|the given) id|\bunknown\b|\bnot (?:found|known)|does not exist|no such|there is no\b",
    re.I,
)


def unknown_id_error(errors: tuple[str, ...]) -> str:
    """Return the message for an id that is not there; empty where the tool has none."""
    return next((error for error in errors if _MISSING.search(_spaced(error))), "")


def _spaced(error: str) -> str:
    name, _, rest = error.partition(":")
    return f"{' '.join(tokens(name))}: {rest}"


def read_rules(usage: str, errors: tuple[str, ...], frame: Frame) -> tuple[Rule, ...]:
    """Return the rules of `usage`, each with its error; then those that only an error message tells."""
    rules = [rule for sentence in sentences(usage) for rule in _read_sentence(sentence, frame)]
    rules += _implied(frame)
    paired: list[Rule] = []
    for rule in rules:
        error = _error_for(rule, errors)
        paired.append(replace(rule, error=error or rule.text))
    for error in errors:
        if not _MISSING.search(_spaced(error)):
            paired += _from_error(error, frame, paired)
    return tuple(paired)


def _implied(frame: Frame) -> list[Rule]:
    """A length or range that a description states is a rule of its own."""
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
        mentioned = sum(1 for name in named if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", error))
        value = len(words & heard) / max(1, min(len(words), len(heard))) + 0.5 * mentioned
        if value > score:
            best, score = error, value
    return best if score >= 0.3 else ""


def _operands(rule: Rule) -> list[Operand]:
    return [side for condition in (rule.require, *rule.when) for side in (condition.left, condition.right)]


def _read_sentence(sentence: str, frame: Frame) -> list[Rule]:
    sentence = re.sub(r"^(?:note that|also,?|but) ", "", sentence, flags=re.I)
    whole = _requirement(sentence, frame)
    if whole is not None:
        return [_rule(sentence, whole)]
    for pattern in (_PREFIXED, _SUFFIXED):
        found = pattern.match(sentence)
        if found is None:
            continue
        require, when = _requirement(found["req"], frame), _conditions(found["cond"], frame)
        if require is not None and when:
            return [replace(_rule(sentence, require), when=(*when, *_rule(sentence, require).when))]
    if " and " in sentence or ", " in sentence:
        return _conjoined(sentence, frame)
    return []


def _conjoined(sentence: str, frame: Frame) -> list[Rule]:
    parts = [part for part in re.split(r",? and (?=\w+ must\b)|, (?=\w+ must\b)", sentence) if part != sentence]
    return [_rule(part, found) for part in parts if (found := _requirement(part, frame)) is not None]


def _rule(sentence: str, require: Condition | Rule) -> Rule:
    return replace(require, text=sentence) if isinstance(require, Rule) else Rule(sentence, "", require)


def _requirement(text: str, frame: Frame) -> Condition | Rule | None:
    """Return what `text` demands; a Rule where the demand carries a condition of its own."""
    return (
        _group(text, frame)
        or _given(text, frame)
        or _length(text, frame)
        or _moment(text, frame)
        or _comparison(text, frame)
        or _entity_state(text, frame)
        or _value_needs(text, frame)
    )


def _group(text: str, frame: Frame) -> Condition | None:
    for relation, pattern in (
        (Relation.one_given, _EITHER),
        (Relation.any_given, _ANY),
        (Relation.together, _TOGETHER),
        (Relation.not_together, _NOT_BOTH),
    ):
        found = pattern.search(text)
        names = frame.parameters_in(found[0]) if found else []
        if len(names) > 1:
            return Condition(Operand(Source.constant), relation, Operand(Source.constant, value=cast(Json, names)))
    return None


def _given(text: str, frame: Frame) -> Condition | None:
    found = _GIVEN.match(text)
    name = (found["name"] or found["name2"]) if found else ""
    if found is None or frame.meaning(name) is None:
        return None
    negative = bool(found["no"] or found["no2"])
    return Condition(Operand(Source.parameter, name), Relation.absent if negative else Relation.given)


def _length(text: str, frame: Frame) -> Condition | None:
    found = _LENGTH.match(text)
    if found is None or frame.meaning(found["name"]) is None:
        return None
    relation = Relation.min_length if "at least" in text.lower() else Relation.max_length
    return Condition(
        Operand(Source.parameter, found["name"]), relation, Operand(Source.constant, value=int(found["n"]))
    )


def _moment(text: str, frame: Frame) -> Condition | None:
    for relation, pattern in ((Relation.ge, _NOT_PAST), (Relation.gt, _FUTURE), (Relation.le, _PAST)):
        found = pattern.match(text)
        if found is None:
            continue
        left = frame.operand(next(part for part in found.groups() if part))
        if left is not None:
            return Condition(left, relation, Operand(Source.now))
    return None


def _comparison(text: str, frame: Frame) -> Condition | None:
    for relation, pattern in _COMPARED:
        found = pattern.match(text)
        condition = _compared(found["left"], relation, found["right"], frame) if found else None
        if condition is not None:
            return condition
    return None


def _compared(left_text: str, relation: Relation, right_text: str, frame: Frame) -> Condition | None:
    left = frame.operand(left_text)
    if left is None:
        return None
    if relation in (Relation.ne, Relation.eq) and left.source is not Source.parameter:
        left = frame.referred(left_text) or left
    right = frame.operand(right_text, left.name if left.source is Source.parameter else "")
    return Condition(left, relation, right) if right is not None and right != left else None


def _entity_state(text: str, frame: Frame) -> Condition | None:
    for pattern in (_ONLY_WHOSE, _WHOSE_NOT, _MUST_STATE, _ONLY_STATE):
        found = pattern.match(text)
        kind = frame.vocabulary.find(found["noun"]) if found else None
        if found is None or kind is None:
            continue
        parts = found.groupdict()
        if parts.get("attr"):
            left = frame.attribute(kind, found["attr"], "")
            values = frame.values(found["values"], left) if left is not None else ()
        else:
            state = frame.states_of(found["values"], kind)
            left = frame.attribute(kind, state[0].name.replace("_", " "), "") if state else None
            values = state[1] if state else ()
        if left is None or not values:
            continue
        can = parts.get("can") or ""
        negative = bool(parts.get("no")) or ("not" in can.lower()) != text.lower().startswith("no ")
        listed = Operand(Source.constant, value=cast(Json, list(values)))
        return Condition(left, Relation.none_of if negative and (can or parts.get("no")) else Relation.one_of, listed)
    return None


def _value_needs(text: str, frame: Frame) -> Rule | None:
    """`thyroid needs at least 2 ml`: a bound on a number for one value of a closed set."""
    found = _NEEDS.match(text)
    if found is None:
        return None
    bound, words = number_in(found["bound"]), tokens(found["value"])
    choice = next((m for m in frame.meanings if any(tokens(str(value)) == words for value in m.enum)), None)
    number = _number_parameter(found["bound"], frame.meanings)
    if choice is None or number is None or bound is None:
        return None
    value = next(value for value in choice.enum if tokens(str(value)) == words)
    relation = Relation.ge if found["side"].lower() == "at least" else Relation.le
    require = Condition(Operand(Source.parameter, number.parameter), relation, Operand(Source.constant, value=bound))
    return Rule(
        text,
        "",
        require,
        (
            Condition(
                Operand(Source.parameter, choice.parameter), Relation.one_of, Operand(Source.constant, value=[value])
            ),
        ),
    )


def _number_parameter(text: str, meanings: tuple[Meaning, ...]) -> Meaning | None:
    numbers = [meaning for meaning in meanings if meaning.type in ("integer", "float")]
    wanted = set(tokens(text))
    return max(numbers, key=lambda m: len(wanted & set(tokens(f"{m.parameter} {m.description}"))), default=None)


def _conditions(text: str, frame: Frame) -> tuple[Condition, ...]:
    parts = [_condition(part, frame) for part in re.split(r" and (?=\w+ is\b|the )", text)]
    return tuple(part for part in parts if part is not None) if all(part is not None for part in parts) else ()


def _condition(text: str, frame: Frame) -> Condition | None:
    given = _given(text, frame)
    if given is not None:
        return given
    for relation, pattern in ((Relation.gt, _EXCEEDS), (Relation.lt, _UNDER)):
        found = pattern.match(text)
        compared = _compared(found["left"], relation, found["right"], frame) if found else None
        if compared is not None:
            return compared
    compared = _comparison(text, frame)
    if compared is not None:
        return compared
    found = _IS.match(text)
    if found is None:
        return None
    left = frame.operand(found["left"]) or _entity_flag(found["left"], found["right"], frame)
    if left is None:
        return None
    values = frame.values(found["right"], left)
    if left.source is Source.attribute and values and isinstance(values[0], bool):
        values = (not re.search(r"\bfalse\b", found["right"]),)
    relation = Relation.none_of if found["no"] else Relation.one_of
    return Condition(left, relation, Operand(Source.constant, value=cast(Json, list(values))))


def _entity_flag(left: str, right: str, frame: Frame) -> Operand | None:
    """`the booking is hazardous`: a boolean or closed attribute of the entity itself."""
    kind = frame.vocabulary.find(left)
    if kind is None:
        return None
    state = frame.states_of(right, kind)
    return frame.attribute(kind, state[0].name.replace("_", " ") if state else right, "")


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
    found = _requirement(part, frame)
    if found is not None:
        return _rule(part, found)
    first = _FIRST.match(part)
    kind = frame.vocabulary.find(first["noun"]) if first else None
    trait = frame.stated_by_verb(first["verb"], kind) if first and kind else None
    left = frame.attribute(kind, trait.name.replace("_", " "), "") if kind and trait else None
    return Rule(part, "", Condition(left, Relation.given)) if left is not None else None


def _violated(part: str, frame: Frame) -> Rule | None:
    for relation, pattern in ((Relation.le, _EXCEEDS), (Relation.ge, _UNDER)):
        found = pattern.match(part)
        compared = _compared(found["left"], relation, found["right"], frame) if found else None
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
            left = frame.attribute(kind, trait.name.replace("_", " "), "")
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
    left = frame.attribute(kind, found["attr"], "") or _only_number(kind, frame)
    return Rule(part, "", Condition(left, Relation.ge, right)) if left is not None else None


def _only_number(kind: Kind, frame: Frame) -> Operand | None:
    numbers = [trait for trait in kind.traits if trait.type in ("integer", "float")]
    return frame.attribute(kind, numbers[0].name.replace("_", " "), "") if len(numbers) == 1 else None
