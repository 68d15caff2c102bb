"""What the checks find in a release, made aside: a process of its own validates the files and hands the findings over.

A server asks for it when somebody wants to see the report; it imports nothing of what validates, and no query waits.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import Busy
from kg.reports import Row, as_turtle, rows
from kg.settings import Folders

if TYPE_CHECKING:
    from collections.abc import Sequence

LANGUAGES = ("en", "it")
LONGEST = 300.0  # seconds
RETRY = 60  # seconds
NICENESS = 10


@dataclass(frozen=True)
class Inspection:
    """The findings in each language, worst first, and the same as a report of SHACL."""

    rows: dict[str, list[Row]]
    report: tuple[ox.Triple, ...]

    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        severities = [row.severity for row in next(iter(self.rows.values()))]
        return {severity: severities.count(severity) for severity in ("violation", "warning", "info")}


async def inspect_aside(folders: Folders, release: str) -> Inspection:
    """The inspection on the release that the folders give; raises Busy where they do not give it (any longer)."""
    told = json.dumps({name: str(path) for name, path in asdict(folders).items()})
    command = (sys.executable, "-m", "kg.inspection", told)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        output, _ = await asyncio.wait_for(process.communicate(), LONGEST)
    except TimeoutError:
        output = b""
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    values = json.loads(output or b"{}")
    if values.get("release") != release:
        message = "there is no report: the files are not those of the release that is served, or cannot be checked"
        raise Busy(message, retry_after=RETRY, remedy="the operator reloads the data by `kg reload`; try again then")
    return _inspection(values)


def _inspection(values: dict[str, Any]) -> Inspection:
    found = {language: [Row(**row) for row in values[language]] for language in LANGUAGES}
    report = ox.parse(values["report"], format=ox.RdfFormat.TURTLE)
    return Inspection(found, tuple(quad.triple for quad in report))


def main(arguments: Sequence[str]) -> None:
    """Validate the folders and write the findings to standard output as JSON."""
    from kg.index import read_index
    from kg.release import load
    from kg.validate import validate

    os.nice(NICENESS)
    folders = Folders(**{name: Path(path) for name, path in json.loads(arguments[0]).items()})
    release = load(folders)
    findings = validate(release.graph, folders, read_index(folders))
    values: dict[str, object] = {"release": release.id, "report": as_turtle(findings, release.graph, "en")}
    for language in LANGUAGES:
        values[language] = [asdict(row) for row in rows(findings, release.graph, language)]
    sys.stdout.write(json.dumps(values))


if __name__ == "__main__":
    main(sys.argv[1:])
