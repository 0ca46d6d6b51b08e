"""Encodings: what a file says of itself, and what would read a file that says nothing."""

import codecs
from pathlib import Path

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
WESTERN = ("cp1252", "mac_roman")
LETTERS = "äöüßÄÖÜàâæçèéêëîïôœùûÿñáíóúåøÅØÉÈÀÇÑìòõãœŒšžŠŽýÁÍÓÚ"
MARKING = "’‘“”„‚«»–—…€£§°©®™·•²³½\N{NO-BREAK SPACE}"
SAMPLE = 1 << 20


def encoding_of(file: Path) -> str:
    """Give the encoding that the file's byte order mark states, else UTF-8.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write("a".encode("utf-16")), file.flush()
    ...     encoding_of(Path(file.name))
    'utf-16'
    """
    with file.open("rb") as stream:
        start = stream.read(4)
    return next((name for mark, name in MARKS.items() if start.startswith(mark)), "utf-8")


def is_utf8(encoding: str) -> bool:
    """Say whether a name means UTF-8, with or without a mark.

    >>> [is_utf8(name) for name in ("UTF8", "utf_8_sig", "latin-1")]
    [True, True, False]
    """
    return encoding.lower().replace("_", "").replace("-", "") in ("utf8", "utf8sig")


def likely_encoding(content: bytes) -> str:
    """Name the encoding that would read these bytes: the one whose letters and quotation marks make words.

    >>> likely_encoding("Müller’s".encode("cp1252")), likely_encoding("Müller’s".encode("mac_roman"))
    ('cp1252', 'mac_roman')
    """
    if b"\0" in content:
        return "utf-16-le" if content[1::2].count(0) >= content[::2].count(0) else "utf-16-be"
    readings = {name: _sense(content.decode(name, errors="replace")) for name in WESTERN}
    best = max(WESTERN, key=lambda name: readings[name])
    if readings[best] > 0.8:
        return best
    from charset_normalizer import from_bytes

    guess = from_bytes(content).best()
    return guess.encoding if guess is not None else best


def _sense(decoded: str) -> float:
    """Share of the signs beyond ASCII that are letters within words, or marks as typesetters use them."""
    odd = [(place, sign) for place, sign in enumerate(decoded) if sign > "\x7f"]
    if not odd:
        return 0.0
    return sum(_fits(decoded, place, sign) for place, sign in odd) / len(odd)


def _fits(decoded: str, place: int, sign: str) -> bool:
    before, after = decoded[place - 1 : place], decoded[place + 1 : place + 2]
    if sign in LETTERS:
        # a capital between small letters is another sign misread; a word of such letters only is of another alphabet
        return not (before > "\x7f" and after > "\x7f") and not (sign.isupper() and before.islower())
    return sign in MARKING and not (sign in "·•™©®°" and before.isalpha() and after.isalpha())


def undecoded_sample(file: Path) -> bytes:
    """Take the lines with bytes beyond ASCII, from as much of the file as shows its habits."""
    taken, size = list[bytes](), 0
    with file.open("rb") as stream:
        start = stream.read(SAMPLE)
        if b"\0" in start:
            return start[: SAMPLE // 2 * 2]
        stream.seek(0)
        for line in stream:
            if not line.isascii():
                taken.append(line[:2000])
                size += len(taken[-1])
            if size > SAMPLE // 8:
                break
    return b"".join(taken)
