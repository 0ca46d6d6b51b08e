"""From a number in a sentence to the fact behind it: anchors, and the links in the text."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

from diligence.reports import formats

_SAFE = re.compile(r"[A-Za-z0-9_.\-]+")
_PARTS = ("value", "low", "high", "tie_low", "tie_high", "numerator", "denominator", "n")


def anchor(key: str) -> str:
    """Give the id of a fact's evidence in the page.

    Examples
    --------
    >>> anchor("nrr.fy24")
    'fact-nrr.fy24'
    """
    if _SAFE.fullmatch(key):
        return f"fact-{key}"
    tail = hashlib.sha256(key.encode()).hexdigest()[:8]
    return f"fact-{re.sub(r'[^A-Za-z0-9_.-]+', '-', key).strip('-')[:60]}-{tail}"


def linked(text: str, keys: Iterable[str], facts: Mapping[str, Mapping[str, Any]], *, currency: str = "EUR") -> Markup:
    """Give a sentence in which every number of the facts that it names is a link to the evidence.

    A number is known by its text: the fact's value, bounds, numerator, denominator or n as `formats` writes them. A fact whose
    number is not in the text is linked by a mark at the end, so that none is out of reach.

    Parameters
    ----------
    text
        The sentence, not trusted.
    keys
        The facts that it names.
    facts
        Every fact of the page by its key.
    currency
        The currency of the target.

    Returns
    -------
    markupsafe.Markup
        Escaped text with links.

    Examples
    --------
    >>> str(linked("NRR is 104%.", ["nrr"], {"nrr": {"value": 1.04, "format": "percent", "label": "NRR"}}))
    'NRR is <a class="evidence" href="#fact-nrr" title="NRR">104%</a>.'
    """
    known = [key for key in dict.fromkeys(keys) if key in facts]
    taken: list[tuple[int, int, str]] = []
    unseen: list[str] = []
    for key in known:
        found = False
        for words in _spellings(facts[key], currency):
            for span in _places(text, words):
                if all(span[1] <= start or span[0] >= end for start, end, _ in taken):
                    taken.append((*span, key))
                    found = True
        if not found:
            unseen.append(key)
    return _woven(text, sorted(taken), facts) + Markup("").join(_mark(key, facts[key]) for key in unseen)


def _spellings(fact: Mapping[str, Any], currency: str) -> list[str]:
    """Give the texts under which a fact's numbers may stand in a sentence, the value's own first, longer before shorter."""
    own = fact.get("format") or "number"
    family = _family(own)
    words: list[str] = []
    for part in _PARTS:
        value = fact.get(part)
        if formats.missing(value) or isinstance(value, (str, bool)):
            continue
        codes = family if part not in {"numerator", "denominator", "n"} else ("money", "money_m", "count") if part != "n" else ("count",)
        # a sentence may say the size of a loss without its sign: "churn took 1.3m"
        spelt = [
            formats.as_text(size, code, currency=currency, signed=signed)
            for size in (value, abs(float(value or 0)))
            for code in codes
            for signed in (True, False)
        ]
        words += sorted(dict.fromkeys(spelt), key=len, reverse=True)
    return [word for word in dict.fromkeys(words) if len(word) > 1 or word.isdigit()]


def _family(code: str) -> tuple[str, ...]:
    """Give the formats in which a sentence may write a number of this format."""
    if code.startswith("money"):
        return (code, "money", "money_m", "money_full")
    if code.startswith("percent"):
        return (code, "percent1", "percent")
    return (code,) if formats.is_numeric(code) else ("number",)


def _places(text: str, words: str) -> list[tuple[int, int]]:
    """Give where the words stand alone in a text, not inside a longer number."""
    pattern = rf"(?<![\w.,+{formats.MINUS}€£$]){re.escape(words)}(?![\w%]|[.,]\d)"
    return [match.span() for match in re.finditer(pattern, text)]


def _woven(text: str, taken: list[tuple[int, int, str]], facts: Mapping[str, Mapping[str, Any]]) -> Markup:
    """Give the text with its links, everything else escaped."""
    woven, done = Markup(""), 0
    for start, end, key in taken:
        woven += escape(text[done:start]) + _link(key, facts[key], text[start:end])
        done = end
    return woven + escape(text[done:])


def _link(key: str, fact: Mapping[str, Any], words: str) -> Markup:
    return Markup('<a class="evidence" href="#{}" title="{}">{}</a>').format(anchor(key), fact.get("label") or key, words)


def _mark(key: str, fact: Mapping[str, Any]) -> Markup:
    name = fact.get("label") or key
    return Markup('<a class="evidence mark" href="#{}" title="{}" aria-label="Evidence: {}">evidence</a>').format(anchor(key), name, name)
