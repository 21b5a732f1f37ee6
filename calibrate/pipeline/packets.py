"""Drafts become PDFs, here or in other processes, and are listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
from joblib import Parallel, delayed

from calibrate.manifest import hash_bytes
from calibrate.pipeline.progress import Clock
from calibrate.report import AuditMaterial, Draft, Material, Packet, draft_packet, print_packet
from calibrate.report.files import encode_table
from calibrate.report.views.manager import list_managers
from calibrate.tables import PACKET_INDEX

_PLACES = {"executive": "executive.pdf", "audit": "audit/audit.pdf"}


def print_packets(
    material: Material,
    audit: AuditMaterial,
    kinds: Sequence[str],
    jobs: int,
    clock: Clock,
) -> list[tuple[str, Packet]]:
    """Print the packets of these kinds.

    Returns
    -------
    list of (path inside the run, packet)
        Names of session and manager packets are numbers in the order of
        their session or manager: a folder listing says nothing.
    """
    named = _draft(material, audit, kinds)
    tasks = (delayed(print_packet)(draft) for _, draft in named)
    printed = []
    for packet in Parallel(n_jobs=jobs, return_as="generator")(tasks):
        printed.append(packet)
        clock.count(len(printed), len(named), "packets")
    clock.remarks += _explain_missing(printed)
    return [(name, packet) for (name, _), packet in zip(named, printed, strict=True)]


def _explain_missing(packets: Sequence[Packet]) -> list[str]:
    """Say which characters no font of this machine has; they are printed as boxes."""
    missing = sorted(frozenset().union(*(packet.missing for packet in packets)))
    if not missing:
        return []
    listed = ", ".join(f"U+{ord(c):04X}" for c in missing[:10])
    more = f" and {len(missing) - 10} more" if len(missing) > 10 else ""
    return [
        f"no font here has {listed}{more}; boxes stand in their place. Install a font that has "
        "them (on Debian fonts-noto-core, fonts-noto-cjk, fonts-noto-extra) and set the packets "
        "in another --out"
    ]


def _draft(
    material: Material, audit: AuditMaterial, kinds: Sequence[str]
) -> list[tuple[str, Draft]]:
    drafts: list[tuple[str, Draft]] = []
    if "session" in kinds:
        sessions = sorted(set(material.tables["scores"]["session"].dropna()))
        drafts += [
            (f"packets/session-{n}.pdf", draft_packet("session", material, name))
            for n, name in enumerate(sessions, 1)
        ]
    if "manager" in kinds:
        drafts += [
            (f"packets/manager-{n}.pdf", draft_packet("manager", material, name))
            for n, name in enumerate(list_managers(material), 1)
        ]
    if "executive" in kinds:
        drafts.append(
            (_PLACES["executive"], draft_packet("executive", _count_only(material, audit)))
        )
    if "audit" in kinds:
        drafts.append((_PLACES["audit"], draft_packet("audit", material, audit=audit)))
    return drafts


def write_index(
    folder: Path, packets: Sequence[tuple[str, Packet]], run_id: str, employees: pd.DataFrame
) -> None:
    """Write the PDFs and ``packets/index.csv`` into the run's folder."""
    names = dict(zip(employees["employee_id"], employees["name"], strict=True))
    rows = []
    for name, packet in packets:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(packet.pdf)
        rows.append(
            {
                "file": name, "kind": packet.kind, "session": packet.session,
                "manager_id": packet.manager_id, "packet_id": packet.packet_id,
                "sha256": hash_bytes(packet.pdf), "pages": packet.n_pages, "run_id": run_id,
                "manager": names.get(packet.manager_id, ""),
            }
        )  # fmt: skip
    index = pd.DataFrame(rows, columns=PACKET_INDEX.names)
    (folder / "packets").mkdir(exist_ok=True)
    (folder / "packets" / "index.csv").write_bytes(encode_table(PACKET_INDEX, index)[1])


def _count_only(material: Material, audit: AuditMaterial) -> Material:
    """Tell the executive page how many disparities there are, and nothing else of them."""
    if material.cycle.inputs.attributes is None:
        return material
    findings = audit.tables["findings"]
    n_disparities = int(((findings["kind"] == "disparity") & (findings["level"] == "look")).sum())
    readiness = {**material.readiness, "n_disparity_findings": n_disparities}
    return replace(material, readiness=readiness)
