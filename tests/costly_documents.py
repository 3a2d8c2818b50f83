"""Documents made to cost a server more than their sender, by what they try to abuse; all as large as is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from graphql import get_introspection_query

INPUT = (
    '{receiver:{taxId:"x"},number:"1",issueDate:"2026-01-01",'
    'lines:[{description:"a",quantity:"1",unitPrice:"1",taxRate:"1"}]}'
)


def families(size: int) -> Iterator[tuple[str, str]]:
    """Name and text; ``size`` is about how many tokens each may have."""
    n = size
    yield "introspection", get_introspection_query()
    yield "one field many times", f"{{ viewer {{ {'id ' * n} }} }}"
    yield "aliases", f"{{ viewer {{ {' '.join(f'a{i}:id' for i in range(n // 3))} }} }}"
    yield "roots", f"{{ {' '.join(f'a{i}:viewer{{id}}' for i in range(n // 6))} }}"
    yield (
        "mutations",
        f"mutation {{ {' '.join(f'a{i}:issueInvoice(input:{INPUT}){{errors{{code}}}}' for i in range(n // 50))} }}",
    )
    yield "directives", f"{{ viewer {{ id {'@include(if:true)' * (n // 6)} }} }}"
    yield "unknown directives", f"{{ viewer {{ id {'@a' * (n // 2)} }} }}"
    yield "unknown fields", f"{{ viewer {{ {' '.join(f'nam{i}' for i in range(n))} }} }}"
    yield "unknown arguments", f"{{ viewer({' '.join(f'a{i}:1' for i in range(n // 3))}) {{ id }} }}"
    yield "operations", " ".join(f"query Q{i} {{ viewer {{ id }} }}" for i in range(n // 8))
    yield "fragments side by side", _beside(n // 12)
    yield "fragments doubling", _doubling(n // 16, "...F{0} ...F{0}")
    yield "fields doubling", _doubling(n // 24, "a: issuer {{ ...F{0} }} b: issuer {{ ...F{0} }}")
    yield (
        "a cycle of fragments",
        " ".join(f"fragment F{i} on Query {{ ...F{(i + 1) % 50} }}" for i in range(50)) + "{ ...F0 }",
    )
    yield (
        "a fragment within itself",
        "fragment F on Invoice { history { invoice { ...F ...F } } } { invoice(id: 1) { ...F } }",
    )
    yield "deep fields", f"{{ {'invoice(id:1) { history { ' * (n // 10)}id{'} }' * (n // 10)} }}"
    yield "deep lists", f"{{ node(id: {'[' * (n // 2)}{']' * (n // 2)}) {{ id }} }}"
    yield "deep types", f"query ($a: {'[' * (n // 2)}ID{']' * (n // 2)}) {{ viewer {{ id }} }}"
    yield "long list", f"{{ nodes(ids: [{'1 ' * n}]) {{ id }} }}"
    yield "variables", _variables(n // 12)
    yield "unused variables", f"query ({' '.join(f'$v{i}:ID' for i in range(n // 4))}) {{ viewer {{ id }} }}"
    yield "same arguments", f"{{ {'viewer { id } invoice(id: 1234567) { id } ' * (n // 14)} }}"
    yield "merging pairs", f"{{ {'invoice(id:1) { issuer { id name } } ' * (n // 13)} }}"
    yield "merging fragments", _merging(n // 40)
    yield "long text", '{ node(id: "' + "x" * 49_000 + '") { id } }'
    yield "long block text", '{ node(id: """' + "x " * 24_000 + '""") { id } }'
    yield "lines of a block text", '{ node(id: """' + "\n" * 48_000 + '""") { id } }'
    yield "comments", "#" * 49_000 + "\n{ viewer { id } }"
    yield "many comments", "#\n" * 24_000 + "{ viewer { id } }"
    yield "commas", "," * 49_000 + "{ viewer { id } }"
    yield "escapes", '{ node(id: "' + "\\u00e9" * 8_000 + '") { id } }'
    yield "number", f"{{ invoices(role: ISSUER, first: {'9' * 49_000}) {{ totalCount }} }}"


def mixtures(size: int, seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Made-up documents of fields, fragments and aliases that nest and repeat, from a seed."""
    dice = Random(seed)
    for number in range(count):
        names = [f"F{i}" for i in range(dice.randint(1, 40))]
        parts = [f"fragment {name} on Invoice {{ {_some(dice, names, 4)} }}" for name in names]
        text = f"{{ invoices(role: ISSUER) {{ nodes {{ {_some(dice, names, 6)} }} }} }} {' '.join(parts)}"
        yield f"mixture {seed}.{number}", text[: size * 5]


def _some(dice: Random, names: list[str], depth: int) -> str:
    found = []
    for _ in range(dice.randint(1, 8)):
        kind = dice.randint(0, 5) if depth else 0
        alias = dice.choice(["", "a: ", "b: "])
        if kind <= 1:
            found.append(f"{alias}{dice.choice(['id', 'number', 'series'])}")
        elif kind == 2:
            found.append(f"...{dice.choice(names)}")
        elif kind == 3:
            found.append(f"history {{ to invoice {{ {_some(dice, names, depth - 1)} }} }}")
        elif kind == 4:
            found.append(f"... on Invoice {{ {_some(dice, names, depth - 1)} }}")
        else:
            found.append(f"{alias}issuer {{ id name }}")
    return " ".join(found)


def _beside(count: int) -> str:
    spreads = " ".join(f"...F{i}" for i in range(count))
    return f"{{ viewer {{ {spreads} }} }} " + " ".join(f"fragment F{i} on Viewer {{ id name }}" for i in range(count))


def _doubling(count: int, body: str) -> str:
    fragments = " ".join(f"fragment F{i} on Invoice {{ {body.format(i + 1)} id }}" for i in range(count))
    return f"{{ invoice(id: 1) {{ ...F0 }} }} {fragments} fragment F{count} on Invoice {{ id }}"


def _variables(count: int) -> str:
    declared = " ".join(f"$v{i}: ID!" for i in range(count))
    return f"query ({declared}) {{ {' '.join(f'a{i}: node(id: $v{i}) {{ id }}' for i in range(count))} }}"


def _merging(count: int) -> str:
    body = "history { invoice { history { invoice { history { to at id } } } } }"
    return (
        f"{{ invoice(id: 1) {{ {' '.join(['...F'] * 20)} {f'{body} ' * count} }} }} fragment F on Invoice {{ {body} }}"
    )
