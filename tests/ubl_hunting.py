"""Where our rules of EN 16931 and the official ones differ: ``scripts/hunt-en16931 --seed 1 --mutants 20000``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from random import Random
from typing import Any

from lxml import etree

from tramesa.documents.report import Report
from tramesa.documents.ubl.en16931 import official_findings
from tramesa.documents.ubl.reading import extract
from tramesa.documents.ubl.rules import OWN_RULES, own_findings
from tramesa.documents.ubl.rules_plain import is_plain
from tramesa.models.domain.findings import Severity
from tramesa.tests.ubl_mutants import mutants, ubl_samples


def verdicts(root: Any) -> tuple[set[str], set[str]] | None:
    """The ids that ours and the official rules find broken, of those that both have; None where Saxon gives up.

    Ours are asked as at the door, by way of what is plain, and one after the other: both must find the same.
    """
    official = official_findings(root)
    if official is None:
        return None
    theirs = {finding.rule for finding in official if finding.severity is Severity.ERROR}
    plain = extract(root, Report(), None, plain=True) if is_plain(root) else None
    ours, each = own_findings(root, plain), own_findings(root)
    return {
        finding.rule if ours == each else f"{finding.rule} as plain" for finding in (*ours, *each)
    }, theirs & OWN_RULES


def main() -> None:
    """Print each difference once, the document of the first beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutants", type=int, default=5000)
    parser.add_argument("--show", help="print the first document that differs in this rule")
    wanted = parser.parse_args()
    found = mutants(Random(wanted.seed), [path.read_bytes() for path in ubl_samples()])
    differences: Counter[str] = Counter()
    unanswered = 0
    for number, root in zip(range(wanted.mutants), found, strict=False):
        both = verdicts(root)
        if both is None:
            unanswered += 1
            continue
        ours, theirs = both
        for rule in ours ^ theirs:
            who = "ours only" if rule in ours else "official only"
            if wanted.show == rule and not differences[f"{rule} {who}"]:
                sys.stdout.write(etree.tostring(root).decode())
            if not differences[f"{rule} {who}"]:
                sys.stdout.write(f"mutant {number}: {rule} {who}\n")
            differences[f"{rule} {who}"] += 1
    sys.stdout.write(
        f"{wanted.mutants} mutants, {unanswered} that Saxon cannot run, differences: {dict(differences)}\n"
    )


if __name__ == "__main__":
    main()
