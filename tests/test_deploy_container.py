"""The Containerfile: what each step does, carried out in a folder instead of an image.

Run are: all that the first stage does, in a copy of what its ignore file lets through; of the second what it sets, its
command and its health check; where root runs the tests, as its user and with the whole file system read-only.
Not run: the base image, and what only concerns its files (`NOT_RUN`).
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import httpx
import pytest

from deployed import DEPLOY, ROOT, free_ports
from served import until

NOT_RUN = ["RUN python -m pip uninstall --yes pip"]
QUERY = {"query": "SELECT (COUNT(*) AS ?n) { ?agreement a cr:Agreement }", "format": "csv"}


def instructions() -> list[list[tuple[str, str]]]:
    """The instructions of each stage, as word and rest."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = [line.split(None, 1) for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    stages: list[list[tuple[str, str]]] = [[]]
    for word, rest in lines:
        if word == "FROM":
            stages.append([])
        stages[-1].append((word, rest.strip()))
    return stages[1:]


def given(stage: list[tuple[str, str]], word: str) -> list[str]:
    return [rest for name, rest in stage if name == word]


def ignored(path: str) -> bool:
    """Whether the ignore file keeps a path of the checkout out."""
    patterns = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    for pattern in patterns:
        if pattern and not pattern.startswith("#"):
            tail = pattern.removeprefix("**/")
            name = Path(path).name if pattern.startswith("**/") else path
            if fnmatch(name, tail):
                return True
    return False


def copy_of_the_checkout(target: Path) -> None:
    def leave_out(folder: str, names: list[str]) -> set[str]:
        inside = Path(folder).relative_to(ROOT)
        return {name for name in names if ignored(str(inside / name))}

    shutil.copytree(ROOT, target, ignore=leave_out)


@pytest.fixture(scope="module")
def image():
    """A folder in which the steps have been carried out, readable by all."""
    folder = Path(tempfile.mkdtemp(prefix="image-", dir="/var/tmp"))  # /tmp is another for the server
    folder.chmod(0o755)
    build, _ = instructions()
    assert given(build, "WORKDIR") == ["/src"]
    assert given(build, "COPY") == [". ."]
    copy_of_the_checkout(folder / "src")
    # a venv keeps the Python that made it: the one of the tests, which may itself be in one
    python = Path(sys.executable).resolve()
    for step in given(build, "RUN"):
        command = re.sub(r"/(src|opt/torino-kg)\b", rf"{folder}/\1", step)
        command = re.sub(r"^python\b", str(python), command)
        done = subprocess.run(command, shell=True, cwd=folder / "src", capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{step}\n{done.stderr}"
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def environment(image):
    _, final = instructions()
    pairs = (pair.split("=", 1) for pair in shlex.split(" ".join(given(final, "ENV"))))
    return {name: value.replace("/opt/", f"{image}/opt/") for name, value in pairs}


def test_each_step_is_run_or_listed_as_not_run():
    build, final = instructions()
    assert {word for word, _ in build} == {"FROM", "WORKDIR", "COPY", "RUN"}
    assert [f"RUN {step}" for step in given(final, "RUN")] == NOT_RUN
    known = {"FROM", "RUN", "COPY", "ENV", "EXPOSE", "USER", "WORKDIR", "HEALTHCHECK"}
    assert {word for word, _ in final} == known | {"STOPSIGNAL", "ENTRYPOINT", "CMD"}


def test_the_final_stage_has_what_serves_and_no_tool_that_builds(image):
    _, final = instructions()
    assert given(final, "COPY") == ["--from=build /opt/torino-kg /opt/torino-kg"]
    site = next((image / "opt" / "torino-kg").glob("lib/python3*/site-packages"))
    have = {path.name.partition("-")[0] for path in site.glob("*.dist-info")}
    assert {"torino_kg", "pyoxigraph", "uvicorn"} <= have
    assert have & {"pip", "setuptools", "wheel", "hatchling", "pytest", "ruff", "mypy"} == set()
    assert [path.name for path in (image / "opt" / "torino-kg" / "bin").glob("pip*")] == []


def test_what_is_private_or_large_is_not_sent_to_the_build(image):
    assert {".git", ".venv", "dist", "tests", "bench"} & {path.name for path in (image / "src").iterdir()} == set()
    assert list((image / "src").rglob("__pycache__")) == []


# Whose Python runs the tests may keep it in a folder for himself: the user may read all, but write nothing.
CAPABILITIES = " ".join(f"--{name}=-all,+dac_read_search" for name in ("inh-caps", "ambient-caps", "bounding-set"))
READ_ONLY = """
mount --make-rprivate / && mount --bind / / && mount -o remount,bind,ro / && mount -t tmpfs -o mode=1777 tmpfs /tmp &&
cd / && exec setpriv --reuid={} --regid={} --clear-groups {} "$@"
"""


@pytest.fixture(scope="module")
def confined():
    """What a command is put behind to run it as the image's user on a read-only root with a /tmp of its own."""
    _, final = instructions()
    user, group = map(int, given(final, "USER")[0].split(":"))
    assert user > 0
    if os.getuid() == 0 and subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0:
        return ["unshare", "--mount", "sh", "-c", READ_ONLY.format(user, group, CAPABILITIES), "sh"]
    if os.environ.get("KG_TEST_ALL") == "1":
        pytest.fail("only root, where it may mount, can make the file system read-only")
    return []


@dataclass(frozen=True)
class Running:
    """The server: its process, the environment of the image, its two addresses."""

    process: subprocess.Popen[str]
    environment: dict[str, str]
    web: str
    operator: str


@pytest.fixture(scope="module")
def running(environment, confined):
    """The image's command."""
    _, final = instructions()
    command = json.loads(given(final, "ENTRYPOINT")[0]) + json.loads(given(final, "CMD")[0])
    public, operator = free_ports(2)
    values = environment | {"KG_HOST": "127.0.0.1", "KG_PORT": str(public), "KG_OPERATIONS_PORT": str(operator)}
    program = shutil.which(command[0], path=values["PATH"])
    process = subprocess.Popen([*confined, program, *command[1:]], env=values, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert "for the operator" in said, said + process.stderr.read()
        yield Running(process, values, f"http://127.0.0.1:{public}", f"http://127.0.0.1:{operator}")
    finally:
        process.terminate()
        process.communicate()


def agreements(web):
    return int(httpx.get(f"{web}/sparql", params=QUERY, timeout=60).text.split()[1])


def test_the_command_serves_reloads_and_recovers_on_a_read_only_root(running):
    assert agreements(running.web) > 38
    told = httpx.post(f"{running.operator}/reload", headers={"KG-Reload": "1"}, timeout=300).json()
    assert told["reason"] == ""
    assert told["outcome"] == "unchanged"
    tasks = Path(f"/proc/{running.process.pid}/task").glob("*/children")
    nurseries = [int(child) for task in tasks for child in task.read_text("utf-8").split()]
    for pid in nurseries:
        os.kill(pid, signal.SIGKILL)
    until(lambda: "kg_nurseries_total 2" in httpx.get(f"{running.operator}/metrics").text, within=30)
    again = {**QUERY, "query": f"{QUERY['query']} # not kept"}
    assert httpx.get(f"{running.web}/sparql", params=again, timeout=60).status_code == 200


def test_the_server_runs_as_the_user_of_the_image(running, confined):
    if confined:
        status = Path(f"/proc/{running.process.pid}/status").read_text("utf-8")
        assert re.search(r"^Uid:\t65532\t65532\t65532", status, re.MULTILINE)
        mounts = Path(f"/proc/{running.process.pid}/mounts").read_text("utf-8").splitlines()
        assert [line for line in mounts if re.search(r" / \S+ ro\b", line)]


def test_the_health_check_tells_whether_the_server_is_up(running, confined):
    _, final = instructions()
    (check,) = given(final, "HEALTHCHECK")
    command = json.loads(check.partition("CMD ")[2])
    command[0] = shutil.which(command[0], path=running.environment["PATH"])
    values = running.environment
    healthy = subprocess.run([*confined, *command], env=values, capture_output=True, check=False)
    assert (healthy.returncode, healthy.stderr) == (0, b"")
    (nobody,) = free_ports(1)
    ill = subprocess.run([*confined, *command], env=values | {"KG_PORT": str(nobody)}, capture_output=True, check=False)
    assert ill.returncode == 1
