"""``calibrate completion``: what a shell needs to complete commands, options and files."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what your shell needs to complete words on TAB.

    \b
    Commands, options and files are completed.
    Put it where your shell looks, then open a new terminal:
      bash  ~/.local/share/bash-completion/completions/calibrate
      zsh   a folder of $fpath, named _calibrate
      fish  ~/.config/fish/completions/calibrate.fish
    Bash must be 4.4 or newer and have the package bash-completion; without
    it, write into ~/.bashrc: source <(calibrate completion bash)

    \b
    Example:
      calibrate completion bash
    """
    shell_class = get_completion_class(shell)
    group = context.find_root().command
    if shell_class is not None:
        script = shell_class(group, {}, "calibrate", "_CALIBRATE_COMPLETE").source()
        click.echo(script.rstrip())
