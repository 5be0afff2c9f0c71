"""Rows to look at: a local web page over a run directory or a file of ours, live while a run goes on.

`row_sources` says what is looked at, `row_index` what is known of each row without reading it, `row_shelf` reads one;
`pages` says what a reader sees of a row, and how that is written as HTML. `row_pages` finds what the page of an address
is made of, `page_server` answers a browser.

Belongs here: what is shown and under which address, what a list of rows is filtered by, what a reader notes on a row.

Does not: figures of a whole corpus (`report`), how rows stand in files (`storage/datasets`).

May import: `errors`, `export`, `proof`, `records`, `report`, `serving`, `state`, `storage`, `toolcalls`, `toolgraph`,
`values`.
"""
