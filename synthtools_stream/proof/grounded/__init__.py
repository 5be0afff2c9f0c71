"""Where the value of an argument comes from, decided and rechecked in code.

In order of strength: `user` (said in a turn), `response` (returned by an earlier step), `default`, `derived`
(recomputed by a formula), and the two that may rest on a judge's word: `choice` (a boolean or enum value that quoted
words imply) and `text` (free wording whose ids, numbers and names are all known). What selects an entity or carries an
amount is never a choice or a text.

`provenance_search` finds one, `provenance_check` checks a recorded one; both know the same `Grounds`. What
only a whole call shows is `call_grounds`': whose words a value is, when several arguments could claim them.

Belongs here: one idea about grounds a module; what is wrong is told in one line, for whoever writes the step anew.

Does not: what a judge thinks of a provenance (`stages/evolution`); whether turns and request say the same
(`proof/worded`).

May import: `proof.worded`, `records`, `roles`, `state`, `toolcalls`, `values`, `wording`.
"""
