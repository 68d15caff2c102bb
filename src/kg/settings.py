"""The settings: every `KG_*` variable with default and help, read once; nothing else reads the environment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kg.errors import SettingError

STORE = re.compile(r"memory|oxigraph:.+|https?://[^/].*")


class Settings(BaseSettings):
    """What an operator may set; names in the environment carry the prefix `KG_`."""

    model_config = SettingsConfigDict(env_prefix="KG_", frozen=True, extra="ignore")

    home: Path | None = Field(
        None, description="Folder that holds ontology/, data/, shapes/ and queries/ (default: the installed ones)"
    )
    data: Path | None = Field(None, description="Folder with a city's data, in place of the `data/` of the home folder")
    queries: Path | None = Field(
        None, description="Folder with a city's queries, in place of the `queries/` of the home folder"
    )
    releases: Path | None = Field(
        None, description="Folder with earlier releases, each in a folder of its own as `kg build` writes it"
    )
    documents: Path | None = Field(
        None, description="Folder with the documents' texts, for the review on this machine; without it none is shown"
    )
    host: str = Field("127.0.0.1", description="Address that `kg serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="Port that `kg serve` listens on")
    base_url: str | None = Field(
        None, description="Public address of the server, as visitors write it (default: from the request)"
    )
    operations_port: int | None = Field(
        None, ge=0, le=65535, description="Loopback port for /ready, /metrics and reloading (default: KG_PORT + 1)"
    )
    access_log: str = Field("", description="File for the access log, one JSON object a line; - is standard output")
    trusted_proxies: str = Field(
        "", description="Addresses or networks of reverse proxies, with commas; only these are asked who the client is"
    )
    max_connections: int = Field(1000, ge=1, description="Most connections at a time; one client gets half of them")
    request_seconds: float = Field(
        10, gt=0, description="Longest time for the head of a request, for its body, and for an answer to move on"
    )
    max_url_bytes: int = Field(16384, ge=1024, description="Longest address that is accepted, in bytes")
    max_query_bytes: int = Field(65536, ge=1024, description="Longest query that is accepted, in bytes of UTF-8")
    max_rows: int = Field(1_000_000, ge=1, description="Most rows or triples of an answer; one with more is refused")
    max_result_bytes: int = Field(67_108_864, ge=1024, description="Most bytes of an answer; a larger one is refused")
    query_seconds: float = Field(30, gt=0, description="Longest time a query may take; `timeout=` can only lower it")
    query_megabytes: int = Field(1024, ge=32, description="Memory that a query may use beyond the loaded graph, in MiB")
    fast_queries: int = Field(16, ge=1, description="Queries in their first fifth of a second at a time")
    fast_queue: int = Field(256, ge=0, description="Queries that may wait for their turn; the next gets 503")
    slow_queries: int = Field(8, ge=1, description="Slow queries that run at a time, at low priority")
    slow_queue: int = Field(16, ge=0, description="Slow queries that may pause until another ends; the next gets 503")
    client_slow_seconds: float = Field(
        300, gt=0, description="Seconds that the slow queries of one client may take in five minutes; then it gets 429"
    )
    cache_bytes: int = Field(67_108_864, ge=0, description="Size of the cache of answers, in bytes; 0 is none")
    services: str = Field("", description="Endpoints that SERVICE may ask, with commas; all others are refused")
    store: str = Field(
        "memory",
        description="Where the release is asked: memory, oxigraph:FOLDER on disk, or a SPARQL engine's address",
    )
    store_user: str = Field("", description="Who asks that engine, and loads it with `kg push`")
    store_password: SecretStr = Field(SecretStr(""), description="The password of KG_STORE_USER; it is never shown")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for part in listed(value):
            ip_network(part)
        return value

    @field_validator("services")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        for part in listed(value):
            if not part.startswith(("http://", "https://")):
                raise ValueError(f"{part} is no http address")
        return value

    @field_validator("store")
    @classmethod
    def _is_store(cls, value: str) -> str:
        if not STORE.fullmatch(value):
            raise ValueError("it is neither memory, nor oxigraph:FOLDER, nor an http address")
        if "@" in urlsplit(value).netloc:
            raise ValueError("user and password belong into KG_STORE_USER and KG_STORE_PASSWORD")
        return value

    @model_validator(mode="after")
    def _calls_nobody_by_another(self) -> Settings:
        if self.store_address and self.services:
            raise ValueError("KG_SERVICES must be empty where KG_STORE is an address")
        return self

    @property
    def store_folder(self) -> str:
        """The folder of the releases on disk, if they are kept there."""
        return self.store.partition("oxigraph:")[2]

    @property
    def store_address(self) -> str:
        """The address of the engine that is asked, if one is."""
        return self.store if self.store.startswith(("http://", "https://")) else ""

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of the trusted proxies."""
        return tuple(ip_network(part) for part in listed(self.trusted_proxies))

    @property
    def allowed_services(self) -> frozenset[str]:
        """The endpoints that SERVICE may ask."""
        return frozenset(listed(self.services))


def listed(value: str) -> list[str]:
    """The parts of a value with commas."""
    return [part.strip() for part in value.split(",") if part.strip()]


@dataclass(frozen=True)
class Folders:
    """Where the parts of a city's graph lie; `root` is what paths in messages are relative to."""

    root: Path
    ontology: Path
    data: Path
    shapes: Path
    queries: Path

    def shown(self, path: Path) -> str:
        """The path as messages show it: relative to the root where it lies below."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


def read_settings() -> Settings:
    """The settings from the environment; raises SettingError that names the variable and the value."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "KG_" + "_".join(str(part) for part in first["loc"] or ("store",)).upper()
        shown = f" has the value {first['input']!r}" if isinstance(first["input"], str) else ""
        if shown and "@" in urlsplit(first["input"]).netloc:
            shown = ""
        message = f"{name}{shown}: {first['msg']}"
        raise SettingError(message, remedy=f"set {name} to a usable value or unset it") from None


def find_folders(settings: Settings) -> Folders:
    """The folders to read: those set, else those of the installed package, else those of the checkout."""
    package = Path(__file__).resolve().parent
    home = settings.home or (package / "city" if (package / "city").is_dir() else package.parents[1])
    home = home.absolute()
    data = (settings.data or home / "data").absolute()
    folders = Folders(
        root=home if data.is_relative_to(home) else data,
        ontology=home / "ontology",
        data=data,
        shapes=home / "shapes",
        queries=(settings.queries or (home / "queries" if settings.data is None else data / "queries")).absolute(),
    )
    for folder in (folders.ontology, folders.data, folders.shapes):
        if not folder.is_dir():
            remedy = "set KG_HOME to a folder with ontology/, data/ and shapes/, or KG_DATA to a city's data"
            raise SettingError(f"the folder {folder} does not exist", remedy=remedy)
    return folders
