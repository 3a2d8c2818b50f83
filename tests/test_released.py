"""No client of the last release breaks by accident: docs/released.graphql is the schema that it knows.

``python tests/test_released.py`` writes that file, as a part of releasing; see docs/decisions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    build_schema,
    find_breaking_changes,
)

from tramesa.graphql.schema import schema_text
from tramesa.tests.test_house import ROOT

RELEASED = ROOT / "docs" / "released.graphql"
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
VERSION = re.compile(r"^## (\d+\.\d+\.\d+)", flags=re.MULTILINE)
BREAKING = re.compile(r"^- Breaking: (.+)$", flags=re.MULTILINE)


def heading() -> str:
    """The first line of the file: of what release it is."""
    versions = VERSION.findall(CHANGELOG)
    return (
        f"# The schema of {versions[0]}.\n" if versions else "# There has been no release; this is what came before.\n"
    )


def broken(released: GraphQLSchema, ours: GraphQLSchema) -> list[str]:
    """What breaks clients, in the words of graphql-core."""
    return sorted(change.description for change in find_breaking_changes(released, ours))


def test_what_breaks_clients_of_the_last_release_is_in_the_changelog() -> None:
    unreleased = VERSION.split(CHANGELOG)[0]

    found = broken(build_schema(RELEASED.read_text()), build_schema(schema_text()))

    assert found == sorted(BREAKING.findall(unreleased))


def test_the_file_is_that_of_the_last_release() -> None:
    assert RELEASED.read_text().startswith(heading()), "python tests/test_released.py writes it, when releasing"


@pytest.mark.parametrize(
    ("change", "description"),
    [
        (lambda types: types["Invoice"].fields.pop("rcfNumber"), "Field Invoice.rcfNumber was removed."),
        (lambda types: types["InvoiceStatus"].values.pop("PAID"), "Enum value InvoiceStatus.PAID was removed."),
        (
            lambda types: types["Invoice"].fields.update(number=types["Invoice"].fields["series"]),
            "Field Invoice.number changed type from String! to String.",
        ),
        (
            lambda types: types["Query"].fields["invoice"].args.pop("id"),
            "Argument Query.invoice(id:) was removed.",
        ),
        (
            lambda types: (
                types["Query"].fields["viewer"].args.update(at=GraphQLArgument(GraphQLNonNull(GraphQLString)))
            ),
            "A required argument Query.viewer(at:) was added.",
        ),
        (
            lambda types: types["SignInInput"].fields.update(code=GraphQLInputField(GraphQLNonNull(GraphQLString))),
            "A required field SignInInput.code was added.",
        ),
    ],
    ids=["field", "value", "null", "argument", "demand", "input"],
)
def test_a_change_that_breaks_clients_is_seen(change: Callable[[Any], Any], description: str) -> None:
    ours = build_schema(schema_text())
    change(ours.type_map)

    assert broken(build_schema(schema_text()), ours) == [description]


if __name__ == "__main__":
    RELEASED.write_text(heading() + schema_text())
