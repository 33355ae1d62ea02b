"""The style that a machine can keep; CONTRIBUTING.md says why."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("domain", "projections", "adapters", "web", "scripts", "tests")

# What each room may import of ours, beside itself.
SEEN_FROM = {
    "domain": set[str](),
    "projections": {"domain"},
    "adapters": {"domain"},
    "web": {"domain", "projections"},
    "scripts": {"domain", "projections", "adapters", "web"},
    "tests": {"domain", "projections", "adapters", "web", "scripts"},
}
FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
ALONE = {"adapters/export/verify.py": 600}  # handed to auditors as one file that needs no other

# The domain takes time, ids and randomness as arguments and touches nothing outside.
OUTSIDE_OF_DOMAIN = {
    *("asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets"),
    *("shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib"),
}
CLOCKS = {"now", "utcnow", "today", "monotonic", "perf_counter"}
DICE = {"uuid1", "uuid4"}
WORLD = {"open", "print", "input"}

NAMES_WITHOUT_MEANING = re.compile(r"(Manager|Service|Handler|Utils?|Helpers?)$")
A_SENTENCE = re.compile(r".*[.?](?: \(\w+\))?$", re.DOTALL)
FILES_WITHOUT_MEANING = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py"}
A_LOCK = re.compile(r"^[A-Z_]+_LOCK = ([\d_]+)", re.MULTILINE)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")
# In pieces, because a file that names a registry would be found here itself.
REGISTRIES = tuple(
    ".".join(name)
    for name in (("pypi", "org"), ("files", "pythonhosted"), ("registry", "npmjs"), ("deb", "debian"))
)


def sources(*rooms: str, suffixes: tuple[str, ...] = (".py",)) -> list[Path]:
    found = (path for room in rooms or ROOMS for path in (ROOT / room).rglob("*"))
    return sorted(path for path in found if path.suffix in suffixes and path.is_file())


def trees(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sources(*rooms):
        yield path, ast.parse(path.read_text(), str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    line = getattr(node, "lineno", None)
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports name their room"
        return [str(node.module).split(".")[0]]
    return []


def called(node: ast.AST) -> str | None:
    """The last part of the name of what is called."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else None


def called_by_name(node: ast.AST) -> str | None:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_inwards(room: str) -> None:
    allowed = SEEN_FROM[room] | {room}

    wrong = [
        f"{place(path, node)} imports {name}"
        for path, tree in trees(room)
        for node in ast.walk(tree)
        for name in imported(node)
        if name in ROOMS and name not in allowed
    ]

    assert wrong == []


def test_of_the_outside_the_domain_knows_the_event_library_only() -> None:
    allowed = (set(sys.stdlib_module_names) - OUTSIDE_OF_DOMAIN) | {"domain", "eventsourcing"}

    wrong = [
        f"{place(path, node)} imports {name}"
        for path, tree in trees("domain")
        for node in ast.walk(tree)
        for name in imported(node)
        if name not in allowed
    ]

    assert wrong == []


def test_the_domain_has_no_clock_no_dice_and_no_world() -> None:
    wrong = [
        f"{place(path, node)} calls {called(node)}"
        for path, tree in trees("domain")
        for node in ast.walk(tree)
        if called(node) in CLOCKS | DICE or called_by_name(node) in WORLD
    ]

    assert wrong == []


def test_projections_and_pages_read_no_clock() -> None:
    wrong = [
        f"{place(path, node)} calls {called(node)}"
        for path, tree in trees("projections", "web")
        for node in ast.walk(tree)
        if called(node) in {"utcnow", "today"} or (called(node) == "now" and is_datetime(node))
    ]

    assert wrong == []


def is_datetime(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("datetime", "date."))


def test_only_scripts_read_the_environment() -> None:
    wrong = [
        place(path, node)
        for path, tree in trees("domain", "projections", "adapters", "web")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
    ]

    assert wrong == []


def test_files_and_functions_fit_on_a_few_screens() -> None:
    long_files = [
        f"{place(path)} has {lines} lines"
        for path in sources(suffixes=(".py", ".html", ".css", ".js"))
        if (lines := len(path.read_text().splitlines())) > ALONE.get(place(path), FILE_LINES_MAX)
    ]
    long_functions = [
        f"{place(path, node)} {node.name} has {lines} lines"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := int(node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]

    assert long_files + long_functions == []


def test_every_module_opens_with_a_sentence() -> None:
    wrong = [
        place(path)
        for path, tree in trees()
        if tree.body and not A_SENTENCE.match((ast.get_docstring(tree) or "").split("\n\n")[0])
    ]

    assert wrong == []


def test_names_say_what_things_are() -> None:
    files = [place(path) for path in sources() if path.name in FILES_WITHOUT_MEANING]
    classes = [
        f"{place(path, node)} {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and NAMES_WITHOUT_MEANING.search(node.name)
    ]

    assert files + classes == []


def test_no_test_is_skipped_without_a_reason() -> None:
    wrong = [
        place(path, node)
        for path, tree in trees("tests")
        for node in ast.walk(tree)
        if (called(node) in {"skip", "skipif", "xfail"} and not gives_a_reason(node))
        or (isinstance(node, ast.Attribute) and ast.unparse(node) == "pytest.mark.skip" and bare(node, tree))
    ]

    assert wrong == []


def gives_a_reason(node: ast.AST) -> bool:
    assert isinstance(node, ast.Call)
    return any(keyword.arg == "reason" for keyword in node.keywords) or (
        called(node) == "skip" and bool(node.args)
    )


def bare(mark: ast.Attribute, tree: ast.Module) -> bool:
    """Is the mark set without being called, and so without a reason?"""
    return not any(isinstance(node, ast.Call) and node.func is mark for node in ast.walk(tree))


def test_tests_wait_by_looking_and_mock_nothing_of_ours() -> None:
    sleeping = [
        place(path, node)
        for path, tree in trees("tests")
        for node in ast.walk(tree)
        if called(node) == "sleep"
    ]
    mocking = [
        place(path, node)
        for path, tree in trees("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and "mock" in ast.unparse(node).split(".")
    ]

    assert sleeping + mocking == []


def test_no_two_locks_of_the_database_have_one_number() -> None:
    """Whoever holds the one would keep everybody from the other."""
    numbers = [
        number
        for path in sources("adapters", "projections", "scripts", "web")
        for number in A_LOCK.findall(path.read_text())
    ]

    assert len(numbers) > 4
    assert len(numbers) == len(set(numbers))


def test_nothing_is_left_unfinished_and_no_registry_is_named() -> None:
    kept = sources(suffixes=(".py", ".html", ".css", ".js", ".md", ""))
    kept += [*ROOT.glob("*.*"), *ROOT.glob(".ci/*"), *ROOT.glob("docs/**/*.md")]

    wrong = [
        f"{place(path)}: {word}" for path in kept if path.is_file() for word in found_in(path.read_text())
    ]

    assert wrong == []


def found_in(text: str) -> list[str]:
    return UNFINISHED.findall(text) + [name for name in REGISTRIES if name in text]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_its_version_and_hashes_and_no_address(lock: str) -> None:
    lines = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()

    wrong = [
        line[:60]
        for line in lines
        if not line.lstrip().startswith("#")
        and not re.match(r"[a-z0-9-]+==\S+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+$", line)
    ]

    assert wrong == []
    assert "://" not in "".join(lines)
