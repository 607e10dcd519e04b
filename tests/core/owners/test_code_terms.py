"""What an RCA names of a program, and which line of code defines it, in the languages people use."""

from __future__ import annotations

import time

import pytest

from postmortem_actions.core.owners.code_terms import (
    Found,
    PathKind,
    TermKind,
    kind_of_path,
    read_term,
    what_a_line_does,
)


@pytest.mark.parametrize(
    ("text", "kind", "bare", "line"),
    [
        ("src/orders/db.py", TermKind.PATH, "src/orders/db.py", None),
        ("`src/orders/db.py:42`", TermKind.PATH, "src/orders/db.py", 42),
        ("db.py line 7", TermKind.PATH, "db.py", 7),
        ("Dockerfile", TermKind.PATH, "Dockerfile", None),
        ("services/orders/", TermKind.PATH, "services/orders/", None),
        ("https://github.com/acme/shop/blob/main/src/a.py#L12-L20", TermKind.PATH, "src/a.py", 12),
        ("https://gitlab.com/acme/shop/-/blob/main/src/a.py", TermKind.PATH, "src/a.py", None),
        ("orders.db", TermKind.DOTTED, "orders.db", None),
        ("OrderService#cancel", TermKind.DOTTED, "OrderService.cancel", None),
        ("orders::db::save()", TermKind.DOTTED, "orders.db.save", None),
        ("process_order()", TermKind.SYMBOL, "process_order", None),
        ("orders-api", TermKind.SYMBOL, "orders-api", None),
        ("GET /api/orders", TermKind.ENDPOINT, "/api/orders", None),
        ("/api/orders/{id}", TermKind.ENDPOINT, "/api/orders/{id}", None),
    ],
)
def test_terms_are_told_apart(text: str, kind: TermKind, bare: str, line: int | None) -> None:
    term = read_term(text)
    assert term is not None
    assert (term.kind, term.bare, term.line) == (kind, bare, line)


@pytest.mark.parametrize("text", ["", "  ", "db", "``", "x" * 400, "two\nlines"])
def test_what_is_no_term_is_not_looked_for(text: str) -> None:
    assert read_term(text) is None


@pytest.mark.parametrize(
    "line",
    [
        "def process_order(order):",
        "    async def process_order(self, order):",
        "func process_order(o Order) error {",
        "func (s *Server) process_order(ctx context.Context) error {",
        "fn process_order<T>(order: T) -> Result<()> {",
        "pub async fn process_order(order: Order) {",
        "export function process_order(order) {",
        "export const process_order = async (order) => {",
        "  process_order(order) {",
        "    public static final Result process_order(Order order) {",
        "    public List<Order> process_order(",
        "static int process_order(struct order *o)",
        "fun process_order(order: Order): Result {",
        "CREATE OR REPLACE FUNCTION public.process_order(id int)",
        "create index concurrently if not exists process_order on orders (id);",
        'resource "aws_sqs_queue" "process_order" {',
        "class process_order:",
        "  def self.process_order(order)",
    ],
)
def test_definitions_in_many_languages(line: str) -> None:
    assert what_a_line_does("process_order", line) is Found.DEFINES


@pytest.mark.parametrize(
    "line",
    [
        "    process_order(order)",
        "    return process_order(order)",
        "return process_order(order)",
        "  result = await process_order(order)",
        "from orders import process_order",
        "import process_order from './orders'",
        "x = new process_order(1);",
        "  throw new process_order(1);",
        "// the function that calls process_order",
        "    if (process_order(order)) {",
        "    public int total = process_order(order);",
    ],
)
def test_uses_are_not_taken_for_definitions(line: str) -> None:
    assert what_a_line_does("process_order", line) is Found.USES


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("CREATE TABLE IF NOT EXISTS shop.orders (", Found.TABLE),
        ('create table "orders" (', Found.TABLE),
        ("CREATE TABLE `orders` (", Found.TABLE),
        ('    __tablename__ = "orders"', Found.TABLE),
        ("  create_table :orders do |t|", Found.TABLE),
        ('        db_table = "orders"', Found.TABLE),
        ('op.create_table("orders",', Found.TABLE),
        ('orders = Table("orders", metadata,', Found.TABLE),
        ('rows = db.query("SELECT id FROM orders WHERE x")', Found.TABLE_USE),
        ('"UPDATE orders SET x = 1"', Found.TABLE_USE),
        ("alter table orders add column x int;", Found.TABLE_USE),
        ("from orders import x", Found.USES),
    ],
)
def test_tables(line: str, found: Found) -> None:
    assert what_a_line_does("orders", line) is found


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("/api/orders", '@app.get("/api/orders")'),
        ("/api/orders", "@app.route('/api/orders/<id>', methods=['POST'])"),
        ("/api/orders", '    @GetMapping("/api/orders/{id}")'),
        ("/api/orders", '    @RequestMapping(path = "/api/orders")'),
        ("/api/orders", "router.post('/api/orders', create);"),
        ("/api/orders", 'mux.HandleFunc("/api/orders", s.list)'),
        ("/api/orders", '#[get("/api/orders")]'),
        ("/api/orders", 'app.MapGet("/api/orders", () => 1);'),
        ("/api/orders", "  /api/orders/{id}:"),
        ("/api/orders", "    location /api/orders {"),
        ("api/orders", '    path("api/orders/", views.orders),'),
    ],
)
def test_endpoints(word: str, line: str) -> None:
    assert what_a_line_does(word, line) is Found.ENDPOINT


@pytest.mark.parametrize(
    "line", ['requests.get("/api/orders")', "axios.post('/api/orders', x)", '  "see /api/orders for more"']
)
def test_callers_do_not_serve_an_endpoint(line: str) -> None:
    assert what_a_line_does("/api/orders", line) is Found.USES


@pytest.mark.parametrize(
    "line", ["pool_size = 5", "  pool_size: 5", "export pool_size=5", '  "pool_size": 5,']
)
def test_settings(line: str) -> None:
    assert what_a_line_does("pool_size", line) is Found.SETS
    assert what_a_line_does("pool_size", "if pool_size == 5:") is Found.USES


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/orders/db.py", PathKind.CODE),
        ("deploy/orders.yaml", PathKind.CODE),
        ("src/contest/latest.py", PathKind.CODE),
        ("src/external/client.py", PathKind.CODE),
        ("tests/orders/test_db.py", PathKind.TEST),
        ("src/orders/db_test.go", PathKind.TEST),
        ("web/cart.spec.ts", PathKind.TEST),
        ("docs/orders.md", PathKind.DOC),
        ("README.md", PathKind.DOC),
        ("vendor/github.com/x/y.go", PathKind.VENDORED),
        ("web/node_modules/x/index.js", PathKind.VENDORED),
        ("third_party/x.c", PathKind.VENDORED),
        ("web/dist/app.js", PathKind.GENERATED),
        ("web/app.min.js", PathKind.GENERATED),
        ("package-lock.json", PathKind.GENERATED),
        ("Cargo.lock", PathKind.GENERATED),
        ("api/orders_pb2.py", PathKind.GENERATED),
    ],
)
def test_kinds_of_paths(path: str, kind: PathKind) -> None:
    assert kind_of_path(path) is kind


@pytest.mark.parametrize(
    "line", ["a " * 50_000, "public " * 9_000, "x(" * 50_000, "/api" * 20_000, "def (" * 20_000]
)
def test_hostile_lines_cost_little(line: str) -> None:
    begun = time.perf_counter()
    for word in ("orders", "/api/orders"):
        what_a_line_does(word, line + word)
        what_a_line_does(word, word + line)
    assert time.perf_counter() - begun < 1.0
