"""A room that is open: what it holds, and where each thing lies."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

IGNORED = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
LOCKS = ("~$", "._")
"""What office tools and operating systems leave beside files."""

Lay = Callable[[str, Path, int | None], None]


@dataclass(frozen=True)
class Place:
    """An open room: files in a folder, or tables that are laid down as files when they are asked for.

    Attributes
    ----------
    shown
        How lines name the room.
    folder
        Where its files lie; for a database, where tables are laid down.
    largest
        Size in bytes above which a text file is not read.
    tables
        Tables of a database, ``schema.table``, with their rows or bytes; None for files.
    lay
        Writes the rows of a table (all, or the first) into a file.
    views
        Views of a stranger's database file: programs, which are not run.
    """

    shown: str
    folder: Path
    largest: int
    tables: dict[str, int] | None = None
    lay: Lay | None = None
    suffix: str = ".csv"
    by_label: dict[str, Path] = field(default_factory=dict)
    views: tuple[str, ...] = ()

    def labels(self) -> list[str]:
        """Name every file (or table) of the room, in order."""
        return list(self.tables) if self.tables is not None else list(self.by_label)

    def find(self, named: str) -> str | None:
        """Give the label that a deal file's ``file`` means: of a table the schema may be left out where that leaves no doubt."""
        if self.tables is None:
            return named if named in self.by_label else None
        if named in self.tables:
            return named
        found = [label for label in self.tables if label.partition(".")[2] == named]
        public = [label for label in found if label.partition(".")[0] in ("public", "main")]
        return (public or found)[0] if len(public or found) == 1 else None

    def path(self, label: str) -> Path:
        """Say where the file lies; that of a table may have to be laid down first."""
        if self.tables is None:
            return self.by_label[label]
        return self.folder / f"{list(self.tables).index(label)}{self.suffix}"


def files_of(folder: Path) -> dict[str, Path]:
    """List the files under a folder by their label; what a link takes from elsewhere is not of the room.

    >>> files_of(Path("no such folder"))
    {}
    """
    root = folder.resolve()
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {label: path for label, path in found.items() if is_of_the_room(label) and path.resolve().is_relative_to(root)}


def is_of_the_room(label: str) -> bool:
    """Say whether a file is the target's, and not what an operating system or an open office program left there.

    >>> [is_of_the_room(label) for label in ("sales.csv", "__MACOSX/._sales.csv", "~$sales.xlsx")]
    [True, False, False]
    """
    parts = label.split("/")
    return not any(part in IGNORED for part in parts) and not parts[-1].startswith(LOCKS)
