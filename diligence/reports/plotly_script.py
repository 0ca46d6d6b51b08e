"""The figures' script, once in a page: plotly's own, compressed, unpacked by the reader's browser, allowed by its hash.

The page carries no link to anywhere. A content security policy names the hash of every script in it, the unpacked one too, and
forbids all else, so that a hostile name from a data room cannot become a script or a request.
"""

import base64
import gzip
import hashlib
from collections.abc import Iterable
from functools import lru_cache

from plotly.offline import get_plotlyjs


@lru_cache(maxsize=1)
def source() -> str:
    """Give plotly's script as the page will run it.

    Examples
    --------
    >>> "Plotly" in source()
    True
    """
    return str(get_plotlyjs()).replace("\r\n", "\n")


@lru_cache(maxsize=1)
def packed() -> str:
    """Give plotly's script compressed by gzip, without a time, in base64.

    Examples
    --------
    >>> gzip.decompress(base64.b64decode(packed())).decode() == source()
    True
    """
    return base64.b64encode(gzip.compress(source().encode(), compresslevel=9, mtime=0)).decode("ascii")


def csp_hash(script: str) -> str:
    """Give the hash by which a content security policy names a script.

    Examples
    --------
    >>> csp_hash("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode('ascii')}'"


@lru_cache(maxsize=1)
def _source_hash() -> str:
    return csp_hash(source())


def content_security_policy(scripts: Iterable[str], *, figures: bool = True) -> str:
    """Give the policy of a page that runs these inline scripts, plotly's among them where it has figures, and loads nothing.

    Examples
    --------
    >>> content_security_policy([], figures=False).split(";")[0]
    "default-src 'none'"
    """
    hashes = [csp_hash(script) for script in scripts] + ([_source_hash()] if figures else [])
    allowed = " ".join(dict.fromkeys(hashes)) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "connect-src 'none'; font-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'"
    )
