"""The recipes for GitHub, GitLab and pre-commit: what they call exists, and what they run on a change is run here."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from conftest import ROOT
from test_since import git

GITHUB, GITLAB = ROOT / ".github" / "workflows" / "check.yml", ROOT / ".gitlab-ci.yml"
HOOKS = ROOT / ".pre-commit-config.yaml"
NETWORKS = "data/statements/yearbook-2023/04-networks-projects-honours.trig"
BIN = Path(sys.executable).parent


def read(file: Path) -> dict:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def github_steps(job: str) -> list[str]:
    return [step["run"] for step in read(GITHUB)["jobs"][job]["steps"] if "run" in step]


def commands() -> list[str]:
    """Every command of every recipe."""
    found = [command for job in read(GITHUB)["jobs"] for command in github_steps(job)]
    found += [line for job in read(GITLAB).values() if isinstance(job, dict) for line in job.get("script", [])]
    return found + [hook["entry"] for repo in read(HOOKS)["repos"] for hook in repo["hooks"]]


@cache
def help_of(command: str) -> str:
    done = subprocess.run([BIN / "kg", command, "--help"], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_a_command_of_a_recipe_exists(command):
    words = shlex.split(command.partition(" > ")[0])
    if words[0] == "make":
        goals = re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert set(words[1:]) <= set(goals)
    else:
        assert words[0] == ".venv/bin/kg"
        options = [word for word in words[2:] if word.startswith("--")]
        assert [option for option in options if option not in help_of(words[1])] == []


def test_the_recipes_have_the_form_that_the_services_ask_for():
    workflow = read(GITHUB)
    assert set(workflow[True]) == {"pull_request", "push"}  # YAML 1.1 reads the key `on` as true
    for job in workflow["jobs"].values():
        assert job["runs-on"]
        assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    pipeline = read(GITLAB)
    jobs = {name: job for name, job in pipeline.items() if isinstance(job, dict) and "script" in job}
    assert {job["stage"] for job in jobs.values()} == set(pipeline["stages"])
    for recipe in (GITHUB, GITLAB):
        assert "make check test" in recipe.read_text(encoding="utf-8")


@pytest.fixture
def fork(city_copy):
    """The other city as a repository of its own, cloned from where it lies, with the tools where the recipes look."""
    origin = city_copy.home.with_name("origin")
    for file in (HOOKS, ROOT / ".gitignore"):
        (city_copy.home / file.name).write_bytes(file.read_bytes())
    git(city_copy.home, "init", "--quiet", "--initial-branch", "main")
    git(city_copy.home, "add", ".")
    git(city_copy.home, "commit", "--quiet", "--message", "as it was")
    git(city_copy.home.parent, "clone", "--quiet", str(city_copy.home), str(origin))
    git(city_copy.home, "remote", "add", "origin", str(origin))
    git(city_copy.home, "fetch", "--quiet", "origin")
    (city_copy.home / ".venv").mkdir()
    (city_copy.home / ".venv" / "bin").symlink_to(BIN)
    return city_copy


def run(home: Path, command: str) -> subprocess.CompletedProcess[str]:
    names = {f"GIT_{who}_{what}": "test@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(home.parent),
        "KG_HOME": str(home),
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": "origin/main",
        **names,
    }
    return subprocess.run(["bash", "-c", command], cwd=home, env=environment, capture_output=True, text=True)


def kg_commands(recipe: list[str]) -> list[str]:
    return [command.replace("${{ github.base_ref }}", "main") for command in recipe if "make" not in command]


def test_the_recipe_of_github_annotates_the_lines_of_a_change(fork):
    steps = kg_commands(github_steps("data"))
    assert [run(fork.home, step).returncode for step in steps] == [0, 0, 0]
    fork.edit(NETWORKS, '"2005"^^xsd:gYear', '"19x7"^^xsd:gYear')
    form, change, whole = (run(fork.home, step) for step in steps)
    assert (form.returncode, change.returncode, whole.returncode) == (0, 1, 1)
    assert change.stdout.startswith(f"::error file={NETWORKS},line=24,col=18,title=start-date::")
    assert change.stdout.count("\n") == 1
    assert '"level": "error"' in (fork.home / "kg.sarif").read_text(encoding="utf-8")


def test_the_recipe_of_gitlab_writes_the_reports_that_it_names(fork):
    fork.edit(NETWORKS, '"2005"^^xsd:gYear', '"19x7"^^xsd:gYear')
    pipeline = read(GITLAB)
    for job in ("data", "change"):
        codes = [run(fork.home, step).returncode for step in kg_commands(pipeline[job]["script"])]
        assert codes[-1] == 1
        for report in pipeline[job]["artifacts"]["reports"].values():
            assert "start-date" in (fork.home / report).read_text(encoding="utf-8")


def test_the_hooks_run_before_a_commit(fork):
    assert run(fork.home, "pre-commit install").returncode == 0
    everything = run(fork.home, "pre-commit run --all-files")
    assert everything.returncode == 0, everything.stdout
    fork.edit(NETWORKS, '"2005"^^xsd:gYear', '"19x7"^^xsd:gYear')
    commit = run(fork.home, "git commit --quiet --all --message 'a year'")
    assert commit.returncode == 1
    assert f"{NETWORKS}:24:18 violation start-date" in commit.stdout + commit.stderr
    fork.edit(NETWORKS, '"19x7"^^xsd:gYear', '"2006"^^xsd:gYear')
    assert run(fork.home, "git commit --quiet --all --message 'a year'").returncode == 0


def test_a_hook_lays_out_what_is_not_in_form(fork):
    run(fork.home, "pre-commit install")
    fork.edit(NETWORKS, "project:tidework cr:partner city:eastport .", "project:tidework   cr:partner   city:eastport.")
    commit = run(fork.home, "git commit --quiet --all --message 'untidy'")
    assert commit.returncode == 1
    assert "files were modified by this hook" in commit.stdout + commit.stderr
    assert "project:tidework cr:partner city:eastport ." in (fork.home / NETWORKS).read_text(encoding="utf-8")
