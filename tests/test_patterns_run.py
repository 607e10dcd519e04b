"""Every pattern's code does what it claims, in each language: run where its tools are there, not only parsed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.standins.serving import fetched

from postmortem_actions.core.knowledge import Knowledge


def body(knowledge: Knowledge, pattern: str, product: str) -> str:
    return knowledge.patterns[pattern].variants[product].body


def tool(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: {package})")
    return found


# Python


@pytest.fixture
def python(knowledge: Knowledge) -> Callable[[str], dict[str, Any]]:
    """The names that the Python variant of a pattern defines."""

    def run(pattern: str) -> dict[str, Any]:
        made: dict[str, Any] = {"__name__": "artifact"}
        exec(compile(body(knowledge, pattern, "Python"), pattern, "exec"), made)
        return made

    return run


def test_python_a_call_that_hangs_ends_at_its_deadline(
    python: Any, monkeypatch: pytest.MonkeyPatch, silent: str
) -> None:
    httpx = pytest.importorskip("httpx2")
    monkeypatch.setitem(sys.modules, "httpx", httpx)  # one and the same client under either name
    made = python("timeout")
    begun = time.monotonic()
    with pytest.raises(made["DependencyTimeout"], match=r"no answer in time from 127\.0\.0\.1"):
        made["call"]("GET", silent, timeout=0.2)
    assert time.monotonic() - begun < 5


def test_python_retries_stop_at_their_attempts_and_at_the_budget(
    python: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = python("retry")
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    calls = []

    def fail() -> None:
        calls.append(1)
        raise TimeoutError

    with pytest.raises(TimeoutError):
        made["with_retry"](fail, lambda _: True, made["RetryBudget"]())
    assert len(calls) == 3
    assert [wait <= ceiling for wait, ceiling in zip(waits, (0.2, 0.4), strict=True)] == [True, True]
    budget = made["RetryBudget"](share=0.1, most=1.0)
    for _ in range(20):
        with pytest.raises(TimeoutError):
            made["with_retry"](fail, lambda _: True, budget)
    assert len(calls) - 3 <= 20 + 1 + 20 * 0.1
    calls.clear()
    with pytest.raises(TimeoutError):
        made["with_retry"](fail, lambda _: False, made["RetryBudget"]())
    assert len(calls) == 1


def test_python_a_breaker_opens_after_so_many_failures_and_tries_once(python: Any) -> None:
    made, now, calls = python("circuit-breaker"), [0.0], []
    breaker = made["Breaker"](failures=3, reset=30.0, counts=lambda e: not isinstance(e, KeyError), clock=lambda: now[0])

    def fail() -> None:
        calls.append(1)
        raise OSError("down")

    def ours() -> None:
        raise KeyError("ours")

    for _ in range(2):
        with pytest.raises(OSError, match="down"):
            breaker.run(fail)
    for _ in range(5):  # what is our own fault does not count
        with pytest.raises(KeyError):
            breaker.run(ours)
    assert breaker.run(lambda: 1) == 1  # a success begins the count anew
    for _ in range(3):
        with pytest.raises(OSError, match="down"):
            breaker.run(fail)
    assert breaker.is_open
    with pytest.raises(made["BreakerOpen"]):
        breaker.run(fail)
    assert len(calls) == 5
    now[0] = 31.0
    with pytest.raises(OSError, match="down"):
        breaker.run(fail)  # the trial
    with pytest.raises(made["BreakerOpen"]):
        breaker.run(fail)  # open again at once
    now[0] = 62.0
    assert breaker.run(lambda: 7) == 7
    assert not breaker.is_open


def test_python_only_one_trial_goes_through_at_a_time(python: Any) -> None:
    made, now = python("circuit-breaker"), [0.0]
    breaker = made["Breaker"](failures=1, reset=1.0, clock=lambda: now[0])
    with pytest.raises(ZeroDivisionError):
        breaker.run(lambda: 1 / 0)
    now[0] = 2.0
    inside, leave = threading.Event(), threading.Event()

    def slow() -> None:
        inside.set()
        leave.wait(5)

    thread = threading.Thread(target=breaker.run, args=(slow,))
    thread.start()
    assert inside.wait(5)
    with pytest.raises(made["BreakerOpen"]):
        breaker.run(lambda: 1)
    leave.set()
    thread.join()
    assert breaker.run(lambda: 1) == 1


def test_python_a_bulkhead_turns_away_without_waiting(python: Any) -> None:
    made = python("bulkhead")
    bulkhead = made["Bulkhead"]("x", 1)

    def inner() -> str:
        with pytest.raises(made["Busy"]):
            bulkhead.run(lambda: "two")
        return "one"

    assert bulkhead.run(inner) == "one"
    assert bulkhead.run(lambda: "three") == "three"


def test_python_shedding_counts_an_answer_until_it_is_sent(python: Any) -> None:
    def app(_: dict[str, str], start: Callable[..., None]) -> list[bytes]:
        start("200 OK", [])
        return [b"fine"]

    said: list[str] = []
    shed = python("load-shedding")["Shed"](app, 1)

    def start(status: str, _: object) -> None:
        said.append(status)

    first = shed({}, start)
    assert b"".join(shed({}, start)) == b"busy, please retry\n"
    assert b"".join(first) == b"fine"
    first.close()
    first.close()  # twice does no harm
    shed({}, start).close()
    assert [status[:3] for status in said] == ["200", "503", "200"]


def test_python_logs_hold_no_personal_data(python: Any) -> None:
    import logging

    made = python("redaction")
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    log = logging.Logger("x")
    handler = Kept()
    handler.addFilter(made["Redaction"]())
    log.addHandler(handler)
    log.info("signed in: %s", "jo.doe@example.com")
    log.info("card 4111 1111 1111 1111 refused, order %d", 42)
    log.info("%(first_name)s did %(what)s", {"first_name": "Jo", "what": "it"})
    assert lines == ["signed in: [REDACTED]", "card [REDACTED] refused, order 42", "[REDACTED] did it"]
    deep: dict[str, Any] = {"a": {}}
    deep["a"]["self"] = deep
    assert "[TRUNCATED]" in str(made["censor"](deep))
    assert made["censor"]({"user": [{"E-Mail": "x", "id": 7}]}) == {"user": [{"E-Mail": "[REDACTED]", "id": 7}]}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('{"user":{"id":7,"email":"jo.doe@mail.example.com"}}', "email"),
        ("paid with 4111 1111 1111 1111.", "card"),
        ("paid with 4111-1111-1111-1111, thanks", "card"),
        ("call me: +49 170 1234567", "phone"),
        ("call +44 20 7946 0958", "phone"),
        ("order 4111111111111112 shipped", "none"),  # no check digit
        ("at 1736668800000000 us, 2025-01-12T10:00:00.123456Z, took 0.4111111111111111", "none"),
        ("GET /api/orders?id=42 200 12ms a1b2c3d4-e5f6-7890-abcd-ef1234567890", "none"),
        ("user @jo said hello, mail to [REDACTED]", "none"),
        ("", "none"),
    ],
)
def test_python_a_scanner_knows_personal_data_by_its_shape(line: str, kind: str, python: Any) -> None:
    assert python("log-scan")["kind_of"](line) == kind


def test_python_a_scanner_is_quick_on_lines_that_are_made_to_be_slow(python: Any) -> None:
    kind_of, begun = python("log-scan")["kind_of"], time.monotonic()
    for line in ("a" * 50_000, "a." * 25_000, "a@" * 25_000, "a@" + "b." * 25_000, "4 " * 25_000, "+1 " * 16_000):
        kind_of(line)
    assert time.monotonic() - begun < 10


def test_python_a_scanner_counts_for_prometheus_and_shows_no_data(knowledge: Knowledge, tmp_path: Path) -> None:
    script, metrics = tmp_path / "scan_logs.py", tmp_path / "scan.prom"
    script.write_text(body(knowledge, "log-scan", "Python"), encoding="utf-8")
    command = [sys.executable, str(script), "--service", 'a"b', "--metrics", str(metrics)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        deadline = time.monotonic() + 10
        while not metrics.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        empty = metrics.read_text(encoding="utf-8")
        assert 'log_lines_scanned_total{service="a\\"b",personal_data="email"} 0\n' in empty, "there before the first line"
        running.stdin.write(b"all is well\nmail to jo@mail.example.com\n\xff\xfe\n")
        running.stdin.close()
        printed = running.stdout.read().decode()
        assert running.wait(10) == 1
    text = metrics.read_text(encoding="utf-8")
    assert printed == "email: 1 lines\n"
    assert "jo@" not in text
    for kind, count in (("none", 2), ("email", 1), ("card", 0), ("phone", 0)):
        assert f'log_lines_scanned_total{{service="a\\"b",personal_data="{kind}"}} {count}\n' in text
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".new"] == []
    promtool = tool("promtool", "prometheus")
    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert "error" not in (checked.stdout + checked.stderr).lower()
    clean = subprocess.run([sys.executable, str(script)], input=b"all is well\n", capture_output=True, check=False)
    assert (clean.returncode, clean.stdout) == (0, b"")


def test_python_a_scanner_writes_while_no_line_comes(python: Any, tmp_path: Path) -> None:
    made = python("log-scan")
    made["scan"].__globals__["EVERY"] = 0.05
    metrics, held = tmp_path / "scan.prom", threading.Event()

    def lines() -> Iterator[str]:
        yield "mail to jo@mail.example.com"
        held.wait(10)

    thread = threading.Thread(target=made["scan"], args=(lines(), "shop", metrics))
    thread.start()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not (metrics.exists() and 'email"} 1' in metrics.read_text(encoding="utf-8")):
        time.sleep(0.02)
    seen = metrics.read_text(encoding="utf-8")
    held.set()
    thread.join(10)
    assert 'log_lines_scanned_total{service="shop",personal_data="email"} 1' in seen


def test_python_health_tells_the_truth_and_leaves_time_to_notice(
    python: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    usable = [True]
    health = python("health")["Health"](lambda: usable[0] or 1 / 0)
    assert (health.ready()[0], health.live()[0]) == (503, 200)
    health.started()
    assert health.ready()[0] == 200
    usable[0] = False  # the check itself fails
    assert (health.ready()[0], health.live()[0]) == (503, 200)
    usable[0] = True
    order: list[object] = []
    monkeypatch.setattr("time.sleep", lambda seconds: order.append((seconds, health.ready()[0])))
    health.shut_down(lambda: order.append("closed"), notice=15.0)
    assert order == [(15.0, 503), "closed"]


def test_python_a_rate_limit_is_per_client_and_bounded(python: Any) -> None:
    now = [0.0]
    limit = python("rate-limit")["RateLimit"](rate=1.0, burst=2, clients=3, clock=lambda: now[0])
    assert [limit.allow("a") for _ in range(3)] == [True, True, False]
    assert limit.allow("b")
    now[0] = 1.0
    assert [limit.allow("a") for _ in range(2)] == [True, False]
    for n in range(100):
        limit.allow(f"c{n}")
    assert len(limit._buckets) == 3


def test_python_flags_ramp_up_by_shares_and_go_off_in_one_step(python: Any, tmp_path: Path) -> None:
    file, now = tmp_path / "flags.json", [0.0]
    file.write_text('{"new": 0.3}', encoding="utf-8")
    flags = python("feature-flag")["Flags"](str(file), clock=lambda: now[0])
    users = [f"user-{n}" for n in range(2000)]
    on = {user for user in users if flags.on("new", user)}
    assert 500 < len(on) < 700
    now[0] = 11.0
    file.write_text('{"new": 0.6}', encoding="utf-8")
    wider = {user for user in users if flags.on("new", user)}
    assert on < wider  # who had it keeps it
    now[0] = 22.0
    file.write_text("not json", encoding="utf-8")
    assert {user for user in users if flags.on("new", user)} == wider
    now[0] = 33.0
    file.write_text('{"new": 0}', encoding="utf-8")
    assert not any(flags.on("new", user) for user in users)
    assert not flags.on("unknown", "user-1")


def test_python_a_request_is_carried_out_once_in_postgresql(
    python: Any, knowledge: Knowledge, postgres: str
) -> None:
    psycopg = pytest.importorskip("psycopg")
    made, done = python("idempotency"), []
    with psycopg.connect(postgres, autocommit=True) as one, psycopg.connect(postgres, autocommit=True) as two:
        one.execute(body(knowledge, "idempotency-table", "PostgreSQL"))
        one.execute("DELETE FROM idempotency_keys")

        def pay(_: object) -> dict[str, int]:
            done.append(1)
            return {"paid": 5}

        assert made["once"](one, "k", {"sum": 5}, pay) == {"paid": 5}
        assert made["once"](one, "k", {"sum": 5}, pay) == {"paid": 5}
        assert len(done) == 1
        with pytest.raises(made["OtherRequest"]):
            made["once"](one, "k", {"sum": 6}, pay)

        def fail(_: object) -> None:
            raise OSError("down")

        with pytest.raises(OSError, match="down"):
            made["once"](one, "f", 1, fail)
        assert made["once"](one, "f", 1, pay) == {"paid": 5}  # what failed left no key behind

        inside, answers = threading.Event(), []

        def slow(_: object) -> str:
            inside.set()
            time.sleep(0.3)
            done.append(2)
            return "slow"

        first = threading.Thread(target=lambda: answers.append(made["once"](one, "s", 1, slow)))
        first.start()
        assert inside.wait(5)
        answers.append(made["once"](two, "s", 1, slow))  # waits for the first, and acts not
        first.join()
        assert answers == ["slow", "slow"]
        assert done.count(2) == 1


# TypeScript

CLAIMS = Path(__file__).parent / "claims"
TYPESCRIPT = sorted(path.stem for path in (CLAIMS / "typescript").glob("*.ts"))


def test_every_typescript_pattern_is_run(knowledge: Knowledge) -> None:
    assert {one.id for one in knowledge.patterns.values() if "TypeScript" in one.variants} == set(TYPESCRIPT)


@pytest.mark.parametrize("pattern", TYPESCRIPT)
def test_typescript(pattern: str, knowledge: Knowledge, tmp_path: Path) -> None:
    program = fetched("node/bin/node")
    (tmp_path / "artifact.ts").write_text(body(knowledge, pattern, "TypeScript"), encoding="utf-8")
    shutil.copy(CLAIMS / "typescript" / f"{pattern}.ts", tmp_path / "test.ts")
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    run([str(program), "--experimental-strip-types", "--no-warnings", "test.ts"], tmp_path)


# Go, Java and Ruby: the claims stand in a file of each language


def test_go(knowledge: Knowledge, tmp_path: Path) -> None:
    go = tool("go", "golang-go")
    (tmp_path / "go.mod").write_text("module artifacts\n\ngo 1.19\n", encoding="utf-8")
    _write(knowledge, "Go", tmp_path)
    for claim in (CLAIMS / "go").rglob("*_test.go"):
        shutil.copy(claim, tmp_path / claim.parent.name / claim.name)
    env = {"GOFLAGS": "-mod=mod", "GOCACHE": str(tmp_path / "cache"), "GOPATH": str(tmp_path / "path"), "HOME": str(tmp_path)}
    run([go, "vet", "./..."], tmp_path, env)
    run([go, "test", "./..."], tmp_path, env)
    assert not run([tool("gofmt", "golang-go"), "-l", "."], tmp_path, env).strip()


def test_java(knowledge: Knowledge, tmp_path: Path) -> None:
    javac, java = tool("javac", "default-jdk-headless"), tool("java", "default-jdk-headless")
    files = _write(knowledge, "Java", tmp_path)
    claims = CLAIMS / "java" / "Claims.java"
    run([javac, "-Xlint:all,-serial", "-Werror", "-d", "classes", *map(str, files), str(claims)], tmp_path)
    run([java, "-ea", "-cp", "classes", "Claims"], tmp_path)


def test_ruby(knowledge: Knowledge, tmp_path: Path) -> None:
    ruby = tool("ruby", "ruby")
    for file in _write(knowledge, "Ruby", tmp_path):
        run([ruby, "-wc", str(file)], tmp_path)
    run([ruby, "-I", "lib", str(CLAIMS / "ruby" / "claims.rb")], tmp_path)


def _write(knowledge: Knowledge, product: str, folder: Path) -> list[Path]:
    files = []
    for pattern in knowledge.patterns.values():
        if product in pattern.variants:
            files.append(folder / pattern.variants[product].path)
            files[-1].parent.mkdir(parents=True, exist_ok=True)
            files[-1].write_text(pattern.variants[product].body + "\n", encoding="utf-8")
    assert files
    return files


def run(command: list[str], folder: Path, env: dict[str, str] | None = None) -> str:
    import os

    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=240, check=False, env={**os.environ, **(env or {})}
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
