"""What makes a page wait for its first second is not imported for it."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("package", ["matplotlib", "pandas", "scipy"])
def test_the_page_starts_without_what_only_figures_need(package: str) -> None:
    told = f"import operando.protocols.live.app, sys; sys.exit({package!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0
