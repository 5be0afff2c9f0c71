"""The web server of `view`: addresses, who may ask, and which page answers.

`view_app` is the application, `guards` lets in who may see it, `list_request` reads what a list is filtered by.

Belongs here: all that knows of HTTP.

Does not: what a page shows (`view/pages`), and what is known of rows (`view/row_index`, `view/row_shelf`).

May import: `errors`, `records`, `serving`, `view`, `view.pages`, `view.row_index`.
"""
