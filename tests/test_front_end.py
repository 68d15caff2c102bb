"""The build of the front end: what it needs, what it writes, what it says when it cannot."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kg.web import assets

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"


def test_the_lock_file_names_no_registry():
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    wanted = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert not any("resolved" in package for package in lock["packages"].values())
    assert all(package.get("integrity") for name, package in lock["packages"].items() if name)
    assert {name: lock["packages"][f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_every_asset_that_the_manifest_names_is_there_and_named_by_its_content():
    built = assets.manifest()
    assert {"style.css", "main.js", "editor.js", "world.svg", "icons.svg", "favicon.svg"} <= set(built["assets"])
    for name, file in built["assets"].items():
        assert (assets.FOLDER / file).is_file(), name
        assert re.search(r"-[0-9A-Z]{8}\.", file), file
    assert built["map"]["width"] > built["map"]["height"] > 0


def test_every_asset_that_a_template_loads_is_built():
    templates = "".join(file.read_text("utf-8") for file in (ROOT / "src" / "kg" / "web" / "templates").glob("*.html"))
    loaded = set(re.findall(r'asset\("([^"]+)"\)', templates))
    assert loaded
    assert loaded <= set(assets.manifest()["assets"])
    icons = (assets.FOLDER / assets.manifest()["assets"]["icons.svg"]).read_text("utf-8")
    wanted = set(re.findall(r'"(it-[a-z]+)"', templates)) | set(re.findall(r"#(it-[a-z]+)", templates))
    assert wanted
    assert all(f'id="{name}"' in icons for name in wanted)


def test_styles_and_scripts_load_nothing_from_others():
    for file in assets.FOLDER.iterdir():
        if file.suffix == ".css":
            text = file.read_text("utf-8")
            assert not re.search(r"url\([\"']?(https?:)?//", text), file.name
            assert "@import" not in text
    style = assets.FOLDER / assets.manifest()["assets"]["style.css"]
    assert style.stat().st_size < 60_000


def test_the_licences_of_what_is_bundled_go_with_it():
    notices = (assets.FOLDER / "notices.txt").read_text("utf-8")
    for name in ("bootstrap-italia", "world-atlas", "d3-geo", "topojson-client"):
        assert re.search(rf"^{name} \d+\.\d+", notices, re.MULTILINE), name
    assert "SIL OPEN FONT LICENSE" in notices.upper()
    assert "BSD 3-Clause" in notices or "Redistribution and use" in notices


@pytest.fixture
def machine(tmp_path):
    """Makes a folder of programs, each a line of shell, and gives the environment in which only they are found."""

    def make(**programs):
        for name, line in programs.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
            (tmp_path / name).chmod(0o755)
        return {**os.environ, "PATH": str(tmp_path)}

    return make


def hook(environment, *code):
    """Run some code with the build hook in a process of its own."""
    text = "\n".join(("import hatch_build", *code))
    return subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("programs", "known"),
    [
        ({}, False),
        ({"node": "echo v24.1.0"}, False),
        ({"node": "echo v18.19.0", "npm": "true"}, False),
        ({"node": "exit 1", "npm": "true"}, False),
        ({"node": "echo v20.0.0", "npm": "true"}, True),
    ],
)
def test_a_machine_without_a_new_node_gets_one_from_pip(machine, programs, known):
    told = hook(machine(**programs), "print(hatch_build.has_node())")
    assert told.stdout.strip() == str(known)


def test_a_failing_npm_ends_in_a_sentence(machine):
    broken = machine(npm="exit 7")
    told = hook(broken, "from pathlib import Path", "hatch_build.make_assets(Path('frontend'))")
    assert told.returncode == 1
    assert "The front end could not be built: `npm ci --omit=dev` in frontend failed" in told.stderr
    assert "run that command there" in told.stderr
    assert "Traceback" not in told.stderr
    assert (
        "could not be built"
        in hook(
            machine(npm=""),
            "import os; os.environ['PATH'] = ''",
            "hatch_build.make_assets(hatch_build.Path('/nowhere'))",
        ).stderr
    )


def test_a_server_without_assets_says_what_to_do(monkeypatch, tmp_path):
    from kg.errors import SettingError

    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    assets.manifest.cache_clear()
    with pytest.raises(SettingError, match="the front end has not been built") as caught:
        assets.asset("style.css")
    assert "make serve" in caught.value.remedy
    monkeypatch.undo()
    assets.manifest.cache_clear()
    assert assets.asset("style.css").startswith("/static/style-")


def test_what_is_built_is_built_again_only_after_a_change(tmp_path):
    web, frontend = tmp_path / "src" / "kg" / "web", tmp_path / "frontend"
    (web / "static").mkdir(parents=True)
    source, page, manifest = (
        frontend / "src" / "main.js",
        web / "templates" / "base.html",
        web / "static" / "manifest.json",
    )
    for time, file in ((100, source), (100, page), (200, manifest)):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("", encoding="utf-8")
        os.utime(file, (time, time))
    for folder in (frontend, frontend / "src", web / "templates"):
        os.utime(folder, (100, 100))

    def fresh():
        code = ("from pathlib import Path", f"print(hatch_build.is_fresh(Path({str(tmp_path)!r})))")
        return hook(dict(os.environ), *code).stdout.strip()

    assert fresh() == "True"
    os.utime(page, (300, 300))
    assert fresh() == "False"
    os.utime(page, (100, 100))
    os.utime(source, (300, 300))
    assert fresh() == "False"
    os.utime(source, (100, 100))
    manifest.unlink()
    assert fresh() == "False"
