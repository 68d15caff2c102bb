"""The files that pages load: styles, scripts, fonts, icons, the map. The build of the front end names them by content.

Owns the folder and its manifest; which page loads which is for the templates.
"""

from __future__ import annotations

import json
import mimetypes
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from kg.errors import NotFound, SettingError
from kg.web.coding import IDENTITY, encode, negotiate
from kg.web.conditional import ALWAYS_ASK, FOR_EVER

if TYPE_CHECKING:
    from starlette.requests import Request

FOLDER = Path(__file__).parent / "static"
MANIFEST = "manifest.json"
PACKED = {".woff2", ".png"}
TYPES = {".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@cache
def manifest() -> dict[str, Any]:
    """Names and what they are called by content, and how the map is drawn; raises SettingError where none is built."""
    try:
        found: dict[str, Any] = json.loads((FOLDER / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = f"the front end has not been built: {FOLDER / MANIFEST} is missing"
        raise SettingError(message, remedy="install the package again: `make serve`, or `pip install -e .`") from None
    return found


def asset(name: str) -> str:
    """The address of a file by the name that its source has, e.g. `style.css`."""
    return f"/static/{manifest()['assets'][name]}"


def has_asset(name: str) -> bool:
    """Whether the build has made a file of that name; a script need not bring styles."""
    return name in manifest()["assets"]


def serve(request: Request) -> Response:
    """A file of the folder, to be kept for ever where its name tells its content."""
    name: str = request.path_params["name"]
    file = FOLDER / name
    if "/" in name or not file.is_file():
        raise NotFound(f"there is no /static/{name}", remedy="load a page anew: it names the files that there are")
    packed = file.suffix in PACKED
    coding = IDENTITY if packed else negotiate(request.headers.get("accept-encoding"))
    headers = {
        "Content-Type": TYPES.get(file.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream",
        "Cache-Control": FOR_EVER if name in manifest()["assets"].values() or "-" in name else ALWAYS_ASK,
    }
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    return Response(_bytes(name, coding), headers=headers)


@cache
def _bytes(name: str, coding: str) -> bytes:
    return encode((FOLDER / name).read_bytes(), coding)
