"""`docs/editing.md` typed again: every command is run and every change made in its order, and prints what it should."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import ROOT

PAGE = ROOT / "docs" / "editing.md"
BLOCK = re.compile(r"^```(console|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEP = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
END = "--- end of step ---"


@dataclass(frozen=True)
class Step:
    """What is typed, and what the page says that it prints."""

    typed: str
    printed: str

    def __str__(self) -> str:
        return re.sub(r"\W+", "-", self.typed.splitlines()[0])[:60]


def read_steps() -> list[Step]:
    """Commands and changes in the order of the page."""
    steps = []
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "diff":
            steps.append(Step(f"git apply --recount <<'CHANGE'\n{text}CHANGE", ""))
        else:
            steps += [Step(typed, printed) for typed, printed in STEP.findall(text)]
    return steps


STEPS = read_steps()


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> list[str]:
    """What each step prints, in one shell, beginning in a copy of the repository."""
    here = tmp_path_factory.mktemp("editing") / "repository"
    for name in ("ontology", "shapes", "tests/other-city", "tests/annual-report-2025"):
        shutil.copytree(ROOT / name, here / name)
    script = "\n".join(f"{step.typed}\necho '{END}'" for step in STEPS)
    names = {f"GIT_{who}_{what}": "test@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(here), "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", **names}
    done = subprocess.run(
        ["bash", "-c", script], cwd=here, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return re.sub(r" +$", "", done.stdout, flags=re.MULTILINE).split(f"{END}\n")


def as_shown(text: str) -> re.Pattern[str]:
    """A pattern for the output as the page shows it, in which `…` stands for anything."""
    return re.compile(re.escape(text).replace("…", ".*?"), re.DOTALL)


@pytest.mark.parametrize("number", range(len(STEPS)), ids=lambda number: f"{number:02}-{STEPS[number]}")
def test_a_step_prints_what_the_page_shows(printed, number):
    assert as_shown(STEPS[number].printed).fullmatch(printed[number]), printed[number]


def test_the_walk_leads_through_every_command_of_an_editor():
    typed = {word for step in STEPS for word in re.findall(r"\bkg ([a-z-]+)", step.typed)}
    wanted = "add-source anchor build coverage diff evidence fmt new reanchor release rename validate where"
    assert typed == set(wanted.split())


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "data/README.md", "README.md"])
def test_who_wants_to_correct_something_is_led_to_the_page(page):
    assert "docs/editing.md" in (ROOT / page).read_text(encoding="utf-8")


def test_what_is_wrong_can_be_told_by_mail(release):
    """The dataset names an address, as the page says."""
    graph = release.graph
    query = "SELECT ?mail { ?dataset dcat:contactPoint/vcard:hasEmail ?mail FILTER(STRSTARTS(STR(?mail), 'mailto:')) }"
    prefixes = graph.city.prefixes | {"vcard": "http://www.w3.org/2006/vcard/ns#"}
    assert len(list(graph.engine.query(query, prefixes=prefixes))) == 1
