"""Roles: one job an LLM does each, with its input and output models. The prompts are in `prompts/<role>.md`.

Each field of an input model stands in the prompt as one tag of the same name with JSON inside, in the model's order:
what changes least comes first, so that servers find long common prefixes in their cache.
"""
