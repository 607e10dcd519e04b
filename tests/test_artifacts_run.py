"""The code that the catalogue hands out does what it claims: run, not only parsed."""

from __future__ import annotations

import subprocess
import threading
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
