"""What a user gets from the wheel, built through the sdist as a release is."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

JUNK = re.compile(r"__pycache__|\.pyc$|\.tmp$|\.DS_Store|\.venv|(^|/)out/|_cache/|\.hypothesis")
SHIPPED = {
    "rubrics": "calibrate/_data/rubrics",
    "reports/templates": "calibrate/_data/reports/templates",
    "sample_data": "calibrate/_data/sample_data",
}


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with one sdist and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    (path,) = built.glob("review_calibrate-*-py3-none-any.whl")
    return zipfile.ZipFile(path)


def files_git_knows_or_would_add(root: Path) -> set[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return {name for name in listed.stdout.splitlines() if (root / name).is_file()}


def test_wheel_holds_the_package_and_all_data(root: Path, wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for name in files_git_knows_or_would_add(root):
        for folder, target in {"calibrate": "calibrate", **SHIPPED}.items():
            if name.startswith(f"{folder}/"):
                assert target + name.removeprefix(folder) in names


def test_wheel_holds_nothing_else(root: Path, wheel: zipfile.ZipFile) -> None:
    known = files_git_knows_or_would_add(root)
    for name in wheel.namelist():
        origin = name
        for folder, target in SHIPPED.items():
            if name.startswith(f"{target}/"):
                origin = folder + name.removeprefix(target)
        assert origin in known or ".dist-info/" in name, name


def test_data_keep_their_places_to_each_other(wheel: zipfile.ZipFile) -> None:
    """cycle.yaml names ../rubrics/…, in a checkout and in an installed package alike."""
    cycle = wheel.read("calibrate/_data/sample_data/cycle.yaml").decode()
    named = re.findall(r"\.\./(rubrics/[a-z-]+\.yaml)", cycle)
    assert named == [
        f"rubrics/{name}.yaml"
        for name in ("people-managers", "engineering", "sales", "customer-support", "operations")
    ]
    assert {f"calibrate/_data/{name}" for name in named} <= set(wheel.namelist())


def test_neither_archive_holds_junk(built: Path, wheel: zipfile.ZipFile) -> None:
    (path,) = built.glob("review_calibrate-*.tar.gz")
    with tarfile.open(path) as sdist:
        names = [*sdist.getnames(), *wheel.namelist()]
    assert [name for name in names if JUNK.search(name)] == []


def test_wheel_installs_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    (entry,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert "calibrate = calibrate.cli.main:main" in wheel.read(entry).decode()
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


def test_wheel_brings_the_letters_of_packets_with_their_licence(
    root: Path, wheel: zipfile.ZipFile
) -> None:
    folder = "calibrate/_data/reports/templates/fonts"
    for name in ("calibrate-sans-regular.ttf", "calibrate-sans-bold.ttf", "OFL.txt"):
        kept = (root / "reports" / "templates" / "fonts" / name).read_bytes()
        assert wheel.read(f"{folder}/{name}") == kept
    assert b"SIL Open Font License, Version 1.1" in wheel.read(f"{folder}/OFL.txt")


def test_typed_marker_is_shipped(wheel: zipfile.ZipFile) -> None:
    assert "calibrate/py.typed" in wheel.namelist()


def test_lock_pins_every_requirement_with_a_hash_and_names_no_host(root: Path) -> None:
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", lock)[1:]
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    pinned = {normalise(re.split(r"[=\s\[;]", entry)[0]) for entry in entries}
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    wanted = re.findall(r'(?m)^    "([A-Za-z][A-Za-z0-9-]*)(?:\[[a-z]+\])?>=', project)
    assert len(wanted) > 20
    assert {normalise(name) for name in wanted} <= pinned


def normalise(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


@pytest.mark.parametrize("script", ["scripts/demo", "scripts/test", ".ci/run"])
def test_scripts_are_executable_and_parse(root: Path, script: str) -> None:
    path = root / script
    assert path.stat().st_mode & 0o111 == 0o111
    subprocess.run(["bash", "-n", str(path)], check=True)
