"""The unit for systemd: correct, tight, and wide enough for all that the server does."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from deployed import DEPLOY, ROOT, free_ports, program
from served import COUNT, ENDLESS, until

UNIT = DEPLOY / "torino-kg.service"
MOST_EXPOSED = 1.0  # of 10, in the words of `systemd-analyze security`: the lower the tighter


@pytest.fixture
def unit(tmp_path):
    """The unit with commands that exist on this machine."""
    text = UNIT.read_text(encoding="utf-8")
    assert text.count("/opt/torino-kg/bin/kg ") == 2
    path = tmp_path / UNIT.name
    path.write_text(text.replace("/opt/torino-kg/bin/kg ", "/bin/true "), encoding="utf-8")
    return path


def analyze(*arguments):
    return subprocess.run(
        [program("systemd-analyze", "systemd"), *arguments], capture_output=True, text=True, check=False
    )


def test_systemd_finds_nothing_wrong(unit):
    told = analyze("verify", "--man=no", unit)
    assert (told.returncode, told.stdout + told.stderr) == (0, "")


def test_the_service_is_exposed_to_little(unit):
    told = analyze("security", "--offline=true", "--no-pager", unit)
    score = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", told.stdout)[1])
    print(f"systemd-analyze security: {score}")
    assert score <= MOST_EXPOSED, told.stdout


def allowed_calls():
    """The system calls that the unit allows, as systemd spells its groups out."""
    lists = [value.removeprefix("~") for value in values("SystemCallFilter")]
    assert [value[0] for value in values("SystemCallFilter")] == ["@", "~"]
    groups = {}
    for line in analyze("syscall-filter").stdout.splitlines():
        if line.startswith("@"):
            group = line.strip()
            groups[group] = set()
        elif line.startswith("    ") and not line.strip().startswith("#"):
            groups[group].add(line.strip())

    def calls(name):
        return {call for part in groups[name] for call in (calls(part) if part.startswith("@") else {part})}

    return (calls(lists[0]) - calls(lists[1])) | calls("@default")


def values(name):
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)


@contextmanager
def traced(tmp_path):
    """The other city's server under a trace of its system calls, and those of all its processes."""
    public, operator = free_ports(2)
    trace = tmp_path / "trace"
    home = ROOT / "tests" / "other-city"
    settings = {"KG_HOME": str(ROOT), "KG_DATA": str(home / "data"), "KG_OPERATIONS_PORT": str(operator)}
    command = [program("strace", "strace"), "-f", "-qq", "-o", str(trace), sys.executable, "-m", "kg", "serve"]
    environment = {"PATH": "/usr/bin", "PYTHONDONTWRITEBYTECODE": "1", "KG_QUERY_SECONDS": "1", **settings}
    process = subprocess.Popen([*command, "--port", str(public)], env=environment, stderr=subprocess.PIPE)
    try:
        assert process.stderr is not None
        assert b"for the operator" in process.stderr.readline()
        with (
            httpx.Client(base_url=f"http://127.0.0.1:{public}", timeout=120) as web,
            httpx.Client(base_url=f"http://127.0.0.1:{operator}", timeout=300) as inside,
        ):
            yield web, inside, trace
    finally:
        # strace itself does not mind a signal; it ends with the server that it traces
        (server,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("utf-8").split()
        os.kill(int(server), signal.SIGTERM)
        process.communicate()


def test_the_server_makes_no_call_that_the_unit_refuses(tmp_path):
    with traced(tmp_path) as (web, operator, trace):
        assert web.get("/sparql", params={"query": COUNT}).status_code == 200
        assert web.get("/sparql", params={"query": ENDLESS}).status_code == 504
        assert web.get("/", headers={"Accept": "text/html"}, follow_redirects=True).status_code == 200
        assert operator.post("/reload", headers={"KG-Reload": "1"}).json()["outcome"] == "unchanged"
        until(lambda: operator.get("/ready").json()["workers"] > 0)
        assert operator.get("/ready").json()["network"] == "shut"
    text = trace.read_text(encoding="utf-8", errors="replace")
    called = set(re.findall(r"^\d+ +([a-z]\w*)\(", text, re.MULTILINE))
    assert {"clone", "prctl", "accept4"} & called
    assert called - allowed_calls() == set()
    assert re.findall(r"PROT_WRITE\|PROT_EXEC[^\n]*", text) == [], "MemoryDenyWriteExecute would refuse this"


def test_the_ports_that_may_be_bound_are_those_that_the_server_takes():
    from kg.settings import Settings

    port = Settings().port
    assert values("SocketBindAllow") == [f"tcp:{port}", f"tcp:{port + 1}"]
