"""What a reader sees of a row: view-models, pure functions of records and links, and the templates that write them.

`page` is what a page is, whatever it shows.

Belongs here: the choice and the order of what is shown of a row, links between rows, templates, style and script.

Does not: files, requests, filters, and what a reader may see (all above, in `view`).

May import: nothing of ours.
"""
