"""What is in an export, and that the program in it verifies it with nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.adapters.export.made import Town, export_of, files_of, laid_out, problems
from tests.house import House


def test_an_export_of_an_agency_verifies_with_the_program_that_is_in_it(house: House, tmp_path: Path) -> None:
    town = Town(house)

    files = files_of(export_of(house, town.anchor_id))

    folder = laid_out(tmp_path / "export", files)
    assert problems(folder) == []
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = subprocess.run(
        [sys.executable, "-I", "-S", folder / "verify.py", folder, "--history"],
        capture_output=True,
        text=True,
        env={},
        cwd=empty,
    )
    print(ran.stdout)
    assert ran.returncode == 0, ran.stdout + ran.stderr
