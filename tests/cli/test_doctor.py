"""Whatever a machine lacks becomes a line with a remedy: never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from calibrate.cli.doctor import format_checks
from calibrate.doctor import Check, probe
from calibrate.doctor.cycle import check_database, read_needs
from calibrate.doctor.folder import (
    check_abilities,
    check_drive,
    check_space,
    check_temporary,
    find_file_system,
)
from calibrate.doctor.machine import (
    SCRIPTS,
    Printing,
    check_computer,
    check_file_names,
    check_fonts,
    check_names,
    check_packages,
    check_pango,
    check_python,
    check_subset,
    check_system,
    check_terminal,
    parse_requirement,
)
from calibrate.report.preflight import find_missing

Calibrate = Callable[..., int]
PROGRAM = Path(sys.executable).with_name("calibrate")
READY = Printing(pango=(1, 50, 12), has_subset=True, n_fonts=40)
SECRET = "postgresql+psycopg://hr:hunter2@db.example/hr"


def call(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "80", **environment},
    )  # fmt: skip


# The machine: judgements on what was found.


def test_an_old_python_fails_and_the_oldest_supported_is_enough() -> None:
    assert check_python((3, 11, 0), (3, 11)).state == "ok"
    old = check_python((3, 10, 14), (3, 11))
    assert (old.state, old.found) == ("fail", "3.10.14 is too old; 3.11 is needed")


def test_only_linux_and_macos_are_supported() -> None:
    states = [check_system(name).state for name in ("Linux", "Darwin", "Windows", "")]
    assert states == ["ok", "ok", "fail", "fail"]


def test_a_missing_and_an_old_package_are_both_named() -> None:
    wanted = [parse_requirement(text) for text in ("numpy>=2.1", "pandas>=3.0", "PyYAML>=6.0.2")]
    check = check_packages({"pandas": "2.3.3", "pyyaml": "6.0.10"}, wanted)
    assert check.state == "fail"
    assert check.found == "numpy is missing; pandas 2.3.3 is older than 3.0"
    assert check.fix == "pip install --upgrade 'review-calibrate'"


def test_an_extra_is_looked_at_alone() -> None:
    wanted = [parse_requirement(t) for t in ("numpy>=2.1", "SQLAlchemy>=2.0.30; extra == 'db'")]
    assert check_packages({"numpy": "2.1"}, wanted).state == "ok"
    check = check_packages({"numpy": "2.1"}, wanted, "db")
    assert (check.state, check.found) == ("fail", "SQLAlchemy is missing")
    assert check.fix == "pip install --upgrade 'review-calibrate[db]'"


def test_every_requirement_of_our_distribution_is_understood() -> None:
    # The parser knows >= alone; any other way to ask must be taught to it first.
    for text in metadata.requires(probe.DISTRIBUTION) or []:
        wanted, _, marker = text.partition(";")
        assert wanted.count(">=") == 1, text
        assert not set(wanted) & set("<~!,"), text
        requirement = parse_requirement(text)
        assert requirement.lowest
        assert bool(marker) == bool(requirement.extra)


def test_missing_pango_fails_with_the_command_of_each_system() -> None:
    lost = Printing(error="cannot be loaded: cannot load library 'libpango-1.0-0'")
    fixes = [check_pango(lost, name).fix for name in ("apt-get", "dnf", "brew", "")]
    assert fixes == [
        "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        "sudo dnf install pango",
        "brew install pango",
        "install Pango 1.44 or newer",
    ]
    assert check_pango(lost, "apt-get").state == "fail"


def test_pango_older_than_weasyprint_needs_fails() -> None:
    assert check_pango(Printing(pango=(1, 44, 0)), "").state == "ok"
    old = check_pango(Printing(pango=(1, 42, 4)), "")
    assert (old.state, old.found) == ("fail", "1.42.4 is older than 1.44")


def test_without_harfbuzz_subset_a_run_works_more_slowly() -> None:
    assert check_subset(READY, "apt-get").state == "ok"
    check = check_subset(Printing(pango=(1, 50, 12), has_subset=False), "apt-get")
    assert (check.state, check.fix) == ("look", "sudo apt-get install libharfbuzz-subset0")


def test_ready_scripts_are_listed_and_those_without_a_font_are_a_thing_to_look_at() -> None:
    ready = check_fonts(READY, (), "")
    assert ready.state == "ok"
    assert all(script in ready.found for script in SCRIPTS.values())
    check = check_fonts(READY, {"ก"}, "apt-get")
    assert check.state == "look"
    lacking, _, there = check.found.partition("; ready: ")
    assert lacking == "40 fonts beside our own; none for Thai"
    assert set(there.split(", ")) == set(SCRIPTS.values()) - {"Thai"}


@pytest.mark.parametrize(
    ("missing", "fix"),
    [
        ("ก", "sudo apt-get install fonts-noto-core"),
        ("한", "sudo apt-get install fonts-noto-cjk"),
        ("😀", "sudo apt-get install fonts-noto-color-emoji"),
        ("ก王", "sudo apt-get install fonts-noto-core fonts-noto-cjk"),
        ("\U0010fffd", "no font has private characters: write other ones in the data"),
    ],
)
def test_only_the_fonts_that_are_missing_are_to_be_installed(missing: str, fix: str) -> None:
    assert check_names(300, set(missing), "apt-get").fix == fix


def test_without_a_font_of_the_system_our_own_still_set_packets() -> None:
    others = set(SCRIPTS) - set("żλж")
    check = check_fonts(Printing(pango=(1, 50), n_fonts=0), others, "")
    assert check.state == "look"
    assert check.found.startswith("0 fonts beside our own; none for Arabic, Hebrew, ")
    assert check.found.endswith("; ready: Latin, Greek, Cyrillic")


def test_characters_without_a_font_are_named_so_that_any_terminal_can_show_it() -> None:
    check = check_names(300, {"ก"}, "")
    assert check.state == "look"
    assert "U+0E01 (thai character ko kai)" in check.found
    assert check_names(300, set("กขคงจฉช"), "").found.count("U+") == 5
    assert "and 2 more" in check_names(300, set("กขคงจฉช"), "").found
    assert check_names(300, (), "").state == "ok"


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "utf_8"])
def test_utf8_is_utf8_however_it_is_spelled(encoding: str) -> None:
    assert check_terminal(encoding).state == check_file_names(encoding).state == "ok"


@pytest.mark.parametrize("encoding", ["ascii", "iso8859-1", "cp1252", "unknown"])
def test_another_encoding_is_a_thing_to_look_at(encoding: str) -> None:
    assert check_terminal(encoding).state == check_file_names(encoding).state == "look"


def test_little_memory_is_a_thing_to_look_at_and_unknown_memory_is_not() -> None:
    assert check_computer(4, 1 << 30).state == "look"
    assert check_computer(4, 2 << 30).found == "4 processors, 2.0 GiB of memory: up to --jobs 4"
    assert check_computer(1, None).found == "1 processor: up to --jobs 1"


# The folders.

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
//server/hr /mnt/share cifs rw,username=hr 0 0
fs:/export /mnt/HR\\040files nfs4 rw,vers=4.2 0 0
user@host:/ /mnt/share/inner fuse.sshfs rw 0 0
"""
MACOS = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled)
//hr@server/HR%20files on /Volumes/HR files (smbfs, nodev, nosuid, mounted by anna)
"""


@pytest.mark.parametrize(
    ("mounts", "folder", "kind"),
    [
        (MOUNTS, "/home/anna/out", "ext4"),
        (MOUNTS, "/tmp", "tmpfs"),
        (MOUNTS, "/tmpfiles", "ext4"),
        (MOUNTS, "/mnt/share/out", "cifs"),
        (MOUNTS, "/mnt/share/inner/out", "fuse.sshfs"),
        (MOUNTS, "/mnt/HR files/out", "nfs4"),
        (MOUNTS + "none /tmp overlay rw 0 0\n", "/tmp/out", "overlay"),
        (MACOS, "/Volumes/HR files/out", "smbfs"),
        (MACOS, "/Users/anna", "apfs"),
        ("", "/home/anna", ""),
        ("nonsense\n\n", "/home/anna", ""),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(mounts: str, folder: str, kind: str) -> None:
    assert find_file_system(mounts, folder) == kind


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs"])
def test_a_network_drive_is_a_thing_to_look_at(kind: str) -> None:
    check = check_drive(kind)
    assert check.state == "look"
    assert kind in check.found
    assert "disk of this machine" in check.fix


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "apfs", "tmpfs", "overlay", ""])
def test_a_drive_of_this_machine_or_an_unknown_one_is_ok(kind: str) -> None:
    assert check_drive(kind).state == "ok"


def test_a_tiny_disk_fails_and_a_tight_one_is_a_thing_to_look_at() -> None:
    # 100 MB of input: 20 times as much, and 50 MB.
    size = 100_000_000
    assert check_space(2_049_999_999, size).state == "fail"
    assert check_space(2_050_000_000, size).state == "look"
    assert check_space(6_150_000_000, size).state == "ok"
    assert check_space(2_049_999_999, size).found == "2.0 GB free, a run takes about 2.0 GB"
    assert check_space(None, size).state == "look"


def test_the_temporary_folder_must_hold_the_text_files() -> None:
    assert check_temporary("/tmp", 10**9, 10**9).state == "ok"
    tight = check_temporary("/tmp", 10**9 - 1, 10**9)
    assert (tight.state, tight.fix[:13]) == ("fail", "export TMPDIR")
    assert check_temporary("", None, 0).state == "fail"
    assert check_temporary("/tmp", None, 10**9).state == "ok"


def test_each_ability_of_the_output_folder_is_named() -> None:
    assert check_abilities(()).state == "ok"
    assert check_abilities({"link", "lock"}).found == (
        "links cannot be made here; files cannot be locked here"
    )
    assert check_abilities({"write", "link"}).found == "you may not write here"


def test_trying_a_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    assert probe.try_folder(tmp_path) == frozenset()
    assert list(tmp_path.iterdir()) == []
    assert probe.try_folder(Path("/proc")) == {"write"}


def test_the_nearest_folder_that_is_there_stands_for_one_that_is_not(tmp_path: Path) -> None:
    assert probe.find_existing(tmp_path / "a" / "b") == tmp_path.resolve()


# The cycle.


def test_a_database_variable_is_never_shown() -> None:
    assert check_database("HR_DB", {"HR_DB": SECRET}).state == "ok"
    unset = check_database("HR_DB", {})
    assert (unset.state, "export HR_DB=" in unset.fix) == ("fail", True)
    assert "hunter2" not in str(check_database("HR_DB", {"HR_DB": SECRET}))


def test_the_needs_of_a_cycle_are_its_sizes_and_letters(company: Path) -> None:
    needs = read_needs(company / "cycle.yaml")
    files = ["employees.csv", "ratings.csv", "attributes.csv"]
    text = sum((company / name).stat().st_size for name in files)
    assert needs.text_bytes == text
    assert needs.input_bytes == text + (company / "rubric.yaml").stat().st_size
    # "Person 001" … "Person 012", departments A and B, levels L1 to L3.
    assert needs.characters == set("Person") | set("0123456789") | set("ABL")
    assert [check.state for check in needs.checks] == ["ok"]


def test_columns_that_are_mapped_are_read_and_ignored_ones_are_not(company: Path) -> None:
    people = company / "employees.csv"
    people.write_text("employee_id,Full name,name,Team\n001,Żaneta,ก,ж\n", encoding="utf-8")
    cycle = company / "cycle.yaml"
    mapped = "employees: {file: employees.csv, columns: {Full name: name, Team: department}, "
    cycle.write_text(
        cycle.read_text().replace("employees: {file: employees.csv", f"{mapped}ignore: [name]")
    )
    assert read_needs(cycle).characters == set("Żanetaж")


def test_letters_without_a_font_are_those_that_packets_would_miss() -> None:
    # A private character is in no font that packets use.
    assert find_missing({*SCRIPTS, "\U0010fffd"}) >= {"\U0010fffd"}
    assert find_missing("abc") == frozenset()


def test_a_broken_cycle_is_one_line_beside_the_others(company: Path) -> None:
    (company / "cycle.yaml").write_text("schema: 1\ncicle: x\n")
    (check,) = read_needs(company).checks
    assert check.state == "fail"
    assert "calibrate check" in check.fix
    (gone,) = read_needs(company / "nothing.yaml").checks
    assert "no such file" in gone.found


def test_missing_files_are_counted_and_named(company: Path) -> None:
    (company / "ratings.csv").unlink()
    (check,) = read_needs(company / "cycle.yaml").checks
    assert (check.state, check.found) == ("fail", "1 of its 4 files missing: ratings.csv")


# The command.


def test_this_machine_is_ready_and_stays_as_it_is(
    company: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    before = sorted(company.rglob("*"))
    assert calibrate("doctor", company, "--out", company / "out", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ready"] is True
    assert {"Python", "Pango", "fonts", "names", "drive", "disk", "cycle"} <= {
        check["name"] for check in told["checks"]
    }
    assert all(check["fix"] for check in told["checks"] if check["state"] != "ok")
    assert sorted(company.rglob("*")) == before


def test_a_database_that_is_not_set_is_not_ready(
    company: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    cycle = company / "cycle.yaml"
    told = cycle.read_text().replace("{file: ratings.csv}", "{database: HR_DB, table: hr.ratings}")
    cycle.write_text(told)
    monkeypatch.delenv("HR_DB", raising=False)
    assert calibrate("doctor", cycle, "--out", company) == 3
    assert "HR_DB" in capsys.readouterr().out
    monkeypatch.setenv("HR_DB", SECRET)
    assert calibrate("doctor", cycle, "--out", company) == 0
    output = capsys.readouterr()
    assert "extra [db]" in output.out
    assert "hunter2" not in output.out + output.err
    assert "db.example" not in output.out + output.err


@pytest.fixture
def without_pango(tmp_path: Path) -> str:
    """A path whose weasyprint fails as the real one does where Pango is not there."""
    package = tmp_path / "broken" / "weasyprint"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "print('----- a page of advice -----')\n"
        "raise OSError(\"cannot load library 'libpango-1.0-0': error 0x7e\")\n"
    )
    return str(package.parent)


def test_without_pango_doctor_says_what_to_install(without_pango: str) -> None:
    done = call("doctor", "--json", PYTHONPATH=without_pango)
    assert done.returncode == 3
    assert done.stderr == ""
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["Pango"]["state"] == "fail"
    assert "libpango" in checks["Pango"]["found"]
    assert "ango" in checks["Pango"]["fix"]


def test_without_pango_help_works_and_a_run_names_the_doctor(
    without_pango: str, company: Path
) -> None:
    assert call("--help", PYTHONPATH=without_pango).returncode == 0
    done = call("run", company, "--out", company / "out", PYTHONPATH=without_pango)
    assert (done.returncode, done.stdout) == (3, "")
    assert "calibrate doctor" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_pandas_doctor_still_answers(tmp_path: Path, company: Path) -> None:
    (tmp_path / "pandas.py").write_text("raise ImportError('No module named pandas')\n")
    done = call("doctor", company, PYTHONPATH=str(tmp_path))
    assert done.returncode == 3
    assert done.stderr == ""
    assert "No module named pandas" in done.stdout


def test_a_terminal_without_utf8_gets_its_answer(company: Path) -> None:
    done = call("doctor", company, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "look  terminal" in done.stdout


def test_with_latin_fonts_alone_thai_names_are_pointed_out(tmp_path: Path, company: Path) -> None:
    font = next(Path("/usr/share/fonts").rglob("NotoSans-Regular.ttf"))
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    shutil.copy(font, fonts)
    (tmp_path / "fonts.conf").write_text(
        f"<fontconfig><dir>{fonts}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>"
    )
    people = company / "employees.csv"
    people.write_text(people.read_text().replace("Person 003", "สมชาย"), encoding="utf-8")
    done = call("doctor", company, "--json", FONTCONFIG_FILE=str(tmp_path / "fonts.conf"))
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 0
    assert checks["fonts"]["found"].startswith("1 font beside our own; none for Arabic")
    assert "U+0E2A (thai character so sua)" in checks["names"]["found"]


def test_lines_fit_into_80_columns_and_a_command_stays_whole() -> None:
    install = check_pango(Printing(error="cannot be loaded: " + "why " * 30), "apt-get")
    text = format_checks([check_system("Linux"), install], 80)
    assert max(map(len, text.splitlines())) <= 80
    assert f"\n      {install.fix}\n" in text
    assert text.endswith("Not ready: 1 of 2 checks failed.")


def test_the_last_line_says_what_it_comes_to() -> None:
    good, slow = Check("a", "ok", "there"), Check("b", "look", "slow", "mend it")
    assert format_checks([good], 80).endswith("\nReady.")
    assert format_checks([good, slow], 80).endswith("\nReady; 1 of 2 checks to look at.")
