"""``scripts/hunt-costs``: which documents cost the most CPU before they are refused or ready to run."""

from __future__ import annotations

import time
from itertools import chain

import click

from tramesa.graphql.engine.execution import Engine, Ready, Request
from tramesa.graphql.engine.shape import MAX_TOKENS
from tramesa.graphql.schema import build_schema
from tramesa.tests.costly_documents import families, mixtures


@click.command()
@click.option("--seed", default=1, show_default=True)
@click.option("--count", default=2_000, show_default=True, help="Made-up documents, beside the families.")
@click.option("--worst", default=15, show_default=True, help="How many to show.")
def main(seed: int, count: int, worst: int) -> None:
    """CPU milliseconds of the worst documents, each the best of three."""
    schema = build_schema()
    found = []
    for name, text in chain(families(MAX_TOKENS - 20), families(MAX_TOKENS // 2), mixtures(MAX_TOKENS, seed, count)):
        seconds, outcome = min(_measured(schema, text) for _ in range(3))
        found.append((seconds * 1000, name, len(text), outcome))
    for milliseconds, name, length, outcome in sorted(found, reverse=True)[:worst]:
        click.echo(f"{milliseconds:7.1f} ms  {length:6d} characters  {name}: {outcome}")


def _measured(schema: object, text: str) -> tuple[float, str]:
    engine = Engine(schema)  # type: ignore[arg-type]
    before = time.process_time()
    ready = engine.ready(Request(text))
    spent = time.process_time() - before
    return spent, "ready" if isinstance(ready, Ready) else ready["errors"][0]["message"][:70]


if __name__ == "__main__":
    main()
