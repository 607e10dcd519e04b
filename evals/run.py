"""How well the program reads and proposes, on a folder of real incident write-ups.

    python evals/run.py CORPUS [--json FILE] [--missed] [--pairs]

Each folder of CORPUS holds ``rca.*``, ``actions.yaml`` (what people decided themselves) and ``source.yaml``
(facts of the document). Nothing is planned twice and nothing is shown to the program but the write-up.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parent))

import facts
import inventions
import matching

from postmortem_actions import Plan, Request, build_plan, read_rca, render_plan
from postmortem_actions.core.policy import Capacity, OriginKind

MOST = 15
TODAY = date(2026, 6, 1)


def planned(path: Path) -> tuple[Plan, str, float]:
    """The plan of a document at high capacity, its text, and the seconds it took."""
    text = path.read_text(encoding="utf-8", errors="replace")
    start = time.perf_counter()
    plan = build_plan(read_rca(text, path.name), Request(path.name, TODAY, capacity=Capacity.HIGH))
    return plan, text, time.perf_counter() - start


def met(people: list[dict[str, Any]], plan: Plan) -> list[tuple[float, str]]:
    """For each of the people's actions, how like the best of ours is, and which that is."""
    ours = plan.actions[:MOST]
    if not ours:
        return [(0.0, "")] * len(people)
    wished = [entry["action"] for entry in people]
    titles = matching.similarities(wished, [action.title for action in ours])
    whole = matching.similarities(wished, [f"{action.title}. {action.statement}" for action in ours])
    best = []
    for n, entry in enumerate(people):
        scores = [
            (
                max(float(titles[n][m]), float(whole[n][m]))
                + matching.SAME_CATEGORY * (entry["category"] == ours[m].category.value),
                m,
            )
            for m in range(len(ours))
        ]
        score, place = max(scores)
        best.append((score, ours[place].title))
    return best


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("corpus", nargs="?", type=Path)
    options.add_argument("--json", type=Path, help="also write the figures here")
    options.add_argument("--missed", action="store_true", help="print every action that is not met")
    options.add_argument(
        "--pairs", action="store_true", help="print the errors of the matcher at each threshold"
    )
    chosen = options.parse_args()
    if chosen.pairs:
        for hundredth in range(10, 60, 5):
            print(hundredth / 100, *matching.errors(hundredth / 100))
    if chosen.corpus is None:
        return
    if not chosen.corpus.is_dir():
        raise SystemExit(f"{chosen.corpus}: no such folder; give one with CORPUS=…")
    documents = sorted(path for path in chosen.corpus.glob("*/rca.*"))
    rows, by_category, by_type = [], defaultdict(Counter), defaultdict(Counter)
    others: list[tuple[list[dict[str, Any]], Plan]] = []
    for path in documents:
        people = yaml.safe_load((path.parent / "actions.yaml").read_text(encoding="utf-8")) or []
        source = yaml.safe_load((path.parent / "source.yaml").read_text(encoding="utf-8"))
        plan, text, seconds = planned(path)
        best = met(people, plan)
        hits = [score >= matching.THRESHOLD for score, _ in best]
        right, wrong = facts.compare(source, plan)
        invented = inventions.find(text, plan, render_plan(plan))
        for entry, hit in zip(people, hits, strict=True):
            by_category[entry["category"]].update(all=1, met=hit)
            for kind in source.get("failure_types") or ():
                by_type[kind].update(all=1, met=hit)
        stated = sum(
            a.origin.kind is OriginKind.STATED for a in (*plan.actions, *(d.action for d in plan.deferred))
        )
        unclassified = sum(mode.kind == "unclassified" for mode in plan.failure_modes)
        rows.append(
            {"document": path.parent.name, "people": len(people), "met": sum(hits), "ours": len(plan.actions),
             "facts_right": len(right), "facts_wrong": wrong, "modes": len(plan.failure_modes), "unclassified": unclassified,
             "stated": stated, "inventions": invented, "seconds": round(seconds, 3)}
        )  # fmt: skip
        others.append((people, plan))
        if chosen.missed:
            for entry, (score, title) in zip(people, best, strict=True):
                if score < matching.THRESHOLD:
                    print(f"{path.parent.name}: {entry['category']}: {entry['action']} [{score:.2f} {title}]")
    report(rows, by_category, by_type, chance(others))
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def chance(others: list[tuple[list[dict[str, Any]], Plan]]) -> float:
    """The share that would be met by the plan of another document: what the matcher gives for nothing."""
    hits = total = 0
    for n, (people, _) in enumerate(others):
        for step in (7, 19):
            best = met(people, others[(n + step) % len(others)][1])
            hits += sum(score >= matching.THRESHOLD for score, _ in best)
            total += len(people)
    return hits / max(total, 1)


def report(
    rows: list[dict[str, Any]], by_category: dict[str, Counter], by_type: dict[str, Counter], by_chance: float
) -> None:  # type: ignore[type-arg]
    """Print per document, in total, by category and by failure type."""
    head = f"{'document':44} {'met':>7} {'ours':>4} {'facts':>7} {'modes':>5} {'uncl':>4} {'stated':>6} {'inv':>3} {'s':>6}"
    print(head)
    for row in rows:
        known = row["facts_right"] + len(row["facts_wrong"])
        print(
            f"{row['document'][:44]:44} {row['met']:>3}/{row['people']:<3} {row['ours']:>4} {row['facts_right']:>3}/{known:<3} "
            f"{row['modes']:>5} {row['unclassified']:>4} {row['stated']:>6} {len(row['inventions']):>3} {row['seconds']:>6.3f}"
        )
    people, hit = sum(r["people"] for r in rows), sum(r["met"] for r in rows)
    right, wrong = sum(r["facts_right"] for r in rows), sum(len(r["facts_wrong"]) for r in rows)
    modes, unclassified = sum(r["modes"] for r in rows), sum(r["unclassified"] for r in rows)
    print(f"\n{len(rows)} documents, {people} actions of people")
    print(
        f"recall at {MOST}:        {hit / max(people, 1):.3f}  ({by_chance:.3f} would be met by the plan of another document)"
    )
    print(f"facts right:         {right / max(right + wrong, 1):.3f}  ({right} of {right + wrong})")
    print(f"modes unclassified:  {unclassified / max(modes, 1):.3f}  ({unclassified} of {modes})")
    print(f"stated imported:     {sum(r['stated'] for r in rows)}")
    print(f"inventions:          {sum(len(r['inventions']) for r in rows)}")
    print(f"without a plan:      {sum(not r['ours'] for r in rows)}")
    print(f"seconds:             {sum(r['seconds'] for r in rows):.2f}")
    print("\nby category: " + ", ".join(f"{k} {v['met']}/{v['all']}" for k, v in sorted(by_category.items())))
    weak = sorted(by_type.items(), key=lambda entry: entry[1]["met"] / entry[1]["all"])
    print("weakest types: " + ", ".join(f"{k} {v['met']}/{v['all']}" for k, v in weak if v["all"] > 3)[:400])


if __name__ == "__main__":
    main()
