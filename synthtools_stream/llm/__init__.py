"""Language models: one protocol, its backends, and `ask`, which turns a role's input into a checked output."""
