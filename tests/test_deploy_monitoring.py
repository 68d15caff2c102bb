"""The rules for Prometheus and the dashboard for Grafana ask only for what the server really counts."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from deployed import DEPLOY, ROOT, program
from served import COUNT, serving

RULES = DEPLOY / "prometheus-rules.yml"
BOARD = DEPLOY / "grafana-dashboard.json"
NAMES = re.compile(r"\bkg_\w+")


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """Every series that a server gives, by its name as it is asked for."""
    log = tmp_path_factory.mktemp("log") / "log"
    with serving(access_log=str(log)) as served:
        assert served.ask(COUNT).status_code == 200
        text = served.operator.get("/metrics").text
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
    parts = {name: ("_bucket", "_sum", "_count") if kind == "histogram" else ("",) for name, kind in kinds.items()}
    return {name + part for name in kinds for part in parts[name]}


def expressions_of_the_rules():
    return re.findall(r"^\s+expr: (.*)$", RULES.read_text("utf-8"), re.MULTILINE)


def expressions_of_the_board():
    board = json.loads(BOARD.read_text("utf-8"))
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]


def test_the_rules_ask_only_for_what_is_counted(counted):
    named = {name for expression in expressions_of_the_rules() for name in NAMES.findall(expression)}
    assert len(named) > 8
    assert named - counted == set()


def test_the_board_asks_only_for_what_is_counted(counted):
    named = {name for expression in expressions_of_the_board() for name in NAMES.findall(expression)}
    assert named - counted == set()


def test_the_board_shows_all_that_is_counted(counted):
    named = {name for expression in expressions_of_the_board() for name in NAMES.findall(expression)}
    assert counted - named == set()


def promtool(*arguments):
    command = [program("promtool", "prometheus"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_prometheus_takes_the_rules():
    told = promtool("check", "rules", "--lint=all", "--lint-fatal", RULES)
    assert told.returncode == 0, told.stdout + told.stderr
    found = re.search(r"SUCCESS: (\d+) rules found", told.stdout)
    assert int(found[1]) == len(expressions_of_the_rules())


def test_each_alert_fires_when_it_should_and_only_then(tmp_path):
    told = promtool("test", "rules", DEPLOY.parent / "tests" / "prometheus-rules-test.yml")
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_cases_know_every_alert():
    names = re.findall(r"^\s+- alert: (\w+)$", RULES.read_text("utf-8"), re.MULTILINE)
    cases = (ROOT / "tests" / "prometheus-rules-test.yml").read_text("utf-8")
    assert [name for name in names if f"alertname: {name}\n" not in cases] == []


def test_prometheus_takes_the_queries_of_the_board(tmp_path):
    queries = [expression.replace("$__rate_interval", "5m") for expression in expressions_of_the_board()]
    rules = [{"record": f"board:query_{n}", "expr": query} for n, query in enumerate(queries)]
    file = tmp_path / "board.yml"
    file.write_text(json.dumps({"groups": [{"name": "board", "rules": rules}]}), encoding="utf-8")
    told = promtool("check", "rules", file)
    assert told.returncode == 0, told.stdout + told.stderr


def test_no_two_panels_of_the_board_overlap():
    taken = set()
    for panel in json.loads(BOARD.read_text("utf-8"))["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert taken & cells == set(), panel["title"]
        taken |= cells


def test_the_page_on_operations_tells_what_to_do_about_every_alert():
    names = re.findall(r"^\s+- alert: (\w+)$", RULES.read_text("utf-8"), re.MULTILINE)
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert [name for name in names if f"`{name}`" not in page] == []
