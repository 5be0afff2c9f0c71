"""The figures of `stats` as one page: it stands alone, needs no network and no script, and can be printed.

`stats_page` lays out sections, `section_charts` says which figures make which chart, `vega_chart` draws one. What is
drawn and what is styled are apart: charts name the page's colours, so that light and dark are the style sheet's doing.

Belongs here: how figures look in a browser and on paper.

Does not: what a figure is, and when two differ (`report`), and pages that a server makes of rows.

May import: `errors`, `report`, `values`.
"""
