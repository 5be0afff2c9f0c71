"""What a run or a corpus amounts to, in figures: one section a module, all of them read in one pass over the rows.

`figure_kinds` says what a figure is, and when two of them differ beyond chance. A section adds rows and gives figures;
`corpus_report` reads a corpus and asks all sections.

Belongs here: counting, means, shares and their intervals, diversity, what stands in logs of cost.

Does not: how figures look on a screen (`cli`), and whether anything is right (`proof`).

May import: `config`, `engine`, `errors`, `export`, `live`, `proof` (which values are implicit), `records`, `state`,
`storage`, `toolcalls`, `toolgraph`, `values`, `wording`.
"""
