"""Makes the small record of the schema that this version writes, which every later version must read.

python tests/records/make.py        (with `tests` on the path: PYTHONPATH=tests)
"""

import shutil
import sys
from pathlib import Path

from support.recorded_run import record_run


def main(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    record_run(folder, minutes=3, regions=("anode",))
    sys.stdout.write(f"{folder}: {sum(path.stat().st_size for path in folder.rglob('*') if path.is_file())} bytes\n")


if __name__ == "__main__":
    from operando.protocols.record.schema import SCHEMA

    main(Path(__file__).parent / f"schema_{SCHEMA}")
