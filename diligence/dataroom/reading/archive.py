"""A room that comes as a zip: unpacked aside, after its directory has been looked at, and never beyond what that promised."""

import stat
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from diligence.dataroom.reading.place import is_of_the_room
from diligence.errors import InputError, Problem

ENTRIES, UNPACKED, RATIO, HARMLESS = 20_000, 20 << 30, 250, 16 << 20
"""Limits: files, bytes in all, and bytes unpacked for each byte packed where a file unpacks to more than is harmless."""
TEXTS = (".csv", ".tsv", ".txt", ".dat", ".jsonl", ".ndjson")
CHUNK = 1 << 20


def unpack(file: Path, folder: Path, largest: int) -> Path:
    """Unpack a zip into ``folder`` and give the folder of the room: a single folder that holds everything is the room itself.

    Raises
    ------
    InputError
        The zip is broken, locked or a bomb, or an entry would leave the folder; all such entries at once.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            entries = [(entry, _label(entry)) for entry in packed.infolist() if not entry.is_dir()]
            entries = [(entry, label) for entry, label in entries if is_of_the_room(label)]
            problems = list(_faults(file, entries, largest))
            if problems:
                raise InputError(problems)
            for entry, label in entries:
                _write(packed, entry, folder / label)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        told = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(
            Problem("a zip that unpacks", told.replace(str(folder), "the room"), "ask for the archive again", file.name)
        ) from None
    tops = {label.split("/")[0] for _, label in entries}
    return folder / tops.pop() if len(tops) == 1 and all("/" in label for _, label in entries) else folder


def _label(entry: zipfile.ZipInfo) -> str:
    """Give the entry's name; older tools on Unix write UTF-8 without saying so."""
    named = entry.orig_filename
    if not entry.flag_bits & 0x800:
        with suppress(UnicodeError):
            named = named.encode("cp437").decode("utf-8")
    return named.replace("\\", "/")


def _faults(file: Path, entries: list[tuple[zipfile.ZipInfo, str]], largest: int) -> Iterator[Problem]:
    where, total = file.name, sum(entry.file_size for entry, _ in entries)
    if len(entries) > ENTRIES:
        yield Problem(f"at most {ENTRIES:,} files", f"{len(entries):,}", "pack only what is asked for", where)
    if total > UNPACKED:
        yield Problem(f"at most {_size(UNPACKED)} unpacked", _size(total), "pack only what is asked for", where)
    seen = set[str]()
    for entry, label in entries:
        place = f"{where}/{label}"
        if entry.flag_bits & 0x1:
            yield Problem("a zip without a password", "an encrypted file", "unpack it with its password into a folder", place)
        if label.startswith("/") or ".." in PurePosixPath(label).parts or ":" in label.split("/")[0] or "\0" in label:
            yield Problem("a path inside the room", "one that leaves it", "ask for the archive again; unpack nothing of this one", place)
        if stat.S_ISLNK(entry.external_attr >> 16):
            yield Problem("a file", "a link", "pack the file that it points to", place)
        if entry.file_size > HARMLESS and entry.file_size > RATIO * max(entry.compress_size, 1):
            do = "ask what this is; no export packs that tightly"
            yield Problem(f"a file packed at most {RATIO} to 1", f"{entry.file_size // max(entry.compress_size, 1):,} to 1", do, place)
        elif entry.file_size > largest and label.lower().endswith(TEXTS):
            yield too_large(place, entry.file_size, largest)
        if label.casefold() in seen:
            yield Problem("each name once in the zip", "it stands twice", "pack the files again under different names", place)
        seen.add(label.casefold())


def too_large(where: str, size: int, largest: int) -> Problem:
    """Say that a text file is larger than the deal file allows.

    >>> too_large("sales.csv", 2 << 30, 1 << 30).got
    '2.0 GB'
    """
    do = "ask for the tables that are needed, or as Parquet; or raise room.largest_file"
    return Problem(f"a file of at most {_size(largest)}", _size(size), do, where, key="room.largest_file")


def _size(size: int) -> str:
    return f"{size / (1 << 30):.1f} GB" if size >= 1 << 30 else f"{size / (1 << 20):.1f} MB"


def _write(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    """What comes out is counted: the directory of a hostile zip need not tell the truth."""
    target.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with packed.open(entry) as read, target.open("xb") as write:
        while chunk := read.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise zipfile.BadZipFile("it unpacks to more than its directory says")
            write.write(chunk)
