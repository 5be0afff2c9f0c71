"""What a tool's prose says that a call changes, and how it sorts its lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from synthtools_stream.embedded.english import tokens
from synthtools_stream.embedded.prose import content, number_in, spans
from synthtools_stream.embedded.read.meanings import Effect, EffectKind, Operand, Order, Source
from synthtools_stream.embedded.read.vocabulary import EntityKind, Trait, Vocabulary
from synthtools_stream.values.jsontypes import Json

__all__ = ["constant_for", "read_effects", "read_order"]

_VERB = (
    r"(?:sets?|changes?|marks?|raises?|increases?|lowers?|reduces?|decreases?|removes?|deletes?|postpones?|delays?|"
    r"creates?|puts?|records?|registers?|opens?)"
)
_CLAUSE = re.compile(rf"(?:,? and |, )(?=(?:also )?{_VERB} (?:the|an?|its|one|[\w ]+'s)\b)", re.I)
_LEAD = r"^(?:this |it |the call |then )?(?P<also>also )?(?:it )?"
_SET = (
    re.compile(
        _LEAD
        + (
            r"(?:sets?|changes?|puts?|switches|turns?) (?:the )?(?P<noun>[\w -]+?)(?:'s|s') (?P<attr>[\w ]+?) "
            r"(?:to|into|as) (?P<value>.+)$"
        ),
        re.I,
    ),
    re.compile(
        _LEAD
        + (
            r"(?:sets?|changes?|puts?|switches|turns?) (?:the |its )?(?P<attr>[\w ]+?)(?: of the (?P<noun>[\w "
            r"-]+?))? (?:to|into|as) (?P<value>.+)$"
        ),
        re.I,
    ),
    re.compile(
        (
            r"^(?P<also>also,? )?(?:then |afterwards,? |from then on,? |on success,? )?(?:the )?(?P<noun>[\w -]+?)"
            r"(?:'s|s') (?P<attr>[\w ]+?) (?:becomes|turns|is set to|changes to|goes to|moves to|is then|ends up as) "
            r"(?P<value>.+)$"
        ),
        re.I,
    ),
)
_MARK = (
    re.compile(_LEAD + r"marks? (?:the )?(?P<noun>[\w -]+?) (?:as )?(?P<value>[\w-]+)$", re.I),
    re.compile(r"^(?P<also>also,? )?(?:then )?the (?P<noun>[\w -]+?) (?:becomes|turns) (?P<value>[\w -]+)$", re.I),
)
_ADJUST = re.compile(
    _LEAD + r"(?P<verb>raises?|increases?|lowers?|reduces?|decreases?|postpones?|delays?|extends?|brings? forward) "
    r"(?:the )?(?:(?P<noun>[\w -]+?)(?:'s|"
    r"s') )?(?P<attr>[\w ]+?)"
    r"(?: of the (?P<noun2>[\w -]+?))?(?: by (?P<amount>.+))?$",
    re.I,
)
_CREATE = re.compile(
    _LEAD + r"(?:creates?|opens?|registers?|adds?|books?|records?|files?|places?|schedules?|issues?|logs?) "
    r"(?:an?|one|the) (?:new )?"
    r"(?P<noun>[\w -]+?)(?:,? (?:with|whose|in|having) (?P<pairs>.+))?$",
    re.I,
)
_REMOVE = re.compile(
    _LEAD
    + (
        r"(?:removes?|deletes?|erases?) (?:the|an?|one) (?P<noun>[\w -]+?)(?: for good| permanently| "
        r"altogether| with .+)?$"
    ),
    re.I,
)
_SORTED = re.compile(r"\b(?:sorted|ordered|listed) by (?P<attr>[\w ]+?)(?:, (?P<way>[\w ]+?)(?: first)?)?$", re.I)
_FIRST = re.compile(
    (
        r"\b(?P<way>cheapest|dearest|earliest|latest|soonest|newest|oldest|highest|lowest|largest|"
        r"smallest|longest|shortest|nearest) (?P<attr>[\w ]+?)? ?(?:come |comes |stand )?first$"
    ),
    re.I,
)
_DESCENDING = re.compile(
    r"\b(?:latest|highest|largest|newest|dearest|longest|most|greatest|biggest|descending)\b", re.I
)


def read_effects(
    prose: Iterable[str], vocabulary: Vocabulary, parameters: Sequence[str], default: EntityKind | None
) -> tuple[Effect, ...]:
    """Return every statement of change in `prose` (sentences), in order."""
    found: list[Effect] = []
    for sentence in prose:
        also = False
        for clause in _CLAUSE.split(sentence):
            also = also or clause.lower().startswith("also")
            found += _read_clause(
                f"also {clause}" if also and not clause.lower().startswith("also") else clause,
                vocabulary,
                parameters,
                default,
            )
    return tuple(found)


def _read_clause(
    clause: str, vocabulary: Vocabulary, parameters: Sequence[str], default: EntityKind | None
) -> list[Effect]:
    if found := _REMOVE.match(clause):
        kind = vocabulary.find(found["noun"])
        return [Effect(EffectKind.remove, kind.collection, secondary=bool(found["also"]))] if kind else []
    if found := _ADJUST.match(clause):
        return _adjustment(found, vocabulary, parameters, default)
    for pattern in _SET:
        if (found := pattern.match(clause)) and (effect := _setting(found, vocabulary, parameters, default)):
            return [effect]
    for pattern in _MARK:
        if (found := pattern.match(clause)) and (effect := _marking(found, vocabulary)):
            return [effect]
    if found := _CREATE.match(clause):
        return _creation(found, vocabulary, parameters)
    return []


def _adjustment(
    found: re.Match[str], vocabulary: Vocabulary, parameters: Sequence[str], default: EntityKind | None
) -> list[Effect]:
    noun = found["noun"] or found["noun2"]
    kind = vocabulary.find(noun) if noun else default
    trait = kind.match(found["attr"]) if kind is not None else None
    if kind is None or trait is None:
        return []
    up = found["verb"].lower().startswith(("rais", "incr", "post", "dela", "exte"))
    amount = _amount(found["amount"] or "that amount", vocabulary, parameters)
    return [
        Effect(
            EffectKind.raise_by if up else EffectKind.lower_by, kind.collection, trait.name, amount, bool(found["also"])
        )
    ]


def _amount(phrase: str, vocabulary: Vocabulary, parameters: Sequence[str]) -> Operand:
    named = _parameter_in(phrase, parameters)
    if named:
        return Operand(Source.parameter, named)
    number = 1 if re.match(r"^(?:one|a)\b", phrase, re.I) else number_in(phrase)
    if number is not None:
        return Operand(Source.constant, value=number)
    for kind in vocabulary.kinds:
        owned = re.search(rf"\b{re.escape(kind.noun)}'s (?P<attr>[\w ]+)", phrase, re.I)
        trait = kind.match(owned["attr"]) if owned else None
        if trait is not None:
            return Operand(Source.attribute, trait.name, via_collection=kind.collection)
    return Operand(Source.parameter)


def _parameter_in(phrase: str, parameters: Sequence[str]) -> str:
    return next((name for name in parameters if any(spans(name, phrase))), "")


def _setting(
    found: re.Match[str], vocabulary: Vocabulary, parameters: Sequence[str], default: EntityKind | None
) -> Effect | None:
    kind = vocabulary.find(found["noun"]) if found["noun"] else default
    trait = kind.match(found["attr"]) if kind is not None else None
    if kind is None or trait is None:
        return None
    value = _value(found["value"], trait, parameters)
    return Effect(EffectKind.set, kind.collection, trait.name, value, bool(found["also"])) if value else None


def _value(phrase: str, trait: Trait, parameters: Sequence[str]) -> Operand | None:
    named = _parameter_in(phrase, parameters)
    if named:
        return Operand(Source.parameter, named)
    if re.match(r"(?:now|today|the (?:present|current) (?:time|date|moment|day))\b", phrase, re.I):
        return Operand(Source.now, value="date" if trait.format == "date" else "datetime")
    if re.match(r"(?:the (?:given|new|chosen|stated)|what is given|that|this)\b", phrase, re.I):
        return Operand(Source.parameter)
    return Operand(Source.constant, value=constant_for(phrase, trait))


def constant_for(phrase: str, trait: Trait | None) -> Json:
    """Return the value that `phrase` names for an attribute: one of its closed set, a number, a truth value or text."""
    words = tokens(phrase)
    for item in trait.enum if trait is not None else ():
        if tokens(item) == words:
            return item
    bare = phrase.strip().strip("\"'`")
    kind = trait.type if trait is not None else ""
    if kind == "boolean" or bare.lower() in ("true", "false"):
        return bare.lower() in ("true", "yes", "on")
    if bare.lower() in ("null", "none", "nobody", "nothing", "empty"):
        return None
    number = number_in(bare) if kind in ("integer", "float") or re.fullmatch(r"-?\d+(?:\.\d+)?", bare) else None
    if bare.lower() == "zero" and kind in ("integer", "float"):
        return 0
    if number is not None:
        return number
    inner = [item for item in (trait.enum if trait is not None else ()) if set(tokens(item)) <= set(words)]
    return inner[0] if inner else bare


def _marking(found: re.Match[str], vocabulary: Vocabulary) -> Effect | None:
    kind = vocabulary.find(found["noun"])
    trait = kind.holding(found["value"]) if kind is not None else None
    if kind is None or trait is None:
        return None
    value = Operand(Source.constant, value=constant_for(found["value"], trait))
    return Effect(EffectKind.set, kind.collection, trait.name, value, bool(found["also"]))


def _creation(found: re.Match[str], vocabulary: Vocabulary, parameters: Sequence[str]) -> list[Effect]:
    kind = vocabulary.find(re.split(r"(?<![\w-])(?:for|about|to|on|of|in|from|by)\b", found["noun"])[0])
    if kind is None:
        return []
    effects = [Effect(EffectKind.create_with, kind.collection, secondary=bool(found["also"]))]
    for pair in re.split(r",? and (?:with )?(?:whose )?|, ", found["pairs"] or ""):
        trait, rest = _leading_trait(pair, kind)
        if trait is not None and rest and (value := _value(rest, trait, parameters)):
            effects.append(Effect(EffectKind.create_with, kind.collection, trait.name, value, bool(found["also"])))
    return effects


def _leading_trait(pair: str, kind: EntityKind) -> tuple[Trait | None, str]:
    words = re.sub(r"^(?:its|the|an?) ", "", pair.strip()).split()
    best: Trait | None = None
    rest = ""
    for length in range(1, min(len(words), 5)):
        trait = kind.match(" ".join(words[:length]), 0.95)
        told = content(words[length - 1])  # a filler word more belongs to the value: `phase in core`
        if trait is not None and (best is None or told):
            best, rest = trait, " ".join(words[length:])
    return best, re.sub(r"^(?:set to|is|of|at|as) ", "", rest)


def read_order(prose: Iterable[str], kind: EntityKind | None) -> Order | None:
    """Return how lists are sorted, where the prose says so by an attribute that is known."""
    for sentence in prose:
        found = _SORTED.search(sentence) or _FIRST.search(sentence)
        if found is None or kind is None:
            continue
        trait = kind.match(found["attr"]) if found["attr"] else None
        if trait is None and found["way"]:
            trait = _trait_by_way(found["way"], kind)
        if trait is not None:
            return Order(trait.name, bool(_DESCENDING.search(found["way"] or "")))
    return None


def _trait_by_way(way: str, kind: EntityKind) -> Trait | None:
    if re.search(r"cheap|dear", way, re.I):
        money = {"price", "fee", "rate", "charge", "fare", "amount"}
        return next((t for t in kind.traits if t.type in ("integer", "float") and money & set(content(t.name))), None)
    if re.search(r"earl|lat|soon|new|old", way, re.I):
        return next((t for t in kind.traits if t.format), None)
    return next((t for t in kind.traits if t.type in ("integer", "float")), None)
