"""Listens: loads the release and serves it over HTTP until told to stop."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

from kg.errors import SettingError
from kg.release import load
from kg.settings import find_folders
from kg.web.app import create_app

if TYPE_CHECKING:
    from fastapi import FastAPI

    from kg.settings import Settings


def run(settings: Settings, *, host: str | None = None, port: int | None = None) -> None:
    """Serve on the address of the settings, or the one given; raises SettingError where it is not free."""
    release = load(find_folders(settings))
    listener = listen(host or settings.host, settings.port if port is None else port)
    with listener:
        sys.stderr.write(f"Serving on {address(listener)}\n")
        with suppress(KeyboardInterrupt):  # the server ends in good order first, and passes Ctrl-C on
            make_server(create_app(release, settings)).run(sockets=[listener])


def make_server(app: FastAPI) -> uvicorn.Server:
    """The HTTP server for an application; it does not say what it is made of."""
    return uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False, ws="none"))


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
