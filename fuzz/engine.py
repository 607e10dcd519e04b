"""Runs a harness under atheris: coverage guides the bytes, and every new way to fail is kept as a file.

A harness is a module of this folder with ``check(data)``, which may raise nothing (documented errors are its
own business), and ``seeds()``. One failure does not end the run: each place of failure is kept once.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
import time
import traceback
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
HARNESSES = ("plan_text", "request_block", "sources", "rules_and_config", "lint", "plan_json")
# Seconds for one input; the slowest honest input of that size takes a tenth of it, instrumented.
SLOW = 5.0
LONGEST = 8_000  # bytes


def harness(name: str) -> Any:
    """The module of that name."""
    return importlib.import_module(f"fuzz.{name}")


def run(name: str, seconds: int, work: Path) -> None:
    """Fuzz one harness for that many seconds. Does not return: the fuzzer ends the process. What failed is
    in ``work/NAME/failures``."""
    import atheris

    place = work / name
    corpus, failures = place / "corpus", place / "failures"
    for folder in (corpus, failures):
        folder.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=["postmortem_actions"]):
        module = harness(name)
    seen: set[str] = set()

    def one_input(data: bytes) -> None:
        begun = time.perf_counter()
        try:
            module.check(data)
        except Exception as error:  # every error that comes out is a find
            _keep(failures, _place_of(error), data, seen, "".join(traceback.format_exception(error)))
        else:
            took = time.perf_counter() - begun
            if took > SLOW:
                _keep(failures, f"slow-{len(seen)}", data, seen, f"{took:.1f} s\n")

    with atheris.instrument_imports(include=["postmortem_actions"]):
        for seed in module.seeds():
            (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
            one_input(seed)  # what is imported on first use is instrumented too
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=3000"]
    options += [f"-artifact_prefix={failures}/native-", "-verbosity=0", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one_input)
    atheris.Fuzz()


def _keep(folder: Path, what: str, data: bytes, seen: set[str], report: str) -> None:
    if what in seen:
        return
    seen.add(what)
    (folder / what).write_bytes(data)
    (folder / f"{what}.txt").write_text(report, encoding="utf-8", errors="backslashreplace")


def _place_of(error: Exception) -> str:
    """A name for the place of failure: the error and the innermost line of ours."""
    ours = [f for f in traceback.extract_tb(error.__traceback__) if "postmortem_actions" in f.filename]
    frame = (ours or traceback.extract_tb(error.__traceback__))[-1]
    return f"{type(error).__name__}-{Path(frame.filename).stem}-{frame.lineno}"


def examples(pattern: str) -> list[bytes]:
    """The files of the examples folder that match, smallest first, none longer than what is fuzzed."""
    found = [path.read_bytes() for path in sorted(REPOSITORY.glob(f"examples/{pattern}"))]
    return sorted((data for data in found if len(data) <= LONGEST), key=len)
