"""Where each row stands, what it can be filtered by and which words are in it: a database beside the rows.

`stored_index` keeps it in step with the files, `row_list` asks it. What a row can be filtered by is said by
`filter_columns`, what is said in it and by whom by `spoken_text`.

Belongs here: all that is known of a row without reading it.

Does not: rows themselves (they are read where they stand), and how anything is shown.

May import: `errors`, `storage`, `values`, `view`.
"""
