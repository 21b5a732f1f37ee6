"""The ``calibrate`` command: every error becomes a sentence and an exit code.

A command imports what it runs inside its body: so help, completion and ``doctor``
are quick, and work on a machine that lacks a library.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

import click

from calibrate import __version__
from calibrate.cli.audit import audit
from calibrate.cli.check import check
from calibrate.cli.completion import completion
from calibrate.cli.demo import demo
from calibrate.cli.doctor import doctor
from calibrate.cli.explain import explain
from calibrate.cli.init import init
from calibrate.cli.link import link
from calibrate.cli.options import find_width
from calibrate.cli.rubric import rubric
from calibrate.cli.run import run
from calibrate.cli.schema import schema
from calibrate.cli.secure import secure
from calibrate.cli.simulate import simulate
from calibrate.errors import CalibrateError, ExitCode, InputError, describe_problems
from calibrate.interrupt import watch_signals


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="calibrate")
def cli() -> None:
    """Calibrate a performance-review cycle and audit it for disparities.

    \b
    Example:
      calibrate check cycle.yaml
      calibrate run cycle.yaml --out out
    """


cli.add_command(init)
cli.add_command(check)
cli.add_command(run)
cli.add_command(audit)
cli.add_command(rubric)
cli.add_command(explain)
cli.add_command(link)
cli.add_command(simulate)
cli.add_command(secure)
cli.add_command(demo)
cli.add_command(schema)
cli.add_command(doctor)
cli.add_command(completion)


def main() -> None:
    """Run the command line; the only place that leaves the process."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter must not end a run.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    watch_signals()
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command and return its exit code; nothing is raised.

    Set ``CALIBRATE_DEBUG=1`` to see the traceback of a bug.
    """
    try:
        result = cli.main(arguments, prog_name="calibrate", standalone_mode=False)
        return int(result) if isinstance(result, int) else ExitCode.DONE
    except InputError as error:
        said = describe_problems(
            error.problems, width=find_width(), written=error.written, undone=error.undone
        )
        click.echo(f"calibrate: {said}", err=True)
        return error.exit_code
    except CalibrateError as error:
        click.echo(f"calibrate: {error}", err=True)
        return error.exit_code
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        click.echo("calibrate: stopped; nothing was left half-written", err=True)
        return ExitCode.STOPPED
    except BrokenPipeError:
        return ExitCode.DONE
    except Exception as error:
        if os.environ.get("CALIBRATE_DEBUG"):
            raise
        kind = type(error).__name__
        click.echo(
            f"calibrate: this is a bug in calibrate ({kind}: {error}). Nothing was left "
            "half-written. Run again with CALIBRATE_DEBUG=1 and report what it prints.",
            err=True,
        )
        return ExitCode.BUG


if __name__ == "__main__":
    main()
