"""bin/bootstrap in a folder of its own: which Python it takes, what it says without one, when it installs again."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.launch import ROOT

NAMES = ("python3.13", "python3.12", "python3.11", "python3")
ABSENT = "exit 127"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with bin/ and requirements that ask for nothing."""
    shutil.copytree(ROOT / "bin", tmp_path / "checkout" / "bin")
    (tmp_path / "checkout" / "requirements.txt").write_text("# nothing\n")
    return tmp_path / "checkout"


@pytest.fixture
def pythons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts stand-ins for every name Python goes by first on PATH; those not named are absent."""

    def put(**scripts: str) -> None:
        for name in NAMES:
            script = tmp_path / "pythons" / name
            script.parent.mkdir(exist_ok=True)
            script.write_text(f"#!/bin/sh\n{scripts.get(name.replace('.', '_'), ABSENT)}\n")
            script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path / 'pythons'}:{os.environ['PATH']}")

    return put


def real(before: str = "") -> str:
    """A stand-in that is this Python, after having done something else."""
    return f'{before}\nexec "{sys.executable}" "$@"'


def old(version: str) -> str:
    """A stand-in that says it is of this version and fits nothing."""
    return f'case "$*" in *version_info*) exit 1;; *python_version*) echo {version};; esac'


def bootstrap(checkout: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [checkout / "bin" / "bootstrap", "requirements.txt"], cwd="/", capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("scripts", "words"),
    [
        ({}, "there is none here. Install it: apt-get install python3 python3-venv"),
        ({"python3": old("3.9.2")}, "here is Python 3.9.2. Install a newer one"),
        # Debian leaves ensurepip out of python3: it comes with python3-venv.
        (
            {"python3": real('case "$*" in *ensurepip*) exit 1;; *python_version*) echo 3.12.4; exit;; esac')},
            "Python 3.12.4 is here, but not the part of it that makes virtual environments. Install that part",
        ),
    ],
    ids=["none", "too old", "without venv"],
)
def test_without_a_fitting_python_it_says_what_to_install(
    checkout: Path, pythons: Callable[..., None], scripts: dict[str, str], words: str
) -> None:
    pythons(**scripts)
    done = bootstrap(checkout)
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (checkout / ".venv").exists()


def test_it_takes_the_best_python_and_installs_once(
    checkout: Path, pythons: Callable[..., None], tmp_path: Path
) -> None:
    chosen = tmp_path / "chosen"
    pythons(python3_11=real(f'case "$*" in *"venv .venv"*) echo 3.11 >>"{chosen}";; esac'), python3=old("3.9.2"))
    first = bootstrap(checkout)
    assert (first.returncode, first.stdout) == (0, ""), first.stderr
    assert len(first.stderr.splitlines()) == 1  # of progress
    assert chosen.read_text() == "3.11\n"

    assert bootstrap(checkout).stderr == ""  # nothing to do, nothing said
    (checkout / "requirements.txt").write_text("./not-there\n")
    for _ in range(2):  # a failure is told, and not remembered as done
        failed = bootstrap(checkout)
        assert failed.returncode == 1
        assert "not-there" in failed.stderr
        assert "could not be installed" in failed.stderr.splitlines()[-1]
    (checkout / "requirements.txt").write_text("# nothing, in other words\n")
    assert "Installing" in bootstrap(checkout).stderr
    assert chosen.read_text() == "3.11\n"  # the packages again, not the environment

    moved = checkout.rename(tmp_path / "moved")
    assert "Installing" in bootstrap(moved).stderr
    assert chosen.read_text() == "3.11\n3.11\n"  # its programs would have pointed to where it was
