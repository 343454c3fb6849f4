"""Sentences that cannot be understood without the one before them."""

from __future__ import annotations

import re

_TIME = r"(?:year|month|week|spring|summer|autumn|fall|winter|decade|century|time|morning|afternoon)"
_LEANS = re.compile(
    r"^[\"“‘(]*(?:(?:However|But|And|Yet|So|Thus|Moreover|Furthermore|In addition|Additionally|Nevertheless|Also|Still|Indeed|Instead|"
    r"Meanwhile|Therefore|Consequently|For example|For instance|In contrast|In this context|Similarly|Rather|Then|Later|Afterwards)[,\s]+)?"
    r"(?:He|She|They|His|Her|Their|Its|These|Those|Such|Both|The latter|The former|The two sides|"
    rf"It(?!\s+(?:is|was|remains|seems|appears)\s+(?:also\s+|thus\s+|therefore\s+|still\s+)?(?:\w+\s+)?(?:to|that|whether|clear|unclear|likely|possible|important|imperative|essential|in)\b)|"
    rf"This(?!\s+{_TIME})|That(?!\s+{_TIME})|"
    r"The (?:trip|move|meeting|visit|decision|group|team|project team|statement|joint statement|report|law|bill|deal|agreement|idea|plan|same|result|author|company|man|woman|event|attack|program|project))\b"
)
_CONNECTIVE = re.compile(
    r"^(?:For example|For instance|In contrast|Instead|Otherwise|Likewise|Similarly|As a result|That is|In other words|In this context|Similar to)\b"
)


def leans(sentence: str) -> bool:
    """Whether a sentence cannot be understood without the one before it."""
    return bool(_LEANS.match(sentence) or _CONNECTIVE.match(sentence))
