"""PromQL text to our expressions, by the library promql-parser (the Prometheus grammar)."""

from __future__ import annotations

from typing import Any

from ..core.promql.ast import Aggregate, Binary, Call, Expr, Matcher, Negative, NotSupported, Number, Selector

_OPS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


def parse(text: str) -> Expr:
    """The expression. Raises NotSupported where it is not valid, or holds what the evaluator does not know."""
    import promql_parser

    try:
        parsed = promql_parser.parse(text)
    except ValueError as error:
        raise NotSupported(str(error)) from None
    return _expr(parsed)


def _expr(node: Any) -> Expr:
    kind = type(node).__name__
    if kind == "NumberLiteral":
        return Number(float(node.val))
    if kind == "ParenExpr":
        return _expr(node.expr)
    if kind == "UnaryExpr":
        inner = _expr(node.expr)
        return Number(-inner.value) if isinstance(inner, Number) else Negative(inner)
    if kind == "VectorSelector":
        return _selector(node)
    if kind == "MatrixSelector":
        inner = _selector(node.vector_selector)
        return Selector(inner.name, inner.matchers, node.range.total_seconds(), inner.offset)
    if kind == "Call":
        return Call(node.func.name, tuple(_expr(arg) for arg in node.args))
    if kind == "AggregateExpr":
        labels, without = (), False
        if node.modifier is not None:
            labels, without = tuple(node.modifier.labels), "Without" in str(node.modifier.type)
        param = None if node.param is None else _expr(node.param)
        return Aggregate(str(node.op), _expr(node.expr), labels, without, param)
    if kind == "BinaryExpr":
        return _binary(node)
    raise NotSupported(f"{kind} is not known here")


def _selector(node: Any) -> Selector:
    if node.at is not None or node.matchers.or_matchers:
        raise NotSupported("'@' and 'or' inside a selector are not known here")
    matchers: list[Matcher] = []
    name = node.name or ""
    for one in node.matchers.matchers:
        op = _OPS[str(one.op).rpartition(".")[2]]
        if one.name == "__name__" and op == "=":
            name = one.value
        else:
            matchers.append((one.name, op, one.value))
    if not name:
        raise NotSupported("a selector without a name is not known here")
    offset = node.offset.total_seconds() if node.offset is not None else 0.0
    return Selector(name, tuple(matchers), None, offset)


def _binary(node: Any) -> Binary:
    on: tuple[str, ...] | None = None
    ignoring: tuple[str, ...] = ()
    group, include, returns_bool = "", (), False
    modifier = node.modifier
    if modifier is not None:
        returns_bool = bool(modifier.return_bool)
        card = str(modifier.card)
        group = "left" if card.endswith("ManyToOne") else "right" if card.endswith("OneToMany") else ""
        include = tuple(modifier.group_labels or ())
        if modifier.matching is not None:
            named = tuple(modifier.matching.labels)
            if "Include" in str(modifier.matching.type):
                on = named
            else:
                ignoring = named
    return Binary(str(node.op), _expr(node.lhs), _expr(node.rhs), on, ignoring, group, include, returns_bool)
