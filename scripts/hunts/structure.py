"""``scripts/hunt-structure``: mutants of Facturae documents, checked by our grammar and by the official schemas."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import click
from lxml import etree

from tramesa.documents.grammar.checking import check_structure
from tramesa.tests.facturae_files import NAMESPACES, NO_SAMPLES
from tramesa.tests.facturae_mutants import XSD, Author, mutant, official, samples

KEPT = Path(__file__).resolve().parents[2] / "var" / "hunts"
SEEDS_MADE_UP = 50


@click.command()
@click.option("--seed", default="1", show_default=True, help="What the random choices follow from: any text.")
@click.option("--count", default=10_000, show_default=True, help="How many mutants of each version.")
@click.option("--version", "versions", multiple=True, type=click.Choice(sorted(NAMESPACES)), help="Default: all.")
def main(seed: str, count: int, versions: tuple[str, ...]) -> None:
    """Look for documents on which our grammar and the official schemas of Facturae disagree.

    Mutants of published and of made-up documents, one to three changes each. Every document on which the two disagree,
    or for which our words fail, is written to var/hunts; the exit status is 1 where there is one. The schemas and the
    published documents are not part of the repository.
    """
    if not XSD.exists():
        raise click.ClickException(NO_SAMPLES)
    found = sum(_hunt(seed, count, version) for version in versions or sorted(NAMESPACES))
    raise SystemExit(1 if found else 0)


def _hunt(seed: str, count: int, version: str) -> int:
    rng = Random(f"{seed} {version}")  # noqa: S311 - repeatable on purpose
    seeds = _seeds(rng, version)
    verdicts: Counter[str] = Counter()
    for number in range(count):
        root = mutant(rng, rng.choice(seeds), version)
        verdict = _verdict(root, version)
        verdicts[verdict] += 1
        if verdict not in {"accepted", "refused"}:
            _keep(root, f"{version}-{seed}-{number}-{verdict}.xml")
    click.echo(f"Facturae {version}: " + ", ".join(f"{n} {verdict}" for verdict, n in sorted(verdicts.items())))
    return count - verdicts["accepted"] - verdicts["refused"]


def _seeds(rng: Random, version: str) -> list[Any]:
    roots = [etree.fromstring(data) for data in samples(version)]
    roots += [Author(rng, version).document() for _ in range(SEEDS_MADE_UP)]
    return [root for root in roots if official(version).validate(root)]


def _verdict(root: Any, version: str) -> str:
    findings = check_structure(root, version, NAMESPACES[version])
    if official(version).validate(root):
        return "refused-by-us-alone" if findings else "accepted"
    if not findings:
        return "accepted-by-us-alone"
    return "without-words" if any(finding.location is None for finding in findings) else "refused"


def _keep(root: Any, name: str) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / name).write_bytes(etree.tostring(root))
    click.echo(f"var/hunts/{name}")


if __name__ == "__main__":
    main()
