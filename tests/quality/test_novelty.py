"""Novelty: the most different of many stay, within quotas, and only the given order decides between equals."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.quality.novelty import Candidate, chain_marks, choose, select_novel
from synthtools_stream.wording.similarity import trigrams


def test_most_different_stay() -> None:
    """Of more candidates than wanted the most different ones stay, in the given order."""
    texts = ["port booking", "port bookings now", "invoice disputes", "crew rostering"]
    assert select_novel(texts, 3) == ["port booking", "invoice disputes", "crew rostering"]


@given(st.lists(st.text(max_size=20), max_size=12), st.integers(1, 12))
def test_selection_is_a_part(texts: list[str], count: int) -> None:
    """A selection has the wanted size, keeps the order, and begins with the first text."""
    chosen = select_novel(texts, count)
    assert len(chosen) == min(count, len(texts))
    assert chosen[:1] == texts[:1]
    remaining = iter(texts)
    assert all(any(text == other for other in remaining) for text in chosen)


def test_chains() -> None:
    """Sequences are compared by their tools and by who follows whom: turned round, one is something new."""
    chains = [["Find", "Book", "Pay"], ["Find", "Book", "Pay", "Find"], ["Pay", "Book", "Find"]]
    assert choose([Candidate(chain_marks(chain)) for chain in chains], 2) == [0, 2]


def test_quotas_bound() -> None:
    """No value gets more than its quota; what no quota names fills the rest."""
    candidates = [
        Candidate(trigrams(text), {"field": field})
        for text, field in [
            ("move hives", "bees"),
            ("sell honey", "bees"),
            ("feed queens", "bees"),
            ("book a berth", "ports"),
        ]
    ]
    assert choose(candidates, 3, {("field", "bees"): 2}) == [0, 1, 3]
    assert choose(candidates, 4, {("field", "bees"): 1, ("field", "ports"): 0}) == [0]


@given(
    st.lists(st.tuples(st.text(max_size=8), st.sampled_from("ab"), st.sampled_from("xy")), max_size=10),
    st.integers(1, 10),
    st.integers(0, 10),
)
def test_quotas_hold(drawn: list[tuple[str, str, str]], count: int, bees: int) -> None:
    """Whatever is drawn, quotas hold in each dimension, and nothing stands aside that there was room for."""
    candidates = [Candidate(trigrams(text), {"field": field, "kind": kind}) for text, field, kind in drawn]
    most = {("field", "a"): bees, ("kind", "x"): 5}
    chosen = choose(candidates, count, most)
    for (name, value), bound in most.items():
        assert sum(candidates[place].groups[name] == value for place in chosen) <= bound
    if len(chosen) < count:
        full = {
            group
            for group, bound in most.items()
            if sum(group in candidates[i].groups.items() for i in chosen) >= bound
        }
        assert all(full & set(candidates[i].groups.items()) for i in range(len(candidates)) if i not in chosen)


def test_what_is_kept_already_counts() -> None:
    """Candidates keep away from what was kept before, which is no part of the choice."""
    first, second, third = (Candidate(chain_marks(chain)) for chain in ("abc", "abd", "xyz"))
    assert choose([first, second, third], 1) == [0]
    assert choose([second, third], 1, kept=[first]) == [1]
    assert choose([second, third], 2, kept=[first]) == [0, 1]
