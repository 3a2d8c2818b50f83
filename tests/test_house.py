"""What keeps the house in order, and no linter knows of."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("requirements.lock", "requirements-dev.lock")

# In pieces, so that this file does not name them.
HOSTS = [
    "".join(pieces)
    for pieces in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("npm", "js."),
        ("npm", "mirror"),
        ("yarn", "pkg.com"),
        ("un", "pkg.com"),
        ("js", "delivr"),
        ("cdn", "js."),
        ("esm", ".sh"),
        ("sky", "pack.dev"),
        ("crates", ".io"),
    )
]

# Folder, what it must not import, what of that it may all the same.
FORBIDDEN = [
    ("models/domain", ("strawberry", "tortoise", "tramesa"), ("tramesa.models.domain",)),
    ("documents", ("strawberry", "tortoise", "tramesa"), ("tramesa.documents", "tramesa.models.domain")),
    ("models", ("strawberry", "starlette", "tramesa.graphql", "tramesa.server", "tramesa.mail"), ()),
    ("mail", ("strawberry", "starlette", "tramesa.graphql", "tramesa.server"), ()),
    ("graphql", ("tramesa.server",), ()),
]


@cache
def files() -> tuple[Path, ...]:
    """What is in the repository, or would be after `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(sorted(path for name in listed if name and (path := Path(name)) and (ROOT / path).is_file()))


def modules(folder: str = ".") -> list[Path]:
    """The Python files of the package `tramesa`, in this folder and below."""
    ours = [path for path in files() if path.suffix == ".py" and path.parts[0] not in {"tests", "scripts", "docs"}]
    return [path for path in ours if path.is_relative_to(folder)]


@cache
def syntax(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def imports(path: Path) -> Iterator[str]:
    """All that a module imports, anywhere in it, with absolute names: `tramesa.models.Invoice` for `..models`'s."""
    package = ("tramesa", *path.parent.parts)
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            start = ".".join((*above, *([node.module] if node.module else [])))
            yield from (f"{start}.{name.name}" for name in node.names)


def within(name: str, packages: tuple[str, ...]) -> bool:
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


def names(path: Path) -> set[str]:
    """Every name that a module reads, calls, imports or takes as an attribute."""
    found: set[str] = set()
    for node in ast.walk(syntax(path)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                found.add(name)
    return found


def pinned(requirements: list[str]) -> dict[str, str]:
    """Version by name; a requirement without `==` fails."""
    found = {}
    for requirement in requirements:
        match = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[^]]+\])?==([0-9][^\s;,*]*)(?:\s*;.*)?", requirement)
        assert match, f"{requirement} is not pinned with =="
        found[match[1].lower()] = match[2]
    return found


def locked(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / lock).read_text(), flags=re.MULTILINE))


def test_our_graphql_folder_does_not_stand_before_graphql_core() -> None:
    assert not (ROOT / "graphql" / "__init__.py").exists()

    command = [sys.executable, "-c", "import graphql; print(graphql.__file__)"]
    found = Path(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip())
    assert found.parts[-3:] == ("site-packages", "graphql", "__init__.py")


def test_the_listed_packages_are_the_folders_with_modules() -> None:
    folders = {".".join(("tramesa", *path.parent.parts)) for path in modules()}
    assert PROJECT["tool"]["setuptools"]["packages"] == sorted(folders)


def test_tests_are_no_package() -> None:
    assert [path for path in files() if path.parts[0] == "tests" and path.name == "__init__.py"] == []


def test_no_file_names_a_package_registry() -> None:
    named = [
        f"{path} names {host}"
        for path in files()
        if b"\0" not in (content := (ROOT / path).read_bytes())
        for host in HOSTS
        if host.encode() in content.lower()
    ]
    assert named == []


@pytest.mark.parametrize(("folder", "forbidden", "allowed"), FORBIDDEN, ids=[rule[0] for rule in FORBIDDEN])
def test_dependencies_point_one_way(folder: str, forbidden: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    assert modules(folder)
    wrong = [
        f"{path} imports {name}"
        for path in modules(folder)
        for name in imports(path)
        if within(name, forbidden) and not within(name, allowed)
    ]
    assert wrong == []


def test_relative_imports_are_read_as_absolute_ones() -> None:
    assert "tramesa.models.domain.errors" in {name.rpartition(".")[0] for path in modules() for name in imports(path)}


def test_transactions_begin_in_one_place() -> None:
    assert [path for path in modules() if "in_transaction" in names(path)] == [Path("models/database.py")]


def test_every_dependency_is_pinned() -> None:
    groups = PROJECT["dependency-groups"]
    for requirements in (PROJECT["project"]["dependencies"], groups["build"], groups["dev"]):
        assert len(pinned(requirements)) == len(requirements)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert [requirement for requirement in requirements if "--hash=sha256:" not in requirement] == []


def test_the_locks_hold_what_the_project_asks_for() -> None:
    runtime, development = (locked(lock) for lock in LOCKS)
    groups = PROJECT["dependency-groups"]
    wanted = pinned(PROJECT["project"]["dependencies"] + groups["build"])
    assert {name: runtime.get(name) for name in wanted} == wanted
    assert {name: development.get(name) for name in pinned(groups["dev"])} == pinned(groups["dev"])
    assert runtime.items() <= development.items()


def test_commands_can_be_run() -> None:
    commands = [path for path in files() if (ROOT / path).read_bytes()[:2] == b"#!"]
    assert Path(".ci/run") in commands
    assert [path for path in commands if not os.access(ROOT / path, os.X_OK)] == []
