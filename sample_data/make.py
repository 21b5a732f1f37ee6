"""Write the sample cycle: ``calibrate demo`` for 240 people, into this folder.

``python sample_data/make.py`` rewrites the committed tables and truth/ byte for byte;
``--out DIR`` writes them elsewhere. cycle.yaml, strategy.yaml and plant.yaml are written by hand.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from calibrate.demo.generate import write_tables
from calibrate.demo.options import DemoOptions
from calibrate.pipeline.progress import Clock

HERE = Path(__file__).resolve().parent


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the tables of the sample cycle.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write into")
    options = DemoOptions(plant=HERE / "plant.yaml")
    write_tables(parser.parse_args().out, options, Clock())


if __name__ == "__main__":
    main()
