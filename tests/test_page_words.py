"""What the page says in words of its own for what the server says in English, without a browser."""

import ast
import re
from pathlib import Path

from tramesa.server.terms import terms_module

ROOT = Path(__file__).parent.parent
WORDS = ROOT / "server/pages/live"


def keys(language: str) -> set[str]:
    return set(re.findall(r'^  "?(.+?)"?: (?=["{])', (WORDS / f"words.{language}.js").read_text(), re.MULTILINE))


def pattern(node: ast.JoinedStr | ast.Constant) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(part.value) if isinstance(part, ast.Constant) else "#" for part in parts)
    return re.sub(r"\d+", "#", text)


def said_by_the_server() -> re.Pattern[str]:
    """Whatever is filled in where the server's text has a place for it."""
    files = [path for folder in ("models", "graphql", "mail", "documents") for path in (ROOT / folder).rglob("*.py")]
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text()))]
    texts = {
        pattern(node)
        for node in nodes
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    }
    return re.compile("|".join(re.escape(text).replace(r"\#", r"\S+") for text in texts if " " in text))


def test_each_sentence_that_the_page_translates_is_one_that_the_server_says() -> None:
    translated = {key.removeprefix("said.") for key in keys("ca") if key.startswith("said.")}

    assert "A rate is from # to # per cent." in translated
    known = said_by_the_server()
    assert [sentence for sentence in translated if not known.fullmatch(sentence)] == []


def test_every_language_of_the_page_has_the_same_words() -> None:
    # English needs no translation of what the server says.
    translated = {key for key in keys("ca") if key.startswith("said.") or key == "error.unsaid"}

    assert keys("ca") == keys("es") == keys("en") | translated


def test_the_page_calls_units_and_means_as_the_pictures_do() -> None:
    module = terms_module()

    assert module.startswith("export default {")
    assert '"KWH":"kWh"' in module
