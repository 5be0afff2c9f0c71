"""What a reader sees of a row: view-models, pure functions of records and links, and the templates that write them.

`page` is what a page is, whatever it shows; `html_page` writes it. Each kind of row has its module, `…_page`, with the
template of its name; `addresses` writes every link. What anybody else wrote becomes markup in three modules only, which
escape it: `visible_text`, `json_markup`, `program_markup`.

Belongs here: the choice and the order of what is shown of a row, links between rows, templates, style and script.

Does not: files, requests, filters, and what a reader may see (all above, in `view`).

May import: `errors`, `proof`, `records`, `state`, `toolcalls`, `values`, `view.row_index`.
"""
