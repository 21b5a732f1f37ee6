"""What went in: hashes, versions, seed, options; and the run's id made of them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from calibrate import __version__
from calibrate.config import Cycle

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"

#: Packages whose version can change a figure or a byte of a packet.
ENGINES = ("fairlearn", "numpy", "pandas", "pyarrow", "scipy", "weasyprint")


@dataclass(frozen=True)
class Provenance:
    """Everything a run depends on.

    Parameters
    ----------
    inputs
        Name as the cycle spells it, to SHA-256; ``cycle.yaml`` itself is not
        among them, its meaning is (a new comment makes no new run).
    configuration
        The cycle with all defaults filled in.
    outputs
        What was asked for.
    configurations
        Hash of all settings this cycle was run with in the same output folder:
        the audit counts them.
    distributed
        Hash of the views handed on before, if this run makes one; else empty.
    """

    cycle: str
    inputs: Mapping[str, str]
    configuration: Mapping[str, Any]
    versions: Mapping[str, str]
    seed: int
    outputs: Sequence[str]
    configurations: str = ""
    distributed: str = ""

    @property
    def run_id(self) -> str:
        """First 12 hex digits of the hash of all of it."""
        told = {
            "inputs": dict(self.inputs), "configuration": dict(self.configuration),
            "versions": dict(self.versions), "seed": self.seed, "outputs": list(self.outputs),
            "configurations": self.configurations, "distributed": self.distributed,
        }  # fmt: skip
        return hash_bytes(canonical_json(told).encode())[:12]

    @property
    def folder(self) -> str:
        """Name of the run's folder under ``runs/``."""
        return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', self.cycle)}-{self.run_id}"


def gather_provenance(
    cycle: Cycle, outputs: Sequence[str], fetched: Mapping[str, Path]
) -> Provenance:
    """Hash every input file as bytes; none of them is parsed here.

    Parameters
    ----------
    outputs
        What was asked for.
    fetched
        Shown name of a database's table to the file that holds what was fetched.
    """
    files = {name: cycle.resolve(name) for name in list_files(cycle)} | dict(fetched)
    inputs = {name: hash_file(path) for name, path in files.items()}
    versions = {"calibrate": __version__} | {name: version(name) for name in ENGINES}
    configuration = cycle.model_dump(mode="json", by_alias=True)
    return Provenance(cycle.cycle, inputs, configuration, versions, cycle.seed, sorted(outputs))


def list_files(cycle: Cycle) -> list[str]:
    """Name every file a cycle is made of, as the cycle spells it."""
    inputs = cycle.inputs
    parts = [part for table in type(inputs).model_fields for part in inputs.parts(table)]
    names = {name for part in parts for name in part.files}
    strategy = {cycle.strategy} if cycle.strategy else set()
    return sorted(names | set(cycle.rubrics) | strategy)


def build_statement(provenance: Provenance, outputs: Mapping[str, str], largest_step: float) -> str:
    """Write the run down as an in-toto Statement.

    Parameters
    ----------
    largest_step
        One step of the coarsest mark scale, points: tells how finely a mean may be shown.
    outputs
        Path inside the run to SHA-256.
    """
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": n, "digest": {"sha256": outputs[n]}} for n in sorted(outputs)],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "buildDefinition": {
                "buildType": f"calibrate/{__version__}",
                "externalParameters": {
                    "cycle": provenance.cycle,
                    "configuration": dict(provenance.configuration),
                    "configurations": provenance.configurations,
                    "distributed": provenance.distributed,
                    "outputs": list(provenance.outputs),
                    "seed": provenance.seed,
                },
                "internalParameters": {"largest_step": largest_step},
                "resolvedDependencies": [
                    {"name": n, "digest": {"sha256": provenance.inputs[n]}}
                    for n in sorted(provenance.inputs)
                ],
            },
            "runDetails": {
                "builder": {"id": "calibrate", "version": dict(provenance.versions)},
                "metadata": {"invocationId": provenance.run_id},
            },
        },
    }
    return json.dumps(statement, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def canonical_json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_bytes(content: bytes) -> str:
    """SHA-256 in hex.

    Examples
    --------
    >>> hash_bytes(b"abc")[:8]
    'ba7816bf'
    """
    return hashlib.sha256(content).hexdigest()


def hash_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
