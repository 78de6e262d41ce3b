import ast
import statistics

import pytest

from tests.architecture.sources import (
    PACKAGES,
    name_of,
    python_files,
    template_files,
    text_of,
    tree_of,
)

pytestmark = pytest.mark.xdist_group("sources")  # one worker reads and parses it all

FILE_LINES = 450
FUNCTION_LINES = 60
TEMPLATE_LINES = 120


def functions():
    for path in python_files(*PACKAGES, "seeds", "tests"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name_of(path)}:{node.lineno} {node.name}", _lines(node)


def _lines(node):
    """The body without its docstring: words about a rule are not what makes code long."""
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return node.end_lineno - body[0].lineno + 1


def test_functions_stay_readable(capsys):
    sizes = dict(functions())

    with capsys.disabled():
        ordered = sorted(sizes.values())
        p90 = ordered[len(ordered) * 9 // 10]
        print(f"\n{len(ordered)} functions: median {statistics.median(ordered)}, p90 {p90} lines")
    assert {name: size for name, size in sizes.items() if size > FUNCTION_LINES} == {}


def test_files_stay_readable():
    sizes = {
        name_of(path): text_of(path).count("\n")
        for path in python_files(*PACKAGES, "seeds", "tests")
    }

    assert {name: size for name, size in sizes.items() if size > FILE_LINES} == {}


def test_templates_stay_readable():
    sizes = {name_of(path): text_of(path).count("\n") for path in template_files()}

    assert {name: size for name, size in sizes.items() if size > TEMPLATE_LINES} == {}
