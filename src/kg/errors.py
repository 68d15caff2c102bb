"""The tree of errors: everything that can go wrong for a user, and nothing else defines an exception.

KgError                    what went wrong, where, and the remedy
    SettingError           a setting or an argument that cannot be used
    DataError              a file of the repository that cannot be read (file, line, column)
    RequestError           a request that is none of the SPARQL Protocol (400)
        QuerySyntaxError   a query that does not parse (line, column)
        QueryRefused       a query that asks for what this endpoint never does: update, SERVICE, unknown FROM (403)
    NotAcceptable          no format that is offered fits the Accept header or `format` (406)
    NotFound               nothing is known under this address (404)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class KgError(Exception):
    """What went wrong and what to do about it; `str()` gives one line without the remedy."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    @property
    def where(self) -> str:
        """The place as `file:line:column`, as `line:column`, or empty."""
        return ""


class SettingError(KgError):
    """A `KG_*` variable or a command's argument has a value that cannot be used."""


class DataError(KgError):
    """A file cannot be read as what it should be."""

    def __init__(self, message: str, *, file: Path | str, line: int = 1, column: int = 1, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.file = file
        self.line = line
        self.column = column

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class RequestError(KgError):
    """The request is malformed."""


class QuerySyntaxError(RequestError):
    """The query is not SPARQL 1.1; `line` and `column` count from 1."""

    def __init__(self, message: str, *, line: int, column: int, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.line = line
        self.column = column

    @property
    def where(self) -> str:
        return f"{self.line}:{self.column}"


class QueryRefused(RequestError):
    """The query is well formed but asks for something that this endpoint never does."""


class NotAcceptable(KgError):
    """No offered format fits; `offered` lists the media types."""

    def __init__(self, message: str, *, offered: tuple[str, ...], remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.offered = offered


class NotFound(KgError):
    """Nothing is known under this IRI or address."""
