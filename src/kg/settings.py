"""The settings: every `KG_*` variable with default and help, read once; nothing else reads the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kg.errors import SettingError


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
    host: str = Field("127.0.0.1", description="Address that `kg serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="Port that `kg serve` listens on")
    base_url: str | None = Field(
        None, description="Public address of the server, as visitors write it (default: from the request)"
    )
    max_query_bytes: int = Field(65536, ge=1024, description="Longest query that is accepted, in bytes of UTF-8")


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
        name = "KG_" + "_".join(str(part) for part in first["loc"]).upper()
        message = f"{name} has the value {first['input']!r}: {first['msg']}"
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
