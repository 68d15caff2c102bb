"""Files that are none: each is one clear finding with file, line and remedy; exit 2, and nothing is written."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import CityCopy

AGREEMENTS = "data/statements/yearbook-2023/01-twinnings-and-agreements.trig"
CITIES = "data/entities/cities.ttl"
REMEDY_MERGE = "choose between the two versions and delete the marks <<<<<<<, ======= and >>>>>>>"


def latin(raw: bytes) -> bytes:
    return raw.replace(b'"Eastport"@it', '"Città dell\'Est"@it'.encode("latin-1"))


def half(raw: bytes) -> bytes:
    return raw[: raw.index(b'"Eastport"@it') + 4]


def one_line(raw: bytes) -> bytes:
    return raw + b"# " + b"x" * 50 * 2**20


def long_line(raw: bytes) -> bytes:
    return raw + b"# " + b"x" * 2**17 + b"\n"


def merged(raw: bytes) -> bytes:
    return raw.replace(b"city:eastport a", b"<<<<<<< HEAD\ncity:eastport a") + b"=======\n>>>>>>> other\n"


def marked(raw: bytes) -> bytes:
    return b"\xef\xbb\xbf" + raw


def of_windows(raw: bytes) -> bytes:
    return raw.replace(b"\n", b"\r\n")


def zeros(raw: bytes) -> bytes:
    return raw[:-1] + b"\0\n"


def mangled(raw: bytes) -> bytes:
    return raw.replace(b"cr:country country:sandland", b"c:country country:sandland", 1)


def relative(raw: bytes) -> bytes:
    return raw.replace(b"cr:country country:sandland", b"cr:country <sandland>", 1)


def unclosed(raw: bytes) -> bytes:
    return raw.replace(b"cr:country country:sandland", b"cr:country <https://example.org/sandland", 1)


BAD: dict[str, tuple[Callable[[bytes], bytes], str, str]] = {
    "not UTF-8": (latin, ":8:21 is not UTF-8 text", "save the file as UTF-8"),
    "half a file": (half, ":8:16 ", ""),
    "50 MB in one line": (
        one_line,
        ":1:1 is 50 MiB large, more than a file of data is",
        "restore the file, or split it by chapter",
    ),
    "a line without end": (
        long_line,
        ":20:1 a line of 131074 bytes is none of a file of data",
        "restore the file, or lay it out in lines",
    ),
    "a merge that is not finished": (merged, ":6:1 holds the marks of a merge that is not finished", REMEDY_MERGE),
    "byte-order mark": (marked, ":1:1 begins with a byte-order mark", "save the file as UTF-8 without BOM"),
    "line ends of Windows": (
        of_windows,
        ":1:1 has line ends of another system (CR)",
        "save the file with the line ends of Unix (LF)",
    ),
    "zero bytes": (zeros, ":19:1 holds a zero byte", "restore the file: it is damaged"),
    "a mangled prefix": (
        mangled,
        ":9:5 the prefix c: is not declared",
        "correct the prefix, or run `kg fmt`: it declares those that this city uses",
    ),
    "a relative IRI": (relative, ":9:16 <sandland> is no IRI: ", ""),
    "an IRI without end": (unclosed, ":9:16 ", ""),
}


def run(city_copy: CityCopy, *arguments: str) -> tuple[int, str, str]:
    """`kg` as a process of its own on the copy."""
    done = subprocess.run(
        [sys.executable, "-m", "kg", *arguments],
        env={"KG_HOME": str(city_copy.home), "PATH": "/usr/bin:/bin"},
        cwd=city_copy.home,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(("spoil", "message", "remedy"), BAD.values(), ids=BAD)
def test_a_bad_file_is_one_finding_with_its_place(city_copy, spoil, message, remedy):
    file = city_copy.home / CITIES
    file.write_bytes(spoil(file.read_bytes()))
    before = {path: path.read_bytes() for path in sorted(city_copy.home.rglob("*")) if path.is_file()}
    code, out, err = run(city_copy, "validate")
    assert (code, out) == (2, "")
    assert err.startswith(f"kg: {file}{message}"), err
    assert not remedy or err.endswith(f"\n    {remedy}\n"), err
    assert "Traceback" not in err
    assert {path: path.read_bytes() for path in sorted(city_copy.home.rglob("*")) if path.is_file()} == before


@pytest.mark.parametrize("command", [("fmt",), ("anchor", "--documents", "documents"), ("query", "-"), ("where", "x")])
def test_no_command_goes_on_with_a_bad_file(city_copy, command):
    shutil.copy(city_copy.home / AGREEMENTS, city_copy.home / "kept.trig")
    file = city_copy.home / CITIES
    file.write_bytes(merged(file.read_bytes()))
    code, out, err = run(city_copy, *command)
    assert (code, out) == (2, "")
    assert err == f"kg: {file}:6:1 holds the marks of a merge that is not finished\n    {REMEDY_MERGE}\n"
    assert (city_copy.home / AGREEMENTS).read_bytes() == (city_copy.home / "kept.trig").read_bytes()


@pytest.mark.parametrize("form", ["json", "sarif", "github", "gitlab", "junit", "turtle"])
def test_a_program_gets_the_bad_file_as_a_finding(city_copy, form):
    file = city_copy.home / CITIES
    file.write_bytes(merged(file.read_bytes()))
    code, out, err = run(city_copy, "validate", "--format", form)
    assert code == 2
    assert "holds the marks of a merge that is not finished" in out
    assert err.startswith(f"kg: {file}:6:1 ")
    if form == "github":
        assert out.startswith(f"::error file={CITIES},line=6,col=1,title=unreadable::cities.ttl: holds the marks")


ANYWHERE: dict[str, Callable[[bytes], bytes]] = {
    "not UTF-8": lambda raw: raw + b"# Citt\xe0\n",
    "half a file": lambda raw: raw[: len(raw) * 2 // 3],
    "50 MB in one line": one_line,
    "a merge that is not finished": lambda raw: raw + b"<<<<<<< HEAD\n=======\n>>>>>>> other\n",
    "byte-order mark": marked,
    "line ends of Windows": of_windows,
    "a mangled prefix": lambda raw: raw + b"\nxx:a xx:b xx:c .\n",
}
FILES = [
    AGREEMENTS,
    "data/sources.ttl",
    "ontology/concepts/kind.ttl",
    "shapes/cities.ttl",
]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("spoil", ANYWHERE.values(), ids=ANYWHERE)
def test_wherever_it_lies_a_bad_file_is_named_and_nothing_is_written(city_copy, name, spoil):
    file = city_copy.home / name
    file.write_bytes(spoil(file.read_bytes()))
    before = {path: path.read_bytes() for path in sorted(city_copy.home.rglob("*")) if path.is_file()}
    code, out, err = run(city_copy, "validate")
    assert (code, out) == (2, "")
    assert err.startswith(f"kg: {file}:"), err
    assert "Traceback" not in err
    assert {path: path.read_bytes() for path in sorted(city_copy.home.rglob("*")) if path.is_file()} == before
