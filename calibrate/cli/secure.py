"""``calibrate secure``: copies of packets behind a password, signed if wanted."""

from __future__ import annotations

import json
from pathlib import Path

import click

from calibrate.cli.options import json_option
from calibrate.errors import say_count


@click.command()
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.option(
    "--recipients", required=True, type=click.Path(path_type=Path), metavar="FILE",
    help="CSV of who gets which packet; see docs/secure.md.",
)  # fmt: skip
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR",
    help="New folder for the copies, outside the run.",
)  # fmt: skip
@click.option(
    "--sign", type=click.Path(path_type=Path), metavar="FILE",
    help="PKCS#12 file to sign with; its passphrase stands in CALIBRATE_SIGN_PASSPHRASE.",
)  # fmt: skip
@json_option
def secure(run: Path, recipients: Path, out: Path, sign: Path | None, as_json: bool) -> None:
    """Make copies of packets that open with a password.

    Reads the folder RUN and leaves it as it is. Each row of the list of recipients gives one
    copy. A password that the list does not give is drawn and written once to
    DIR/passwords.csv. Needs the extra secure: pip install 'review-calibrate[secure]'

    \b
    Example:
      calibrate secure out/latest --recipients recipients.csv --out send
      calibrate secure out/latest --recipients recipients.csv --out send --sign hr.p12
    """
    from calibrate.secure import make_copies

    made = make_copies(run, recipients, out, sign)
    if as_json:
        click.echo(json.dumps(made.describe(), indent=2, ensure_ascii=False))
        return
    copies, people = say_count(made.n_copies, "copy"), say_count(made.n_recipients, "recipient")
    copies = copies.replace("copys", "copies")
    click.echo(f"Copies    {copies} for {people} in {made.folder / 'copies'}")
    click.echo(f"Signed    {f'by {made.signer}' if made.signer else 'no'}")
    click.echo(f"List      {made.folder / 'index.csv'}")
    if made.n_drawn:
        click.echo(f"Passwords {made.folder / 'passwords.csv'}")
        click.echo(
            "Next      tell each recipient the password on another way than the copy, then "
            "delete passwords.csv; it cannot be made again."
        )
