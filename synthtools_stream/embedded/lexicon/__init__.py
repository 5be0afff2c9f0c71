"""What the embedded model knows by heart: the things, actions and kinds of work of each shipped field.

`fields*.json` hold one entry a field, `general.json` names, places, phrases and generic things for any other field;
`field_lexicon` reads them.

Belongs here: the lists, and their reading into typed entries.

Does not: what is made of an entry (`invent/field_vocabulary`).

May import: `values`.
"""
