"""The code that the catalogue hands out does what it claims: run, not only parsed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.standins.serving import fetched

from postmortem_actions.core.catalogue.template import SlotValue, fill_artifact
from postmortem_actions.core.knowledge import Knowledge


def body(knowledge: Knowledge, rule: str, action: str) -> str:
    found = next(one for one in knowledge.catalogue.rules if one.id == rule)
    artifact = next(one for one in found.actions if one.id == action).artifact
    assert artifact is not None
    return fill_artifact(artifact.body, lambda name: SlotValue(name, name))


@pytest.fixture
def python(knowledge: Knowledge) -> Any:
    """The names that a Python artifact defines."""

    def run(rule: str, action: str) -> dict[str, Any]:
        made: dict[str, Any] = {"__name__": "artifact"}
        exec(compile(body(knowledge, rule, action), f"{rule}/{action}", "exec"), made)
        return made

    return run


# Python


def test_retries_stop_at_their_attempts_and_at_the_budget(
    python: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = python("dependencies.retry-storm", "retry-backoff")
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    calls = []

    def fail() -> None:
        calls.append(1)
        raise TimeoutError

    with pytest.raises(TimeoutError):
        made["with_retry"](fail, lambda _: True, made["RetryBudget"]())
    assert len(calls) == 3
    assert len(waits) == 2
    assert waits[0] <= 0.2
    assert waits[1] <= 0.4
    empty = made["RetryBudget"](share=0.1, most=1.0)
    for _ in range(20):  # a dependency that is down gets a tenth more calls, not three times as many
        with pytest.raises(TimeoutError):
            made["with_retry"](fail, lambda _: True, empty)
    assert len(calls) - 3 <= 20 + 1 + 20 * 0.1
    calls.clear()
    with pytest.raises(TimeoutError):
        made["with_retry"](fail, lambda _: False, made["RetryBudget"]())
    assert len(calls) == 1, "what is unsafe to repeat is not repeated"


def test_a_bulkhead_turns_away_who_does_not_fit_without_waiting(python: Any) -> None:
    made = python("capacity.worker-pool-exhausted", "bulkhead")
    bulkhead = made["Bulkhead"]("x", 2)
    inside, leave = threading.Semaphore(0), threading.Event()

    def work() -> None:
        with bulkhead.enter():
            inside.release()
            leave.wait(5)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
        inside.acquire()
    with pytest.raises(made["Busy"]), bulkhead.enter():
        pass
    leave.set()
    for one in threads:
        one.join()
    with bulkhead.enter():
        pass


def test_a_cache_that_fails_costs_the_cache_only_and_is_left_alone(python: Any) -> None:
    made = python("caching.cache-unavailable", "cache-optional")

    class Down:
        asked = 0

        def get(self, _: str) -> bytes:
            self.asked += 1
            raise ConnectionError

    client = Down()
    for _ in range(3):
        assert made["cached"](client, "k", 60, lambda: b"source") == b"source"
    assert client.asked == 1


def test_a_walk_ends_where_it_comes_back_to_itself(python: Any) -> None:
    made = python("application.unbounded-loop-or-recursion", "bound-and-break")
    assert sorted(made["walk"](1, lambda n: [n % 3 + 1], 10)) == [1, 2, 3]
    with pytest.raises(made["TooDeep"]):
        list(made["walk"](1, lambda n: [n + 1], 10))


def test_a_destructive_command_is_refused_until_everything_is_confirmed(
    python: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm = python("data.accidental-deletion", "guard-destructive")["confirm_destructive"]
    for count, apply in ((0, True), (11, True), (5, False), (5, True)):
        with pytest.raises(SystemExit):
            confirm("delete", "prod", count, 10, apply)
    monkeypatch.setenv("CONFIRM_TARGET", "prod")
    confirm("delete", "prod", 5, 10, True)


def test_a_backfill_waits_for_health_and_stops_at_its_limit(
    python: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_steps = python("data.bad-batch-or-backfill", "gentle-backfill")["in_steps"]
    monkeypatch.setattr("time.sleep", lambda _: None)
    left, changed, health = list(range(100)), [], iter([False, False, *[True] * 100])

    def following(count: int) -> list[int]:
        taken, left[:] = left[:count], left[count:]
        return taken

    assert (
        in_steps(
            following,
            lambda keys, dry: changed.append((len(keys), dry)),
            lambda: next(health),
            step=10,
            most=25,
        )
        == 25
    )
    assert changed == [(10, True), (10, True), (5, True)]


def script(knowledge: Knowledge, rule: str, action: str, folder: Path, *args: str, stdin: str = "") -> tuple[int, str]:
    file = folder / "script.py"
    file.write_text(body(knowledge, rule, action), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(file), *args], cwd=folder, capture_output=True, text=True, input=stdin, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


def as_tests(knowledge: Knowledge, rule: str, action: str, folder: Path, handle: str) -> bool:
    """Whether the tests that an artifact brings pass over that code."""
    (folder / "TODO_module.py").write_text(handle, encoding="utf-8")
    (folder / "test_it.py").write_text(body(knowledge, rule, action), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "test_it.py"],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "PYTHONPATH": str(folder)},
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode == 0


def test_the_audit_log_holds_one_line_of_identifiers_for_each_act(
    python: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="audit")
    python("access.missing-audit-log", "enable-audit-log")["record"]("u1", "delete", "order/7", "10.0.0.1", "done")
    told = json.loads(caplog.records[0].getMessage())
    assert (told["actor"], told["action"], told["target"], told["outcome"]) == ("u1", "delete", "order/7", "done")
    assert datetime.fromisoformat(told["at"]).utcoffset() == timedelta(0)


def test_accounts_that_nobody_stands_behind_are_found(knowledge: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "members.txt").write_text("Ann@x.org\n\nbob@x.org \n", encoding="utf-8")
    (tmp_path / "accounts.txt").write_text("ann@x.org\nGone@x.org\n", encoding="utf-8")
    args = (knowledge, "access.offboarding", "find-leftovers", tmp_path)
    assert script(*args, "members.txt", "accounts.txt", "wiki") == (1, "wiki: gone@x.org\n")
    assert script(*args, "members.txt", "members.txt", "wiki") == (0, "")


def test_a_rotation_revokes_the_old_one_only_when_nobody_uses_it_and_the_new_one_works(python: Any) -> None:
    rotate = python("access.secret-rotation", "overlap-rotation")["rotate"]

    class Issuer:
        def __init__(self, fine: bool, idle: float) -> None:
            self.fine, self.idle, self.revoked = fine, idle, []

        def create(self, _: str) -> str:
            return "new"

        def works(self, _: str) -> bool:
            return self.fine

        def hours_since_last_use(self, _: str) -> float:
            return self.idle

        def revoke(self, one: str) -> None:
            self.revoked.append(one)

    class Store(dict):  # type: ignore[type-arg]
        read, write = dict.__getitem__, dict.__setitem__

    good, store = Issuer(True, 48), Store(db="old")
    rotate(good, store, "db")
    assert (store["db"], good.revoked) == ("new", ["old"])
    used, store = Issuer(True, 1), Store(db="old")
    with pytest.raises(RuntimeError, match="still in use"):
        rotate(used, store, "db")
    assert (store["db"], used.revoked) == ("new", [])
    broken, store = Issuer(False, 48), Store(db="old")
    with pytest.raises(RuntimeError, match="nothing was changed"):
        rotate(broken, store, "db")
    assert (store["db"], broken.revoked) == ("old", ["new"])


def test_a_strict_reader_names_the_line_that_does_not_fit(python: Any, tmp_path: Path) -> None:
    read = python("application.encoding-or-parsing", "read-strictly")["read_prices"]
    file = tmp_path / "prices.csv"
    file.write_bytes(b"\xef\xbb\xbfsku;price;day\n007;1.50;2025-01-31\n")
    ((sku, price, day),) = list(read(file))
    assert (sku, str(price), day.isoformat()) == ("007", "1.50", "2025-01-31")
    file.write_text("sku;price;day\n1;1.50;2025-01-31\n2;1,50;2025-01-31\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"prices\.csv:3: "):
        list(read(file))


def test_what_does_not_fit_into_the_quota_fails(knowledge: Knowledge, tmp_path: Path) -> None:
    entry = {"region": "eu", "quota": "vcpu", "limit": 10, "need": {"web": 6, "jobs": 5}}
    (tmp_path / "quotas.json").write_text(json.dumps([entry]), encoding="utf-8")
    args = (knowledge, "capacity.cost-or-quota-guard", "quota-headroom", tmp_path, "quotas.json")
    assert script(*args) == (1, "eu vcpu: need 11, allowed 10\n")
    (tmp_path / "quotas.json").write_text(json.dumps([{**entry, "limit": 11}]), encoding="utf-8")
    assert script(*args) == (0, "")


def test_the_bound_on_memory_fails_for_code_that_keeps_all_of_its_input(knowledge: Knowledge, tmp_path: Path) -> None:
    args = (knowledge, "capacity.memory-exhaustion", "bound-memory", tmp_path)
    assert as_tests(*args, "def handle(items):\n    for _ in items:\n        pass\n")
    assert not as_tests(*args, "def handle(items):\n    return len(list(items))\n")


def test_the_bound_on_cost_fails_for_code_that_is_quadratic(knowledge: Knowledge, tmp_path: Path) -> None:
    args = (knowledge, "capacity.cpu-saturation", "cut-hot-path", tmp_path)
    assert as_tests(*args, "def handle(text):\n    return sum(map(ord, text))\n")
    assert not as_tests(*args, "def handle(text):\n    return sum(1 for a in range(len(text)) for b in range(0, len(text), 8))\n")


def test_locks_in_the_wrong_order_fail_instead_of_hanging(python: Any) -> None:
    made = python("concurrency.deadlock", "remove-wait-cycle")
    low, high = made["RankedLock"]("low", 1), made["RankedLock"]("high", 2)
    with low.hold(), high.hold():
        pass
    with high.hold(), pytest.raises(made["LockOrderError"], match=r"low \(rank 1\) after rank 2"), low.hold():
        pass
    # Held by another thread: a time limit, not for ever.
    with low.hold(), ThreadPoolExecutor(1) as pool, pytest.raises(TimeoutError):
        pool.submit(lambda: low.hold(0.05).__enter__()).result(5)
    with low.hold():
        pass


def test_an_address_plan_asks_for_what_is_missing_and_leaves_room_for_a_zone(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    code = body(knowledge, "network.address-exhaustion", "enlarge-space")
    file = tmp_path / "plan.py"

    def run(text: str) -> tuple[int, str]:
        file.write_text(text, encoding="utf-8")
        done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    assert "fill in: hosts, hosts_during_upgrade" in run(code)[1]
    filled = code.replace("_prefix", "").replace("PREFIX_LENGTH = None", "PREFIX_LENGTH = 24")
    filled = re.sub(r": None,", ": 10,", filled)
    assert run(filled) == (1, "needed 310, available 256, used 121%\n")
    assert run(filled.replace("PREFIX_LENGTH = 24", "PREFIX_LENGTH = 22"))[0] == 0


def test_the_round_trip_of_the_fuzzed_reader_holds_over_its_stand_ins(knowledge: Knowledge, tmp_path: Path) -> None:
    assert as_tests(knowledge, "application.encoding-or-parsing", "fuzz-reader", tmp_path, "")


# TypeScript


def node(tmp_path: Path, code: str, test: str) -> str:
    program = fetched("node/bin/node")
    (tmp_path / "artifact.ts").write_text(code, encoding="utf-8")
    (tmp_path / "test.ts").write_text('import assert from "node:assert/strict";\n' + test, encoding="utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    done = subprocess.run(
        [str(program), "--experimental-transform-types", "--no-warnings", "test.ts"], cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_breaker_opens_after_so_many_failures_and_closes_after_a_trial(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    node(
        tmp_path,
        body(knowledge, "dependencies.no-circuit-breaker", "add-breaker"),
        """
import { Breaker, BreakerOpen } from "./artifact.ts";
const breaker = new Breaker(3, 50);
let calls = 0;
const fail = async () => { calls += 1; throw new Error("down"); };
for (let n = 0; n < 3; n++) await assert.rejects(breaker.run(fail), /down/);
assert.equal(breaker.open, true);
await assert.rejects(breaker.run(fail), BreakerOpen);
assert.equal(calls, 3);
await new Promise((resolve) => setTimeout(resolve, 70));
await assert.rejects(breaker.run(fail), /down/);          // the trial failed: open again, at once
await assert.rejects(breaker.run(fail), BreakerOpen);
await new Promise((resolve) => setTimeout(resolve, 70));
assert.equal(await breaker.run(async () => 7), 7);
assert.equal(breaker.open, false);
""",
    )


def test_retries_in_typescript_stop_and_leave_alone_what_is_unsafe(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    node(
        tmp_path,
        body(knowledge, "dependencies.no-timeout", "retry-backoff"),
        """
import { withRetry } from "./artifact.ts";
let calls = 0;
const fail = async () => { calls += 1; throw new Error("down"); };
await assert.rejects(withRetry(fail, () => true), /down/);
assert.equal(calls, 3);
await assert.rejects(withRetry(fail, () => false), /down/);
assert.equal(calls, 4);
let n = 0;
assert.equal(await withRetry(async () => { if (n++ < 2) throw new Error("x"); return "ok"; }, () => true), "ok");
""",
    )


def test_a_deadline_ends_a_call_that_hangs(knowledge: Knowledge, tmp_path: Path) -> None:
    code = body(knowledge, "dependencies.no-timeout", "set-timeout").replace("10_000", "200")
    node(
        tmp_path,
        code,
        """
import { createServer } from "node:http";
import { callWithDeadline, DependencyTimeout } from "./artifact.ts";
const server = createServer(() => {}).listen(0);
const begun = Date.now();
await assert.rejects(callWithDeadline(`http://127.0.0.1:${(server.address() as any).port}/`), DependencyTimeout);
assert.ok(Date.now() - begun < 2000);
server.closeAllConnections(); server.close();
""",
    )


def test_what_cannot_be_done_now_is_kept_once_with_its_key(knowledge: Knowledge, tmp_path: Path) -> None:
    node(
        tmp_path,
        body(knowledge, "dependencies.no-fallback", "degrade-to-queue"),
        """
import { nowOrLater } from "./artifact.ts";
const kept: string[] = [];
const keep = async (key: string) => { kept.push(key); };
assert.deepEqual(await nowOrLater("a", async () => 1, keep, () => true), { status: "done", value: 1 });
const down = async () => { throw new Error("down"); };
assert.deepEqual(await nowOrLater("b", down, keep, () => true), { status: "pending" });
await assert.rejects(nowOrLater("c", down, keep, () => false), /down/);
assert.deepEqual(kept, ["b"]);
""",
    )
