"""How does a first cycle begin? A commented folder, with or without a look at exports."""

from __future__ import annotations

from calibrate.setup.folder import compose_folder, write_folder
from calibrate.setup.proposal import Proposal
from calibrate.setup.propose import propose_cycle

__all__ = ["Proposal", "compose_folder", "propose_cycle", "write_folder"]
