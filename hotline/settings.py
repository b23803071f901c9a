"""What the machine decides: `HOTLINE_*` in the environment, or one TOML file named by `HOTLINE_SETTINGS`.

What a union decides (categories, departments, rules, limits) stands in `config/` instead.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from hotline.errors import Invalid, Mistake
from hotline.i18n import mark


class Settings(BaseSettings):
    """The settings of one process; unknown keys are refused, so a misspelt one cannot hide."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", extra="forbid", frozen=True)

    home: Path | None = Field(None, description="Folder of the embedded database; by default the system's data folder.")
    database_url: SecretStr | None = Field(None, description="postgresql://… of a managed PostgreSQL 15 or newer.")
    config: Path | None = Field(None, description="Folder with categories.toml, departments.toml, routing.toml, …")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(12351, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str | None = Field(None, description="https://… under which browsers reach the service.")
    trusted_proxies: int = Field(0, ge=0, le=5, description="How many proxies in front set X-Forwarded-For.")
    area_code: str = Field("0411", pattern=r"^0\d{2,3}$", description="Area code for numbers written without one.")
    pool_size: int = Field(10, ge=2, le=50, description="Database connections kept open by one process.")
    session_idle_minutes: int = Field(30, ge=1, description="Minutes without a request after which a session ends.")
    session_hours: int = Field(12, ge=1, description="Hours after which a session ends in any case.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    log_json: bool = Field(default=True, description="One JSON object per line; false prints for people.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is handed in wins, then the environment, then the file."""
        file = os.environ.get("HOTLINE_SETTINGS")
        if file is None:
            return init_settings, env_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=Path(file))

    @property
    def session_idle(self) -> timedelta:
        """How long a session lives without a request."""
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def session_life(self) -> timedelta:
        """How long a session lives at most."""
        return timedelta(hours=self.session_hours)

    @property
    def secure(self) -> bool:
        """Whether browsers come over https, so that cookies may insist on it."""
        return (self.public_url or "").startswith("https://")


def load_settings(**given: object) -> Settings:
    """Read the settings; `given` (from the command line, None = not given) wins. Raises `Invalid` naming each key."""
    file = os.environ.get("HOTLINE_SETTINGS")
    if file is not None and not Path(file).is_file():
        raise Invalid(Mistake("HOTLINE_SETTINGS", mark("There is no file {path}."), {"path": file}))
    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as problem:
        raise Invalid(
            *(
                Mistake("HOTLINE_" + "_".join(map(str, error["loc"])).upper(), error["msg"])
                for error in problem.errors(include_input=False)
            )
        ) from None
