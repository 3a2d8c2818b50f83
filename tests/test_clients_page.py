"""docs/clients.md shows the code that test_clients.py runs; ``python tests/test_clients_page.py`` writes it there.

In the files of `tests/clients` it lies between marks: ``//> name`` and ``//<``, or ``# > name`` and ``# <``.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

from graphql import parse, validate

from tramesa.graphql.schema import build_schema
from tramesa.tests.servers.node import CLIENTS
from tramesa.tests.test_house import ROOT, files

PAGE = ROOT / "docs" / "clients.md"
MARKED = re.compile(r"^ *(?://|#) ?> ([^\n]+)\n(.*?)^ *(?://|#) ?<$", flags=re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(\w+) (\S+): ([^\n]+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
WHOLE = (".graphql", ".json")
SOURCES = {".js", ".mjs", ".py", ".ts"}


def shown(path: str) -> dict[str, str]:
    """What a file has to show, by name: all that lies between marks of that name, or the whole file."""
    text = (CLIENTS / path).read_text()
    if path.endswith(WHOLE):
        return {"whole": text}
    found: dict[str, str] = {}
    for name, lines in MARKED.findall(text):
        found[name] = found.get(name, "") + dedent(lines)
    return {name: lines.strip("\n") + "\n" for name, lines in found.items()}


def with_code(text: str) -> str:
    """The page with the code as it is."""
    return BLOCK.sub(lambda block: f"```{block[1]} {block[2]}: {block[3]}\n{shown(block[2])[block[3]]}```", text)


def test_the_page_shows_the_code_that_is_run() -> None:
    text = PAGE.read_text()

    assert text == with_code(text), "python tests/test_clients_page.py writes it"


def test_all_that_is_marked_is_on_the_page() -> None:
    folder = Path("tests/clients")
    paths = [path.relative_to(folder) for path in files() if path.is_relative_to(folder) and path.suffix in SOURCES]
    marked = {(str(path), name) for path in paths for name in shown(str(path))}

    blocks = {(path, name) for _, path, name, _ in BLOCK.findall(PAGE.read_text())}
    assert {(path, name) for path, name in blocks if not path.endswith(WHOLE)} == marked


def test_each_client_is_shown_in_ten_lines() -> None:
    lengths = {path: len(code.splitlines()) for _, path, name, code in BLOCK.findall(PAGE.read_text()) if name == "use"}

    assert {path: length for path, length in lengths.items() if length > 10} == {}
    assert len(lengths) == 7


def test_the_operations_are_valid() -> None:
    assert validate(build_schema(), parse((CLIENTS / "operations.graphql").read_text())) == []


if __name__ == "__main__":
    PAGE.write_text(with_code(PAGE.read_text()))
