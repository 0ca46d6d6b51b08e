"""Same inputs, same bytes: wherever a run is started, whatever the machine calls its time, its tongue and its hashes."""

import json
import shutil
from pathlib import Path

import pytest
from whole_run import ROOT, contents, demo_run, diligence


@pytest.mark.slow
def test_another_folder_clock_tongue_and_hash_give_the_same_bytes(tmp_path: Path) -> None:
    # the deal and its room elsewhere, under a path with spaces and signs; one notebook at a time
    room = tmp_path / "déal & room"
    shutil.copytree(ROOT / "data" / "demo", room, ignore=shutil.ignore_patterns("generator", "__pycache__", "*.md", "truth.json"))
    shutil.copy(ROOT / "data" / "demo" / "room" / "README.md", room / "room")
    surroundings = {
        "TZ": "Pacific/Kiritimati",
        "LANG": "tr_TR.UTF-8",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "4711",
        "COLUMNS": "40",
        "HOME": str(tmp_path),
    }
    done = diligence("run", "déal & room", "--out", "other out/deep", "--jobs", "1", cwd=tmp_path, env=surroundings)
    assert done.returncode == 0, done.stderr
    here, there = demo_run(), tmp_path / "other out" / "deep"
    mine, theirs = contents(here), contents(there)
    assert sorted(mine) == sorted(theirs)
    assert [name for name in mine if mine[name] != theirs[name]] == []
    manifests = [json.loads((out / "manifest.json").read_text(encoding="utf-8")) for out in (here, there)]
    for manifest in manifests:
        del manifest["timings"]
    assert manifests[0] == manifests[1]


def test_no_output_names_the_machine() -> None:
    out = demo_run()
    for name, held in contents(out).items():
        if name.endswith(".parquet"):
            continue
        assert str(out.parent).encode() not in held, name
        assert str(ROOT).encode() not in held, name
