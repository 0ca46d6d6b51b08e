"""A room that is a PostgreSQL database: a server of its own is started, filled, read, and cannot be written to by us."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tiny import line, lines_of, monthly, write_deal

from diligence.dataroom.reading import grid, items, open_place
from diligence.dataroom.room import open_room
from diligence.deal import load_deal
from diligence.errors import InputError
from diligence.runner.keys import inputs

PLACES = [*(str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), os.environ.get("PATH", "")]
INITDB, SERVER = (shutil.which(program, path=os.pathsep.join(PLACES)) for program in ("initdb", "postgres"))
pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(INITDB is None or SERVER is None, reason="no PostgreSQL server: initdb and postgres are not installed"),
]
ROWS = [*monthly("a", "2025-01", "2026-06", "10.25", product_id="p"), line('O\'Neil "x"', "2026-02-28", "-3", product_id="")]
LISTED = [{"customer_id": "a", "name": "Alpha, Ltd"}, {"customer_id": 'O\'Neil "x"', "name": "two\nlines"}]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Start a server; as root it runs as nobody, for it refuses to run as root."""
    folder = Path(tmp_path_factory.mktemp("pg").resolve())
    user: dict[str, int] = {}
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid}
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        for above in folder.parents:
            if above.stat().st_uid == 0 and not above.stat().st_mode & 0o001:
                above.chmod(above.stat().st_mode | 0o011)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    (password := folder / "password").write_text("hush", encoding="utf-8")
    password.chmod(0o644)
    subprocess.run(
        [INITDB, "-D", folder / "data", "-U", "owner", "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8", "--locale=C", "-N"],
        check=True, **user, **quiet,
    )  # fmt: skip
    server = subprocess.Popen(
        [SERVER, "-D", folder / "data", "-p", str(free), "-h", "127.0.0.1", "-k", folder, "-F"], **user, **quiet
    )  # fmt: skip
    try:
        _fill(free)
        yield free
    finally:
        server.terminate()
        server.wait(30)


def _fill(port: int) -> None:
    for _ in range(100):
        try:
            owner = psycopg.connect(f"postgresql://owner:hush@127.0.0.1:{port}/postgres", autocommit=True)
            break
        except psycopg.OperationalError:
            import time

            time.sleep(0.1)
    with owner:
        owner.execute("CREATE ROLE reader LOGIN PASSWORD 'p@ss/word'; CREATE SCHEMA crm")
        owner.execute("CREATE TABLE revenue (customer_id text, date timestamptz, amount numeric(18, 2), product_id text)")
        owner.execute(
            "CREATE TABLE crm.accounts (customer_id text, name text); CREATE TABLE secrets (month date, channel text, amount int)"
        )
        for row in ROWS:
            day = f"{row['date']} 08:15:00.123+00"
            owner.execute("INSERT INTO revenue VALUES (%s, %s, %s, %s)", (row["customer_id"], day, row["amount"], row["product_id"]))
        for row in LISTED:
            owner.execute("INSERT INTO crm.accounts VALUES (%s, %s)", (row["customer_id"], row["name"]))
        owner.execute("GRANT USAGE ON SCHEMA crm TO reader; GRANT SELECT ON revenue, crm.accounts TO reader")
    owner.close()


@pytest.fixture
def deal(port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ROOM_PASSWORD", "p@ss/word")
    source = f'[room]\nsource = "postgresql://reader:${{ROOM_PASSWORD}}@127.0.0.1:{port}/postgres"\n'
    return write_deal(tmp_path / "database", deal=f'{source}[room.tables.customers]\nfile = "crm.accounts"\n')


def test_the_cube_is_that_of_the_same_rows_in_files(deal: Path, tmp_path: Path) -> None:
    taken, files = open_room(deal), open_room(write_deal(tmp_path / "files", ROWS, customers=LISTED))
    assert taken.cube.equals(files.cube)
    assert taken.customers.drop(columns="source_file").equals(files.customers.drop(columns="source_file"))
    assert lines_of(taken)["source_row"].tolist() == lines_of(files)["source_row"].tolist()
    assert taken.given["revenue"]["unread_files"] == ["public.secrets"]


def test_no_password_is_left_in_the_evidence(deal: Path) -> None:
    room = open_room(deal)
    written = "".join(path.read_text(encoding="utf-8", errors="replace") for path in room.folder.rglob("*") if path.is_file())
    assert "p@ss/word" not in written and "p%40ss" not in written
    assert "${ROOM_PASSWORD}" in room.described["deal"]["room"]["source"]


def test_equal_rows_have_equal_hashes(deal: Path) -> None:
    found = inputs(load_deal(deal))
    assert set(found) == {"deal.toml", "public.revenue", "crm.accounts"}
    assert found == inputs(load_deal(deal))
    assert found["public.revenue"] == open_room(deal).given["revenue"]["sha256"]


def test_the_session_cannot_write(deal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    connect = psycopg.connect
    monkeypatch.setattr(psycopg, "connect", lambda *a, **k: opened.append(connect(*a, **k)) or opened[-1])
    with open_place(load_deal(deal)) as place:
        assert place.labels() == ["crm.accounts", "public.revenue", "public.secrets"]
        for statement in ("DELETE FROM revenue", "CREATE TABLE mine (x int)"):
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                opened[0].execute(statement)
            opened[0].rollback()


def test_what_may_be_read_can_be_looked_at(deal: Path) -> None:
    with open_place(load_deal(deal)) as place:
        found = {item.label: item for item in items(place)}
        assert found["public.secrets"].file is None and grid(found["public.secrets"]) == []
        assert grid(found["crm.accounts"])[:2] == [["customer_id", "name"], ["a", "Alpha, Ltd"]]


def told(deal: Path, before: str, after: str) -> str:
    deal.write_text(deal.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        open_room(deal)
    return str(caught.value).replace(f"{deal}, ", "")


def test_a_table_that_may_not_be_read(deal: Path) -> None:
    assert told(deal, "[room.tables.customers]", '[room.tables.spend]\nfile = "secrets"\n[room.tables.customers]') == (
        "public.secrets: expected the right to read this table, got permission denied for table secrets; do this: "
        'ask for it: GRANT SELECT ON "public"."secrets" TO the user of the deal file'
    )


def test_a_table_that_is_not_there(deal: Path) -> None:
    assert told(deal, "crm.accounts", "crm.acounts") == (
        "key room.tables.customers.file: expected a table of the database, got 'crm.acounts', which is not there; do this: did you mean 'crm.accounts'?"
    )


def test_a_wrong_password_is_told_without_it(deal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOM_PASSWORD", "wrong-one")
    assert told(deal, "", "") == (
        'key room.source: expected a database that answers, got password authentication failed for user "reader"; do this: '
        "check that the server runs and the address is right; a password comes from ~/.pgpass, PGPASSWORD or ${NAME}"
    )
