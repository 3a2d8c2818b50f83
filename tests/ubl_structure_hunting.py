"""Where our verdict on the structure of UBL differs from the official schema's, or our words from it."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from random import Random

from lxml import etree

from tramesa.documents.ubl.structure import check_structure
from tramesa.tests.test_ubl_structure import official, trimmed, walked
from tramesa.tests.ubl_broken import broken
from tramesa.tests.ubl_mutants import ubl_samples


def main() -> None:
    """Print each document that is judged otherwise, and how many there were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutants", type=int, default=10_000)
    wanted = parser.parse_args()
    documents = broken(Random(wanted.seed), [path.read_bytes() for path in ubl_samples()])
    counts: Counter[str] = Counter()
    for number, root in zip(range(wanted.mutants), documents, strict=False):
        verdict = official(etree.QName(root).localname).validate(trimmed(root))
        counts["good" if verdict else "broken"] += 1
        if verdict is not (check_structure(root) == ()):
            counts["other verdict"] += 1
            sys.stdout.write(f"mutant {number}: the schema says {verdict}\n{etree.tostring(root).decode()}\n")
        elif verdict is not walked(root):
            counts["without words"] += 1
            sys.stdout.write(f"mutant {number}: the schema says {verdict}, our words alone do not\n")
    sys.stdout.write(f"{wanted.mutants} mutants of seed {wanted.seed}: {dict(counts)}\n")


if __name__ == "__main__":
    main()
