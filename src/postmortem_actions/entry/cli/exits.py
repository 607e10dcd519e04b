"""What the program's exit codes mean. Errors carry their own (``errors``); these are the others."""

from __future__ import annotations

OK = 0
FOUND_FAULTS = 1
INTERNAL = 70
INTERRUPTED = 130

MEANINGS: tuple[tuple[int, str], ...] = (
    (OK, "done"),
    (
        FOUND_FAULTS,
        "lint found errors, a rule has faults, doctor found something wrong, or not everything could be published or synced",
    ),
    (2, "the command, an option, the request block or the config is wrong"),
    (3, "the RCA cannot be fetched or read"),
    (4, "a rule of the catalogue is wrong"),
    (5, "a plan file cannot be read"),
    (6, "a result cannot be written"),
    (7, "the store cannot be used, or keeps no such plan"),
    (8, "a tracker or channel refuses, cannot be reached, or gave no answer"),
    (9, "that may not leave this machine"),
    (INTERNAL, "an error in the program itself"),
    (INTERRUPTED, "interrupted"),
)
