"""Files for what an RCA names, in a repository that has definitions, uses, tests, documents and foreign code."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.adapters.owners.git_builder import ALICE, Builder

from postmortem_actions.adapters.owners.code_search import Hit, find_files
from postmortem_actions.adapters.owners.git_command import GitRepo
from postmortem_actions.core.owners.code_terms import PathKind

FILES = {
    "src/orders/db.py": 'import x\n\n\ndef process_order(order):\n    return q("SELECT customer_id FROM orders")\n',
    "src/orders/api.py": '@app.post("/api/orders/{id}")\ndef post_order():\n    return process_order(1)\n',
    "src/orders/__init__.py": "",
    "src/billing/charge.py": "class Charge:\n    def refund(self):\n        process_order(2)\n",
    "src/billing/late.py": "def refund():\n    pass\n",
    "migrations/001_orders.sql": "CREATE TABLE orders (\n  id int,\n  customer_id int\n);\n",
    "web/urls.py": 'urlpatterns = [path("cart/items/", items)]\n',
    "web/client.js": "axios.get('/api/orders/1');\n",
    "services/orders-worker/main.go": 'package main\n\nfunc Run() {\n\tmux.HandleFunc("/health", ok)\n}\n',
    "tests/test_db.py": "def process_order():\n    pass\n",
    "docs/orders.md": "process_order writes orders.customer_id\n",
    "vendor/lib/orders.py": "def process_order():\n    pass\nclass OnlyThere: pass\n",
    "web/dist/app.min.js": "function process_order(){}",
    "gen/client.py": "def process_order():\n    pass\n",
    ".gitattributes": "gen/** linguist-generated\nlib/** linguist-vendored=true\n",
    "lib/copied.py": "def copied_function():\n    pass\n",
    "config/app.yaml": "pool_size: 5\n",
    "a b/ümlaut [x]*.py": "def odd_function():\n    pass\n",
}


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    builder = Builder(tmp_path_factory.mktemp("shop"))
    builder.commit(ALICE, "2026-11-01", FILES)
    builder.put("untracked.py", "def process_order(): pass\n")
    return GitRepo(builder.folder)


def first(repo: GitRepo, term: str) -> Hit:
    return find_files(repo, [term])[0]


@pytest.mark.parametrize(
    ("term", "path", "line", "why"),
    [
        ("src/orders/db.py", "src/orders/db.py", None, ""),
        ("src/orders/db.py:4", "src/orders/db.py", 4, ""),
        ("orders/db.py", "src/orders/db.py", None, ""),
        ("db.py", "src/orders/db.py", None, ""),
        ("/srv/app/src/orders/db.py", "src/orders/db.py", None, ""),
        ("src/billing", "src/billing/", None, ""),
        ("orders.db", "src/orders/db.py", None, "is orders.db"),
        ("orders-worker", "services/orders-worker/", None, "is the folder orders-worker"),
        ("process_order()", "src/orders/db.py", 4, "defines process_order"),
        ("orders.db.process_order", "src/orders/db.py", 4, "defines process_order"),
        ("Charge.refund", "src/billing/charge.py", 2, "defines refund"),
        ("POST /api/orders", "src/orders/api.py", 1, "defines the endpoint /api/orders"),
        ("/api/orders/{order_id}", "src/orders/api.py", 1, "defines the endpoint /api/orders"),
        ("/cart/items", "web/urls.py", 1, "defines the endpoint cart/items"),
        ("/api/health", "services/orders-worker/main.go", 4, "defines the endpoint /health"),
        ("orders", "migrations/001_orders.sql", 1, "defines the table orders"),
        ("orders.customer_id", "migrations/001_orders.sql", 1, "defines the table orders, with customer_id"),
        ("pool_size", "config/app.yaml", 1, "sets pool_size"),
        ("odd_function", "a b/ümlaut [x]*.py", 1, "defines odd_function"),
        ("a b/ümlaut [x]*.py", "a b/ümlaut [x]*.py", None, ""),
    ],
)
def test_the_best_file_for_what_is_named(
    repo: GitRepo, term: str, path: str, line: int | None, why: str
) -> None:
    hit = first(repo, term)
    assert (hit.path, hit.line, hit.why, hit.term) == (path, line, why, term)


def test_definitions_then_uses_then_tests_then_documents(repo: GitRepo) -> None:
    hits = find_files(repo, ["process_order"], limit=10)
    assert [hit.path for hit in hits] == [
        "src/orders/db.py",
        "src/billing/charge.py",
        "src/orders/api.py",
        "tests/test_db.py",
        "docs/orders.md",
        "gen/client.py",
    ]
    assert [hit.relevance for hit in hits] == sorted((hit.relevance for hit in hits), reverse=True)
    assert [hit.kind for hit in hits[3:]] == [PathKind.TEST, PathKind.DOC, PathKind.GENERATED]


def test_vendored_and_generated_code_is_not_searched(repo: GitRepo) -> None:
    paths = {hit.path for hit in find_files(repo, ["process_order"], limit=50)}
    assert not {"vendor/lib/orders.py", "web/dist/app.min.js", "untracked.py"} & paths
    assert not find_files(repo, ["OnlyThere"])


def test_vendored_code_that_is_named_is_told_as_such(repo: GitRepo) -> None:
    assert first(repo, "vendor/lib/orders.py").kind is PathKind.VENDORED
    assert first(repo, "copied_function").kind is PathKind.VENDORED  # by .gitattributes


def test_a_client_of_an_endpoint_comes_after_its_server(repo: GitRepo) -> None:
    hits = find_files(repo, ["/api/orders"])
    assert [hit.path for hit in hits] == ["src/orders/api.py", "web/client.js"]


def test_a_name_that_many_files_define_tells_less_of_each(tmp_path: Path) -> None:
    builder = Builder(tmp_path / "many")
    builder.commit(ALICE, "2026-11-01", {f"src/m{n}.py": "def main():\n    pass\n" for n in range(12)})
    hits = find_files(GitRepo(builder.folder), ["main"])
    assert len(hits) == 3
    assert {hit.relevance for hit in hits} == {0.25}


def test_nothing_is_found_for_what_is_not_there_or_too_short(repo: GitRepo) -> None:
    assert not find_files(
        repo, ["no_such_thing", "src/none.py", "/none/here", "no.such.module", "x", "", "--help"]
    )


def test_a_bare_repository_gives_the_same(repo: GitRepo, tmp_path: Path) -> None:
    bare = Builder(tmp_path / "bare.git", bare=True)
    bare.git("fetch", "-q", str(repo.where), "main:main")
    terms = ["Charge", "orders.customer_id", "db.py", "/api/orders", "pool_size"]
    assert find_files(GitRepo(bare.folder), terms) == find_files(repo, terms)


def test_a_subfolder_of_the_clone_is_the_same_repository(repo: GitRepo) -> None:
    inside = GitRepo(Path(repo.where) / "src" / "orders")
    assert find_files(inside, ["process_order", "charge.py"]) == find_files(
        repo, ["process_order", "charge.py"]
    )
