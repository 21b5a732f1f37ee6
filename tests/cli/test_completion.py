"""TAB completes commands, options, choices and files, as the shell itself sees it."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from calibrate.cli.completion import SHELLS
from calibrate.cli.main import cli
from calibrate.cli.schema import NAMES

Calibrate = Callable[..., int]
PROGRAMS = str(Path(sys.executable).parent)
ENVIRONMENT = {**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}"}


def complete(*words: str) -> list[tuple[str, str]]:
    """Kind and value of each completion of the last word."""
    shell = ShellComplete(cli, {}, "calibrate", "_CALIBRATE_COMPLETE")
    return [(c.type, c.value) for c in shell.get_completions(list(words[:-1]), words[-1])]


def test_commands_complete() -> None:
    assert ("plain", "doctor") in complete("do")
    assert {value for _, value in complete("")} == set(cli.commands)


def test_options_complete() -> None:
    assert {value for _, value in complete("run", "cycle.yaml", "--")} >= {
        "--out", "--jobs", "--only", "--gate", "--json", "--no-packets", "--help",
    }  # fmt: skip


def test_choices_complete() -> None:
    assert complete("run", "--only", "s") == [("plain", "session")]
    assert complete("schema", "r") == [("plain", "rubric")]
    assert [value for _, value in complete("completion", "")] == list(SHELLS)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("check", "sam"), "file"),
        (("run", "cycle.yaml", "--out", "o"), "dir"),
        (("doctor", "sam"), "file"),
    ],
)
def test_files_and_folders_are_left_to_the_shell(words: tuple[str, ...], kind: str) -> None:
    assert [found for found, _ in complete(*words)] == [kind]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_a_script_that_asks_calibrate(
    shell: str, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate("completion", shell) == 0
    output = capsys.readouterr()
    assert f"_CALIBRATE_COMPLETE={shell}_complete" in output.out
    assert output.err == ""


def test_an_unknown_shell_is_a_usage_error(calibrate: Calibrate) -> None:
    assert calibrate("completion", "tcsh") == 2


def ask_bash(*words: str) -> list[str]:
    """What a real bash offers for the last word."""
    script = 'source <(calibrate completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1));'
    script += '_calibrate_completion calibrate; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "--norc", "-euc", script, "bash", "calibrate", *words],
        capture_output=True, text=True, check=True, env=ENVIRONMENT,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_commands_and_options() -> None:
    assert ask_bash("do") == ["doctor"]
    assert ask_bash("run", "--no") == ["--no-packets"]
    assert ask_bash("schema", "") == list(NAMES)


def test_a_person_who_types_in_bash_gets_the_file_completed(tmp_path: Path) -> None:
    (tmp_path / "second-half.yaml").write_text("")
    terminal, theirs = pty.openpty()
    bash = subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"], stdin=theirs, stdout=theirs, stderr=theirs,
        cwd=tmp_path, env=ENVIRONMENT, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        os.write(terminal, b"source <(calibrate completion bash); echo re''ady\n")
        assert "ready" in read_until(terminal, "ready")
        os.write(terminal, b"calibrate check sec\t")
        assert "second-half.yaml" in read_until(terminal, "second-half.yaml")
    finally:
        bash.kill()
        bash.wait()
        os.close(terminal)


def read_until(terminal: int, wanted: str) -> str:
    """What the terminal shows until the text is there; at most 30 seconds."""
    shown, end = "", time.monotonic() + 30
    while wanted not in shown and time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 4096).decode(errors="replace")
    return shown


def test_a_completion_takes_no_heavy_package() -> None:
    # A person waits for it on every TAB; and help must work where a library is missing.
    heavy = "{'weasyprint', 'pandas', 'numpy', 'scipy', 'pyarrow', 'sklearn', 'pydantic'}"
    code = f"import sys, calibrate.cli.main; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
