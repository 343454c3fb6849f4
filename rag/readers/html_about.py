"""What a web page says about itself: in its head, in JSON-LD, and beside its main heading."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from rag.readers.about import Notes, letters, word_count
from rag.readers.parsed import one_line
from rag.types import About

Element = Any

_DATES = ("article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dcterms.date", "dcterms.issued")
_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator")
_LONGEST = 500
_HOME = re.compile(r"(?:https?://[^/]+)?/?$")
# Parts of a page with things of their own: other articles, comments.
_APART = ("article", "aside", "footer", "nav", "li", "form")
_SHOWN = ".//text()[not(parent::script or parent::style or parent::template or parent::noscript)]"
_BETWEEN = re.compile(r"\s+[-–—|·»«:]+\s+|\s*\|\s*")


def about_page(root: Element) -> About:
    """Title, authors, publisher, date and address of a page, where its marks agree with what it shows."""
    about, metas = Notes(), _metas(root)
    article = _article(root)
    site = (metas.get("og:site_name") or [""])[0]
    about.add("publisher", "the page's og:site_name", site)
    about.add("publisher", "the page's JSON-LD", *_names(article.get("publisher"), people=False)[:1])
    body = root.find(".//body")
    shown = letters(" ".join(body.xpath(_SHOWN))) if body is not None else ""
    main, every = _heads(root), [head for head in root.iter("h1") if head.text_content().strip()]
    heads = [one_line(head.text_content()) for head in main]
    site = site or next((one_line(head.text_content()) for head in every if head not in main), "")
    for where, title in (
        ("the page's og:title", (metas.get("og:title") or [""])[0]),
        ("the page's JSON-LD", article.get("headline")),
        ("the page's <title>", one_line(root.findtext(".//head/title") or "")),
    ):
        about.add("title", where, _title(title[:_LONGEST], heads, site, shown) if isinstance(title, str) else None)
    heads = [head for head in heads if letters(head) != letters(site)]
    if len(set(map(letters, heads))) == 1 and word_count(heads[0]) > 1:
        about.add("title", "the page's main heading", heads[0])
    for name in _AUTHORS:
        about.add("authors", f"the page's meta {name}", *(one for one in metas.get(name, []) if _is_shown(one, shown)))
    about.add("authors", "the page's JSON-LD", *(one for one in _names(article.get("author")) if _is_shown(one, shown)))
    by_line = (one for one in _beside(root, "a", "rel", "author") if _is_shown(one, shown))
    about.add("authors", "the by-line beside the heading", *by_line)
    for name in _DATES:
        if len(set(metas.get(name, []))) == 1:
            about.add_date(f"the page's {name}", metas[name][0])
    about.add_date("the page's JSON-LD", article.get("datePublished"))
    for value in _beside(root, "time", "datetime"):
        about.add_date("the time beside the heading", value)
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and re.match(r"https?://\S+$", link.get("href") or ""):
            about.add("url", "the page's canonical link", link.get("href"))
    return about


def _heads(root: Element) -> list[Element]:
    """The page's main headings; one that leads to the site's first page is the site's name."""
    found = (head for head in root.iter("h1") if letters(head.text_content()))
    return [head for head in found if not any(_HOME.match(link.get("href") or "") for link in head.iter("a"))]


def _metas(root: Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        if content := (meta.get("content") or "").strip():
            found.setdefault(name, []).append(content)
    return found


def _title(title: str, heads: list[str], site: str, shown: str) -> str | None:
    """A title as the page shows it: the part that is a heading, else all but the site's name."""
    parts = sorted((title, *_BETWEEN.split(title)), key=len, reverse=True)
    for part in parts:
        if letters(part) != letters(site) and word_count(part) and letters(part) in map(letters, heads):
            return part if len(part) * 2 >= len(title) else None
    kept = [part for part in _BETWEEN.split(title) if letters(part) != letters(site)]
    whole = title if len(kept) == len(_BETWEEN.split(title)) else kept[0] if len(kept) == 1 else ""
    return whole if word_count(whole) > 1 and letters(whole) in shown else None


def _is_shown(name: str, shown: str) -> bool:
    return not re.search(r"[/@]", name) and word_count(name) > 1 and letters(name) in shown


def _beside(root: Element, tag: str, key: str, wanted: str | None = None) -> list[str]:
    """What the elements of a kind say in the smallest part around the page's one main heading that has one; they agree."""
    heads = _heads(root)
    for region in heads[0].iterancestors() if len(heads) == 1 else ():
        if region.tag in ("body", "html"):
            break
        found = [one for one in region.iter(tag) if one.get(key) and wanted in (None, one.get(key)) and not _apart(one, region)]
        values = {one_line(one.text_content()) if wanted else one.get(key)[:10] for one in found}
        if values or region.tag in ("article", "main"):
            return list(values) if len(values) == 1 else []
    return []


def _apart(element: Element, region: Element) -> bool:
    for around in element.iterancestors():
        if around is region:
            return False
        if around.tag in _APART:
            return True
    return True


def _article(root: Element) -> dict[str, Any]:
    """The one thing with a headline that the page's JSON-LD describes; with several, none is sure to be the page."""
    found: list[dict[str, Any]] = []
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            try:
                found += _objects(json.loads(script.text or ""), 0)
            except (ValueError, RecursionError):
                continue
    articles = [one for one in found if isinstance(one.get("headline"), str)]
    named = {one["@id"]: one for one in found if isinstance(one.get("@id"), str) and one.get("name")}
    if len({one["headline"] for one in articles}) != 1:
        return {}
    return {key: _resolved(value, named) for key, value in articles[0].items()}


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and depth < 4:
        yield value
    inner = value.get("@graph") if isinstance(value, dict) else value
    for one in inner if isinstance(inner, list) and depth < 4 else ():
        yield from _objects(one, depth + 1)


def _resolved(value: Any, named: dict[str, dict[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_resolved(one, named) for one in value]
    return named.get(str(value.get("@id")), value) if isinstance(value, dict) and "name" not in value else value


def _names(value: Any, *, people: bool = True) -> list[str]:
    """The names of persons (or bodies) in JSON-LD; one without a type may be either."""
    each = value if isinstance(value, list) else [value]
    wanted = (None, "Person") if people else (None, "Organization", "NewsMediaOrganization")
    named = (one.get("name") for one in each if isinstance(one, dict) and one.get("@type") in wanted)
    return [name for name in (*named, *(one for one in each if isinstance(one, str))) if isinstance(name, str)]
