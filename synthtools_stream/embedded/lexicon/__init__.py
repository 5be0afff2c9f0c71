"""What the embedded model knows by heart: each shipped field's things, actions and work, and how people put a wish.

`fields*.json` hold one entry a field, `general.json` names, places, phrases and generic things for any other field;
`field_lexicon` reads them. `phrasebook.json` holds the frames of turns and requests, which `phrasebook` reads.

Belongs here: the lists, and their reading into typed entries.

Does not: what is made of an entry (`invent/field_vocabulary`) or of a frame (`invent/turn_wording`).

May import: `values`.
"""
