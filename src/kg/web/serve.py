"""Listens: loads the release and serves it over HTTP until told to stop."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import resource
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from kg.errors import SettingError
from kg.holding import hold
from kg.release import load
from kg.settings import find_folders
from kg.workers import confinement, forked_nursery

if TYPE_CHECKING:
    import uvicorn

    from kg.release import Release
    from kg.settings import Settings
    from kg.web.site import Site
    from kg.workers import Nursery

LOOPBACK = "127.0.0.1"
LONGEST_RELOAD = 900.0  # seconds
FAREWELL = 5  # seconds that answers under way may still take when the server is told to end


def run(settings: Settings, *, host: str | None = None, port: int | None = None) -> None:
    """Serve on the address of the settings, or the one given; raises SettingError where it is not free."""
    check_documents(settings, host or settings.host)
    folders = find_folders(settings)
    release = load(folders)
    # before there is a second thread
    nursery = forked_nursery(release.graph, confinement(settings)) if settings.store == "memory" else None
    try:
        site = _site(release, settings, nursery)
        del release  # nothing but the site holds it: after a reload it must be let go
        raise_open_files()
        listener = listen(host or settings.host, settings.port if port is None else port)
        with listener, operations(settings, listener) as operator:
            site.operations_port = operator.getsockname()[1]
            where = f"{address(listener)}, for the operator {address(operator)}"
            sys.stderr.write(f"Release {site.release.id} on {where}\n")
            with suppress(KeyboardInterrupt):  # the server ends in good order first, and passes Ctrl-C on
                make_server(site).run(sockets=[listener, operator])
    finally:
        if nursery is not None:
            nursery.close()


def check_documents(settings: Settings, host: str) -> None:
    """Raise SettingError where the texts of documents would be shown to others than who sits at this machine."""
    if settings.documents is None:
        return
    if host not in (LOOPBACK, "localhost", "::1") or settings.base_url:
        message = "the documents' texts are shown on this machine alone: they belong to their publishers"
        raise SettingError(message, remedy="leave --documents out, or listen on 127.0.0.1 without KG_BASE_URL")
    if not settings.documents.is_dir():
        message = f"the folder {settings.documents} does not exist"
        raise SettingError(message, remedy="name the folder with the documents' text files by --documents")


def _site(release: Release, settings: Settings, nursery: Nursery | None) -> Site:
    """The site with its first release, whose id another process computes while this one imports the rest."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    naming = multiprocessing.get_context("fork").Process(target=lambda: theirs.send(release.id))
    naming.start()
    from kg.web.app import create_app

    release.named = ours.recv()
    naming.join()
    return create_app(hold(release, settings), settings, nursery)


def make_server(site: Site) -> uvicorn.Server:
    """The HTTP server for a site; it does not say what it is made of, and believes no header about who asks."""
    import uvicorn

    from kg.web.connections import Connection

    config = uvicorn.Config(
        site,
        http=Connection,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=FAREWELL,
    )
    return uvicorn.Server(config)


def operations(settings: Settings, listener: socket.socket) -> socket.socket:
    """The operator's socket: where the settings say, else next to the public one, else wherever there is room."""
    if settings.operations_port is not None:
        return listen(LOOPBACK, settings.operations_port)
    try:
        return listen(LOOPBACK, (listener.getsockname()[1] + 1) % 65536)
    except SettingError:
        return listen(LOOPBACK, 0)


def ask_to_reload(settings: Settings, port: int | None) -> dict[str, str]:
    """Have the server behind the operator's port reload, and tell how it went; raises SettingError if none is there."""
    chosen = port or settings.operations_port or settings.port + 1
    connection = http.client.HTTPConnection(LOOPBACK, chosen, timeout=LONGEST_RELOAD)
    try:
        connection.request("POST", "/reload", headers={"KG-Reload": "1"})
        told: dict[str, str] = json.loads(connection.getresponse().read())
        return {name: told[name] for name in ("outcome", "reason", "release")}
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        remedy = "start one with `kg serve`, or name its operator's port with --port; it prints it when it starts"
        raise SettingError(f"no server of ours answers on {LOOPBACK} port {chosen}", remedy=remedy) from None
    finally:
        connection.close()


def raise_open_files() -> None:
    """Let the process have as many open files, and thus connections, as the system lets it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on the address; port 0 takes any that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        remedy = "choose another with --host and --port, or KG_HOST and KG_PORT"
        raise SettingError(f"cannot listen on {host} port {port}: {reason}", remedy=remedy) from None


def address(listener: socket.socket) -> str:
    """The address of a socket as a browser takes it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
