"""What the tests of `deploy/` share: the programs they need, and a proxy in front of a running server."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from released import needed
from served import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
HOST = "city-relations.example.org"


def program(name: str, package: str) -> str:
    """The path of a program of Debian's; without it the test is skipped, or fails where nothing may be."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    return str(needed(Path(found or f"/usr/bin/{name}"), f"install Debian's {package}"))


def free_ports(n: int) -> list[int]:
    """So many ports of the loopback interface that nothing listens on."""
    with_sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [int(each.getsockname()[1]) for each in with_sockets]
    for each in with_sockets:
        each.close()
    return ports


def certificate(folder: Path) -> None:
    """A certificate for the name of the examples, signed by itself, with its key."""
    names = f"subjectAltName=DNS:{HOST},IP:127.0.0.1"
    command = [program("openssl", "openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    files = ["-nodes", "-keyout", str(folder / "key"), "-out", str(folder / "pem")]
    subprocess.run(
        [*command, *files, "-days", "2", "-subj", f"/CN={HOST}", "-addext", names], check=True, capture_output=True
    )


@dataclass(frozen=True)
class Proxy:
    """A proxy that is running: its port, and the certificate to know it by."""

    port: int
    folder: Path

    def client(self, source: str = "127.0.0.1") -> httpx.Client:
        """A client that comes from an address of the loopback network."""
        trust = ssl.create_default_context(cafile=self.folder / "pem")
        transport = httpx.HTTPTransport(verify=trust, local_address=source)
        return httpx.Client(base_url=f"https://127.0.0.1:{self.port}", transport=transport, timeout=60)

    def connect(self) -> ssl.SSLSocket:
        """A bare connection, to be broken off."""
        trust = ssl.create_default_context(cafile=self.folder / "pem")
        return trust.wrap_socket(socket.create_connection(("127.0.0.1", self.port)), server_hostname="127.0.0.1")


def nginx_text(folder: Path, plain: int, port: int, servers: list[int]) -> str:
    """The example for nginx with this test's ports and files; nothing else of it is changed."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = replaced(text, "/etc/ssl/city-relations.pem", str(folder / "pem"))
    text = replaced(text, "/etc/ssl/private/city-relations.key", str(folder / "key"))
    text = replaced(text, "pid /run/nginx.pid", f"pid {folder}/pid")
    text = replaced(text, "/var/log/nginx/error.log", f"{folder}/errors")
    text = replaced(text, "server 127.0.0.1:8000;", " ".join(f"server 127.0.0.1:{each};" for each in servers))
    text = re.sub(r"listen \[::\]:\d+[^;]*;\n", "", text)  # not every machine has IPv6
    text = replaced(text, "listen 80;", f"listen 127.0.0.1:{plain};")
    text = replaced(text, "listen 443 ", f"listen 127.0.0.1:{port} ")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    return replaced(text, "http {", f"http {{ {paths}")


def caddy_text(folder: Path, plain: int, port: int, servers: list[int]) -> str:
    """The example for Caddy with this test's ports and certificate; nothing else of it is changed."""
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    text = replaced(text, "{\n\tservers {", f"{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {port}\n\tservers {{")
    given = f"127.0.0.1:{port}, {HOST} {{\n\ttls {folder}/pem {folder}/key\n"
    text = replaced(text, f"{HOST} {{\n", given)
    return replaced(
        text, "reverse_proxy 127.0.0.1:8000", "reverse_proxy " + " ".join(f"127.0.0.1:{each}" for each in servers)
    )


def replaced(text: str, old: str, new: str) -> str:
    """The text with the one place replaced where something stands, comments aside."""
    lines = text.splitlines(keepends=True)
    plain = "".join(line for line in lines if not line.lstrip().startswith("#"))
    assert plain.count(old) == 1, f"{old!r} stands there {plain.count(old)} times"
    return plain.replace(old, new)


@contextmanager
def proxying(kind: str, servers: list[int]) -> Iterator[Proxy]:
    """Run nginx or Caddy with the example of `deploy/` in front of servers until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="proxy-"))
    folder.chmod(0o755)  # what runs for visitors is not root
    certificate(folder)
    plain, port = free_ports(2)
    if kind == "nginx":
        text = nginx_text(folder, plain, port, servers)
        command = [program("nginx", "nginx-light"), "-c", str(folder / "conf"), "-g", "daemon off;"]
    else:
        text = caddy_text(folder, plain, port, servers)
        command = [program("caddy", "caddy"), "run", "--config", str(folder / "conf"), "--adapter", "caddyfile"]
    (folder / "conf").write_text(text, encoding="utf-8")
    homes = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, env=os.environ | homes, stdout=said, stderr=said)
    try:
        until(_answers(port, process, folder), within=30)
        yield Proxy(port, folder)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def _answers(port: int, process: subprocess.Popen[bytes], folder: Path) -> Callable[[], bool]:
    def answers() -> bool:
        assert process.poll() is None, (folder / "said").read_text(encoding="utf-8")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True
        return False

    return answers
