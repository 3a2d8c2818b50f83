"""The daily digest: what happened since the last one, a line each."""

from __future__ import annotations

import orjson

from .view import BuildView, Facts, Item, View, needed, page
from .words import Words

MOST_ITEMS = 200


def digest_view(views: dict[str, BuildView], words: Words, facts: Facts, public_url: str) -> View:
    """A line for each item, the subject that its own mail would have, which leads where that mail would.

    ``facts["items"]`` is JSON: a list of ``{"kind", "facts"}``, oldest first.
    """
    told = orjson.loads(needed(facts, "items"))
    shown = [views[item["kind"]](words, item["facts"], public_url) for item in told[:MOST_ITEMS]]
    notice = words.notices["DIGEST"]
    more = len(told) - len(shown)
    return View(
        words=words,
        subject=notice.subject.format(count=len(told)),
        heading=notice.heading.format(count=len(told)),
        sentence=notice.sentence,
        rows=[],
        items=[Item(view.subject, view.link) for view in shown],
        more=words.closing.more.format(count=more) if more else "",
        link=page(public_url),
        link_text=words.closing.open_all,
        footer=words.closing.footer,
    )
