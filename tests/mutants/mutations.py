"""Small faults that a slip of the pen could make, one at a time, in the text of a module."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}

#: Changes a node in place and says how; None where it does not apply.
Change = Callable[[ast.AST], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A module with one fault.

    Attributes:
        what: the line before and after, for a person.
    """

    line: int
    function: str
    what: str
    source: str


def mutants(source: str, functions: frozenset[str] = frozenset()) -> Iterator[Mutant]:
    """Yield every mutant of a module, in the order of its lines.

    Docstrings, annotations, messages of errors and of logs stay: no test should
    hold their exact words.

    Args:
        functions: only inside these, by name; all when empty.
    """
    tree = ast.parse(source)
    for index, (node, function) in enumerate(_places(tree)):
        if functions and function not in functions:
            continue
        for change in _changes(node):
            mutated = copy.deepcopy(tree)
            target = list(_places(mutated))[index][0]
            before = ast.unparse(target).partition("\n")[0]
            what = change(target)
            if what is None:
                continue
            yield Mutant(
                line=getattr(node, "lineno", 0),
                function=function,
                what=f"{before[:70]}  ->  {what[:70]}",
                source=ast.unparse(ast.fix_missing_locations(mutated)) + "\n",
            )


def _places(tree: ast.Module) -> list[tuple[ast.AST, str]]:
    """Every node that may be changed, with the function around it, always in the same order."""
    found: list[tuple[ast.AST, str]] = []

    def walk(node: ast.AST, function: str) -> None:
        for name, value in ast.iter_fields(node):
            children = value if isinstance(value, list) else [value]
            for place, child in enumerate(children):
                if not isinstance(child, ast.AST) or name in {"annotation", "returns", "decorator_list"}:
                    continue
                if _is_docstring(node, name, place, child) or _is_message(child):
                    continue
                inside = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
                found.append((child, inside))
                walk(child, inside)

    walk(tree, "")
    return found


def _is_docstring(parent: ast.AST, name: str, place: int, child: ast.AST) -> bool:
    owner = isinstance(parent, ast.Module | ast.ClassDef | ast.FunctionDef)
    said = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
    return owner and name == "body" and place == 0 and said


def _is_message(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called = ast.unparse(node.value.func)
        return called.startswith(("log.", "logger."))
    return _is_type(node)


def _is_type(node: ast.AST) -> bool:
    """A type that stands in quotes in a `cast`."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " | None" in node.value


def _changes(node: ast.AST) -> list[Change]:
    kinds: list[tuple[type[ast.AST], list[Change]]] = [
        (ast.Compare, [_compare]),
        (ast.BinOp, [_compute]),
        (ast.BoolOp, [_join]),
        (ast.UnaryOp, [_drop_sign]),
        (ast.Constant, [_constant]),
        (ast.Return, [_return]),
        (ast.Raise, [_pass]),
        (ast.Expr, [_pass]),
        (ast.Break, [_leave]),
        (ast.Continue, [_leave]),
        (ast.If, [_negate]),
        (ast.IfExp, [_negate]),
        (ast.While, [_negate]),
        (ast.AugAssign, [_assign]),
    ]
    return [change for kind, found in kinds for change in found if isinstance(node, kind)]


def _compare(node: ast.AST) -> str | None:
    assert isinstance(node, ast.Compare)
    other = _COMPARED.get(type(node.ops[0]))
    if other is None:
        return None
    node.ops[0] = other()
    return ast.unparse(node)


def _compute(node: ast.AST) -> str | None:
    assert isinstance(node, ast.BinOp)
    other = _COMPUTED.get(type(node.op))
    strings = any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )
    if other is None or strings:
        return None
    node.op = other()
    return ast.unparse(node)


def _join(node: ast.AST) -> str:
    assert isinstance(node, ast.BoolOp)
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return ast.unparse(node)


def _drop_sign(node: ast.AST) -> str | None:
    assert isinstance(node, ast.UnaryOp)
    if isinstance(node.op, ast.Not):
        node.operand = ast.UnaryOp(op=ast.Not(), operand=node.operand)
    elif isinstance(node.op, ast.USub):
        node.op = ast.UAdd()
    else:
        return None
    return ast.unparse(node)


def _constant(node: ast.AST) -> str | None:
    assert isinstance(node, ast.Constant)
    value = node.value
    if isinstance(value, bool):
        node.value = not value
    elif isinstance(value, int | float):
        node.value = value + 1
    elif isinstance(value, str):
        node.value = "XX" + value
    elif isinstance(value, bytes):
        node.value = b"XX" + value
    else:
        return None
    return ast.unparse(node)


def _return(node: ast.AST) -> str | None:
    assert isinstance(node, ast.Return)
    if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
        return None
    node.value = ast.Constant(value=None)
    return ast.unparse(node)


def _pass(node: ast.AST) -> str:
    """Leave the statement out: what stands there instead does nothing."""
    node.__class__ = ast.Pass  # type: ignore[assignment]
    return "(left out)"


def _leave(node: ast.AST) -> str:
    other = ast.Continue if isinstance(node, ast.Break) else ast.Break
    node.__class__ = other  # type: ignore[assignment]
    return other.__name__.lower()


def _negate(node: ast.AST) -> str | None:
    assert isinstance(node, ast.If | ast.IfExp | ast.While)
    if isinstance(node.test, ast.Compare | ast.Constant):
        return None  # changed where it stands
    node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
    return f"if {ast.unparse(node.test)}"


def _assign(node: ast.AST) -> str | None:
    assert isinstance(node, ast.AugAssign)
    other = _COMPUTED.get(type(node.op))
    if other is None:
        return None
    node.op = other()
    return ast.unparse(node)
