"""Our worlds as packages that other people's environments, trainers and hubs take: a target a module.

What lies in `nemo_gym_files`, `openenv_files` and `verifiers_files` is written into packages as it stands, but for the
package's name and version: nothing that a model said becomes source or configuration, only data.

Belongs here: which tasks a package can hold, its files, and what of a tool a list of tools tells.

Does not: how worlds are served (`envserving`), and rows that models are trained on (`trainer_rows`).

May import: `envserving`, `errors`, `export`, `live`, `proof`, `records`, `storage`, `toolcalls`, `values`.
"""
