"""The tree of errors: everything that can go wrong for a user, and nothing else defines an exception.

KgError                    what went wrong, where, and the remedy
    SettingError           a setting or an argument that cannot be used
    DataError              a file of the repository that cannot be read (file, line, column)
    RequestError           a request that is none of the SPARQL Protocol (400)
        QuerySyntaxError   a query that does not parse (line, column)
        QueryRefused       a query that asks for what this endpoint never does: update, SERVICE, unknown FROM (403)
        LimitExceeded      a query, or its answer, that is larger than the server allows (413)
            AddressTooLong an address that is longer than the server allows (414)
        SlowRequest        a request that does not arrive in time (408)
    DeadlineExceeded       a query that takes longer than it may (504)
    Busy                   more is asked than can be done now; `retry_after` says when to come back (503)
        BudgetSpent        one client asks more than its share (429)
    WorkerLost             the process that evaluated a query ended before it had an answer (503)
    ServiceFailed          an endpoint that SERVICE may ask does not answer (502)
    EngineFailed           the engine behind the endpoint answers, but not as it should (502)
    EngineDown             the engine behind the endpoint cannot be reached, or holds another release (503)
    ReloadFailed           a new release cannot be served; the old one stays
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


class LimitExceeded(RequestError):
    """The query or its answer is larger than the server allows; nothing was cut off, nothing is sent."""


class AddressTooLong(LimitExceeded):
    """The address is longer than the server allows."""


class SlowRequest(RequestError):
    """The request does not arrive in time."""


class DeadlineExceeded(KgError):
    """The query takes longer than it may."""


class Busy(KgError):
    """More is asked than can be done now; `retry_after` is in whole seconds."""

    def __init__(self, message: str, *, retry_after: int, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after


class BudgetSpent(Busy):
    """One client asks more than its share of slow queries."""


class WorkerLost(KgError):
    """The process that evaluated a query ended before it had an answer, through no fault of the query."""


class ServiceFailed(KgError):
    """An endpoint that SERVICE may ask does not answer."""


class EngineFailed(KgError):
    """The engine behind the endpoint answers, but not as it should."""


class EngineDown(KgError):
    """The engine behind the endpoint cannot be reached, or does not hold the release that is served."""


class ReloadFailed(KgError):
    """A new release cannot be served; the one before it stays."""


class NotAcceptable(KgError):
    """No offered format fits; `offered` lists the media types."""

    def __init__(self, message: str, *, offered: tuple[str, ...], remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.offered = offered


class NotFound(KgError):
    """Nothing is known under this IRI or address."""
