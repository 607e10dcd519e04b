"""Expressions of PromQL as text again."""

from __future__ import annotations

from .ast import Aggregate, Binary, Call, Expr, Negative, Number, Selector

_UNITS = ((604_800, "w"), (86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def text_of(expr: Expr) -> str:
    """The expression as Prometheus reads it; reading it gives an equal one. What is inside of an operator is put in brackets."""
    if isinstance(expr, Number):
        return f"{expr.value:.17g}"
    if isinstance(expr, Negative):
        return f"-({text_of(expr.expr)})"
    if isinstance(expr, Selector):
        return _selector(expr)
    if isinstance(expr, Call):
        return f"{expr.name}({', '.join(text_of(arg) for arg in expr.args)})"
    if isinstance(expr, Aggregate):
        kept = f" {'without' if expr.without else 'by'} ({', '.join(expr.labels)})" if expr.labels or expr.without else ""
        inside = f"{text_of(expr.param)}, " if expr.param is not None else ""
        return f"{expr.op}{kept} ({inside}{text_of(expr.expr)})"
    return _binary(expr)


def _selector(expr: Selector) -> str:
    inside = ", ".join(f"{label}{op}{_quoted(value)}" for label, op, value in expr.matchers)
    text = expr.name + (f"{{{inside}}}" if inside else "")
    if expr.range is not None:
        text += f"[{duration(expr.range)}]"
    if expr.offset:
        text += f" offset {'-' if expr.offset < 0 else ''}{duration(abs(expr.offset))}"
    return text


def _binary(expr: Binary) -> str:
    words = expr.op + (" bool" if expr.returns_bool else "")
    if expr.on is not None:
        words += f" on ({', '.join(expr.on)})"
    elif expr.ignoring:
        words += f" ignoring ({', '.join(expr.ignoring)})"
    if expr.group:
        words += f" group_{expr.group} ({', '.join(expr.include)})"
    return f"{_inner(expr.left)} {words} {_inner(expr.right)}"


def _inner(expr: Expr) -> str:
    return f"({text_of(expr)})" if isinstance(expr, (Binary, Negative)) else text_of(expr)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def duration(seconds: float) -> str:
    """Seconds as PromQL writes a length of time, such as ``1h30m``."""
    left = round(seconds)
    text = ""
    for size, unit in _UNITS:
        if left >= size:
            text += f"{left // size}{unit}"
            left %= size
    return text or "0s"
