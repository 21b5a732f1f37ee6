"""``calibrate secure``: copies of packets that a password opens."""

from __future__ import annotations

import json
from pathlib import Path

import click

from calibrate.cli.options import json_option


@click.command()
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.option(
    "--recipients", required=True, type=click.Path(path_type=Path), metavar="CSV",
    help="Columns file (as in packets/index.csv), recipient, and password if you choose it.",
)  # fmt: skip
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR",
    help="New or empty folder for the copies, outside the run.",
)  # fmt: skip
@click.option(
    "--sign", type=click.Path(path_type=Path), metavar="P12",
    help="Sign with this certificate; CALIBRATE_CERTIFICATE_PASSPHRASE opens it.",
)  # fmt: skip
@json_option
def secure(run: Path, recipients: Path, out: Path, sign: Path | None, as_json: bool) -> None:
    """Make copies of packets that a password opens.

    Each row of CSV gives one copy, locked with AES-256. A password that is not given is made
    and stands in DIR/passwords.csv, once; send it another way than the packet. The run in RUN
    stays as it is. Needs the extra [secure].

    \b
    Example:
      calibrate secure out/latest --recipients who.csv --out to-send
      calibrate secure out/latest --recipients who.csv --out to-send --sign hr.p12
    """
    from calibrate.secure import secure_packets

    made = secure_packets(run, recipients, out, sign)
    if as_json:
        passwords = None if made.passwords is None else str(made.passwords)
        told = {"folder": str(made.folder), "copies": made.n_copies, "passwords": passwords}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    copies = "1 copy" if made.n_copies == 1 else f"{made.n_copies:,} copies"
    click.echo(f"Copies    {made.folder}  ({copies}; copies.csv says which is whose)")
    if made.passwords is not None:
        click.echo(f"Passwords {made.passwords}  (send them another way, then delete the file)")
