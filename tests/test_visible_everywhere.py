"""No module reads invoices, their history or their files around the one function that says who may see them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("models", "graphql", "server", "mail", "documents")

READS = re.compile(
    r"\b(?:FROM|JOIN)\s+(?:invoice|status_change|attachment|invoice_content|invoice_document|invoice_text|invoice_office"
    r"|correction|cancellation_request|cancellation_event)\b"
)
MODELS = {
    "Attachment",
    "CancellationEvent",
    "CancellationRequest",
    "Correction",
    "Invoice",
    "InvoiceContent",
    "InvoiceDocument",
    "InvoiceOffice",
    "InvoiceText",
    "StatusChange",
}
ASKING = {"all", "exclude", "filter", "first", "get", "get_or_none", "raw"}

# What may read without it, and why.
EXCEPTIONS = {
    "models/reading/cancellations.py": "reads what belongs to invoices that were let through",
    "models/recording/cancellation_steps.py": "asks where the request of an invoice stands that was let through",
    "models/life/cancelling.py": "asks for the reason of a request whose invoice was let through",
    "models/tracking.py": "tells states and dates to who names an invoice by all of number, parties and amount",
    "models/recording/registry.py": "asks whether a receiver has used a number, of invoices addressed to it",
    "models/life/doubles.py": "asks for a live duplicate, which is shown only through reading.py",
    "models/life/cancellation_coming.py": "answers a platform about invoices that came from it",
    "models/outboxes/cancellation_travel.py": "tells a platform of requests about invoices that went there",
    "models/platforms/exchange.py": "hands an invoice over to the platform that it goes to",
    "models/outboxes/platforms.py": "tells a platform of the invoices that came from it",
    "models/reading/relations.py": "reads what belongs to invoices that were let through",
    "models/lists/filtering.py": "narrows within the viewer's own side, inside statements that are let through",
    "models/lists/searching.py": "likewise",
    "models/visibility.py": "is the function itself",
    "models/backfilling.py": "fills in what a migration brought, and shows it to nobody",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def texts(module: ast.Module) -> Iterator[str]:
    """Every string of a module, what an f-string puts in written as x."""
    inside = {id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def asks_models(module: ast.Module) -> bool:
    """Whether it queries these tables by their Tortoise models: ``Invoice.filter``. Creating is no reading."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in MODELS
        and node.attr in ASKING
        for node in ast.walk(module)
    )


def imports_visible(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").endswith("visibility")
        and "visible" in {name.name for name in node.names}
        for node in ast.walk(module)
    )


def test_only_modules_that_import_visible_read_invoices() -> None:
    reading = {
        path: imports_visible(module)
        for path, module in modules()
        if any(READS.search(text) for text in texts(module)) or asks_models(module)
    }

    assert {path for path, imports in reading.items() if not imports} == set(EXCEPTIONS)
    assert {path for path, imports in reading.items() if imports} == {
        "models/reading/cancellation_feed.py",
        "models/reading/corrections.py",
        "models/reading/archives.py",
        "models/reading/status_feed.py",
        "models/reading/files.py",
        "models/notices/log.py",
        "models/names.py",
        "models/lists/offices.py",
        "models/people/parties.py",
        "models/life/pending.py",
        "models/reading/invoices.py",
        "models/onboarding/receiver_keys.py",
        "models/lists/seeing.py",
        "models/facts.py",
        "models/reading/summaries.py",
    }


def test_graphql_and_documents_hold_no_sql() -> None:
    statements = re.compile(r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\s+[a-z*]")

    holding = {path for path, module in modules() if any(statements.search(text) for text in texts(module))}

    assert {path for path in holding if path.split("/")[0] in {"graphql", "documents"}} == set()
    assert "models/reading/invoices.py" in holding
