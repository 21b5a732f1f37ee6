"""``calibrate schema``: JSON Schemas, so that an editor completes and checks the YAML files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from calibrate.errors import DiskError

#: The files that have a schema; each is a command-line name and a file name.
NAMES = ("cycle", "rubric", "strategy", "theme", "plant")


@click.command()
@click.argument("name", type=click.Choice(NAMES), required=False)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Write each schema into this folder instead of printing it.",
)  # fmt: skip
def schema(name: str | None, out: Path | None) -> None:
    """Print JSON Schemas of the YAML files, for editors.

    A plant is what `calibrate demo --plant` reads. Without a name all are
    printed as one JSON object. An editor that knows YAML schemas (VS Code with
    its YAML extension, JetBrains, Neovim) then completes keys, explains them
    and marks mistakes while you type.

    \b
    Example:
      calibrate schema cycle
      calibrate schema --out schemas
    """
    schemas = {each: build_named_schema(each) for each in ([name] if name else NAMES)}
    if out is None:
        click.echo(_to_json(schemas[name] if name else schemas))
        return
    for each, path in write_schemas(out, schemas).items():
        click.echo(f"{path}; first line of a {each} file:")
        # An address, because a path with a blank in it would be cut there.
        click.echo(f"  # yaml-language-server: $schema={path.resolve().as_uri()}")


def build_named_schema(name: str) -> dict[str, Any]:
    """Build one schema by its name on the command line."""
    from calibrate.config.schema import build_cycle_schema, build_schema

    if name == "cycle":
        return build_cycle_schema()
    if name == "plant":
        from calibrate.demo.keys import PLANT_KEYS
        from calibrate.demo.plant import Plant

        return build_schema(Plant, PLANT_KEYS)
    if name == "theme":
        from calibrate.report.theme import ThemeSettings
        from calibrate.report.theme.keys import THEME_KEYS

        return build_schema(ThemeSettings, THEME_KEYS)
    from calibrate.rubric import Rubric, Strategy
    from calibrate.rubric.keys import RUBRIC_KEYS, STRATEGY_KEYS

    if name == "rubric":
        return build_schema(Rubric, RUBRIC_KEYS)
    return build_schema(Strategy, STRATEGY_KEYS)


def write_schemas(out: Path, schemas: dict[str, dict[str, Any]]) -> dict[str, Path]:
    """Write ``NAME.schema.json`` for each schema; give the paths.

    Raises
    ------
    DiskError
        If the folder cannot be written.
    """
    paths = {name: out / f"{name}.schema.json" for name in schemas}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, path in paths.items():
            path.write_text(_to_json(schemas[name]) + "\n", encoding="utf-8")
    except OSError as error:
        raise DiskError(f"{out}: {error.strerror}; choose a folder you may write") from None
    return paths


def _to_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
