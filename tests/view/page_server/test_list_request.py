"""The query string of a list."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.errors import UsageError
from synthtools_stream.view.page_server.list_request import read_list_request
from synthtools_stream.view.row_index.filter_columns import FILTERS
from synthtools_stream.view.shown_kinds import ShownKind

QUERIES = st.dictionaries(st.sampled_from((*FILTERS, "label", "q")), st.text(min_size=1, max_size=40), max_size=5)


@given(QUERIES, st.sampled_from(FILTERS), st.text(min_size=1, max_size=20))
def test_addresses_say_what_is_asked_for(query: dict[str, str], name: str, value: str) -> None:
    """Whatever the values are, an address is read back as what it was made of; chosen twice is not chosen."""
    asked = read_list_request(ShownKind.attempts, query.items())
    assert asked.query == query
    toggled = parse_qsl(urlsplit(asked.toggled(name, value)).query, keep_blank_values=True, errors="surrogatepass")
    again = read_list_request(ShownKind.attempts, toggled)
    if query.get(name) == value:
        assert name not in again.query
    else:
        assert again.query == {**query, name: value}


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12))))
def test_any_query_is_a_list_or_a_clear_word(query: list[tuple[str, str]]) -> None:
    """Nothing else comes of it."""
    try:
        asked = read_list_request(ShownKind.tasks, query)
    except UsageError:
        return
    assert asked.page >= 1
    assert dict(query).keys() >= asked.query.keys()
