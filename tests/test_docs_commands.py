"""Every command that the documentation shows in a `sh` block is run here, against the other city.

A `console` block is for a machine of its own, with systemd or podman: tests/test_deploy_*.py go through what those do.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from test_docs import PAGES
from test_endpoint_operation import running

SHOWN_AT = "http://127.0.0.1:8000"
INSTEAD = {SHOWN_AT: "$SERVER", "curl --silent": "curl --silent --fail", "Glasgow": "Eastport", "OLD NEW": "dist dist"}
# `docs/editing.md` is walked through as a whole by tests/test_editing.py
BLOCKS = [
    pytest.param(block, id=f"{page.name}-{number}")
    for page in PAGES
    if page.name != "editing.md"
    for number, block in enumerate(re.findall(r"^```sh\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.M), 1)
]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_of_commands_runs(city_copy, block):
    home = city_copy.home
    commands = Path(sys.executable).parent
    environment = {**os.environ, "KG_HOME": str(home), "PATH": f"{commands}:{os.environ['PATH']}"}
    script = block
    for shown, meant in INSTEAD.items():
        script = script.replace(shown, meant)
    if SHOWN_AT in block:
        assert shutil.which("curl"), "install curl"
        subprocess.run(["kg", "release"], env=environment, check=True, cwd=home)
        with running(home) as (_, web, _operator):
            done = run(script, {**environment, "SERVER": str(web.base_url).rstrip("/")}, home)
    else:
        done = run(script, environment, home)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def run(script: str, environment: dict[str, str], home: Path) -> subprocess.CompletedProcess[str]:
    """Run the lines of a block in a shell that stops at the first that fails."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, env=environment, cwd=home
    )
