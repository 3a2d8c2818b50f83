"""Taking the envelope off a document: the Standard Business Document Header (SBDH) that networks put around it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any, Final
from xml.parsers import expat

from ..models.domain.findings import Finding

SBDH: Final = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
_ENVELOPE: Final = f"{{{SBDH}}}StandardBusinessDocument"
_HEADER: Final = f"{{{SBDH}}}StandardBusinessDocumentHeader"
_PLACE: Final = "/StandardBusinessDocument"
_MAX_NAMESPACES: Final = 50
"""The whole document is looked through for each."""

_PIECE: Final = 1 << 20
_PREFIX = re.compile(rb"""[<\s/"']([^<>\s/"'=&:]+):""")
_ELEMENT_NAME = re.compile(rb"<[^\s/>]+")


def is_envelope(root: Any) -> bool:
    """Whether the root element is an envelope around something else."""
    return bool(root.tag == _ENVELOPE)


def unwrap(text: bytes, root: Any) -> bytes | Finding:
    """The one business document inside the envelope, as a document in UTF-8 of its own on the same lines.

    ``text`` is the whole file in UTF-8, well-formed and without DTD, and ``root`` what it parses to. The document is
    cut out as it stands, so that a signature made before it was put in the envelope still holds; prefixes that it takes
    from the envelope are declared on it. The envelope's own namespace is not, where it is the default one: senders who
    put a Facturae, whose children have no namespace, in such an envelope do not mean to change what it says.
    """
    children = list(root.iterchildren("*"))
    documents = [child for child in children if child.tag != _HEADER]
    if len(documents) != 1:
        return _not_one(documents, int(root.sourceline))
    if len(root.nsmap) > _MAX_NAMESPACES:
        return _unopened(root, "it declares too many namespaces")
    try:
        cut = _Cut(text, children.index(documents[0]))
    except expat.ExpatError as error:
        return _unopened(root, str(error))
    document = text[cut.start : cut.end]
    name = _ELEMENT_NAME.match(document)
    assert name is not None
    return b"".join(
        [
            b"\n" * text.count(b"\n", 0, cut.start),
            name.group(),
            _borrowed(root.nsmap, cut.attributes, document),
            document[name.end() :],
        ]
    )


class _Cut:
    """From where to where one child of the root element stands, in bytes, and the attributes of its start tag."""

    def __init__(self, text: bytes, child: int) -> None:
        self.start = self.end = 0
        self.attributes: Mapping[str, str] = {}
        self._child = child
        self._depth = 0
        self._parser = expat.ParserCreate("UTF-8")
        self._parser.StartElementHandler = self._opens
        self._parser.EndElementHandler = self._closes
        self._parser.Parse(text, True)

    def _opens(self, _: str, attributes: dict[str, str]) -> None:
        if self._depth == 1:
            if self._child == 0:
                self.start, self.attributes = self._parser.CurrentByteIndex, attributes
            self._child -= 1
        self._depth += 1

    def _closes(self, _: str) -> None:
        self._depth -= 1
        if self._depth == 1 and self._child == -1 and not self.end:
            # It ends where the next thing begins, whatever that is.
            self._parser.DefaultHandler = self._ends
        elif self._depth == 0 and not self.end:
            self._ends()

    def _ends(self, _: str = "") -> None:
        self.end = self._parser.CurrentByteIndex
        self._parser.DefaultHandler = None
        self._parser.StartElementHandler = self._parser.EndElementHandler = None


def _borrowed(namespaces: Mapping[str | None, str], attributes: Mapping[str, str], document: bytes) -> bytes:
    """Declarations of the envelope that the document needs, to be written after the name of its root element."""
    written = []
    used = _prefixes(document, max(len((prefix or "").encode()) for prefix in (*namespaces, "")))
    for prefix, uri in namespaces.items():
        name = f"xmlns:{prefix}" if prefix else "xmlns"
        needed = prefix.encode() in used if prefix else uri != SBDH
        if needed and name not in attributes:
            written.append(f' {name}="{html.escape(uri)}"')
    return "".join(written).encode()


def _prefixes(document: bytes, longest: int) -> set[bytes]:
    """What stands before a colon as a prefix may, in a name or in a value, of at most so many bytes."""
    found: set[bytes] = set()
    for start in range(0, len(document), _PIECE):
        # The next piece begins within this one, so that none is cut in two.
        found.update(_PREFIX.findall(document, start, start + _PIECE + longest + 2))
    return {prefix for prefix in found if len(prefix) <= longest}


def _not_one(documents: list[Any], line: int) -> Finding:
    if not documents:
        return Finding(rule="TR0001", message="The envelope has no document inside.", location=_PLACE, line=line)
    message = "The envelope has more than one document inside."
    second = int(documents[1].sourceline)
    found = str(len(documents))
    return Finding(rule="TR0001", message=message, location=_PLACE, line=second, expected="1", found=found)


def _unopened(root: Any, why: str) -> Finding:
    message = "The envelope around the document cannot be opened."
    return Finding(rule="HF01", message=message, location=_PLACE, line=int(root.sourceline), found=why)
