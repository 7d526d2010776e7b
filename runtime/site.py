"""One hotline's site: its configuration, its folders, its secrets. Opened the same way by every
command, so that `check` and `run` never disagree."""

import os
from dataclasses import dataclass
from pathlib import Path

from config.asterisk import asterisk_settings
from config.folder import Configuration, open_folder, seed_folder
from config.settings import ProcessRole
from recordings.keys import open_keys
from recordings.whereabouts import Whereabouts
from telephony.asterisk.login_secrets import LoginSecrets, make_secrets
from telephony.asterisk.root import AsteriskRoot, find_root
from telephony.asterisk.settings import AsteriskSettings


@dataclass(frozen=True, slots=True)
class Site:
    configuration: Configuration
    secrets: LoginSecrets

    @property
    def data(self) -> Path:
        return self.configuration.settings.data

    @property
    def journal(self) -> Path:
        """The file a process with sessions writes: the facts of its calls, and the floor's
        decisions when the brain is in it, too."""
        return self.configuration.settings.journal

    @property
    def prompts(self) -> Path:
        return self.data / "prompts"

    @property
    def recordings(self) -> Path:
        return self.data / "recordings"

    @property
    def audio(self) -> Whereabouts:
        place = self.configuration.settings.audio
        return Whereabouts(
            folder=str(self.recordings),
            keys=str(place.key_file) if place.encrypt else "",
            bucket=place.store,
        )

    @property
    def secrets_file(self) -> Path:
        return secrets_file(self.data)

    @property
    def scripts(self) -> Path:
        """Where a site's own AGI scripts lie."""
        return self.data / "scripts"

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def controller_log(self) -> Path:
        """Each process of a hotline has its own."""
        roles = self.configuration.settings.roles
        some = "" if set(roles) == set(ProcessRole) else f"-{'-'.join(sorted(roles))}"
        return self.logs / f"controller{some}.log"

    def asterisk(self) -> AsteriskSettings:
        """Raises ValueError with a sentence for the site."""
        return asterisk_settings(self.configuration, self.secrets, self.prompts, self.recordings)

    def asterisk_root(self) -> AsteriskRoot:
        """Raises NoAsterisk. Set-up provisions one for all sites of a checkout, in ``var``."""
        beside = self.data.parent if not (self.data / "asterisk-root").exists() else self.data
        return find_root(beside)


def open_site(folder: Path, *, demo: bool = False) -> Site:
    """Read ``folder``, making the files we ship where there are none. Raises ConfigRefused with
    every mistake, OSError, ValueError for torn secrets."""
    seed_folder(folder, demo=demo)
    configuration = open_folder(folder, os.environ)
    settings = configuration.settings
    for made in ("prompts", "recordings", "scripts", "log"):
        (settings.data / made).mkdir(parents=True, exist_ok=True)
    if settings.audio.encrypt:
        open_keys(settings.audio.key_file)
    return Site(configuration, make_secrets(secrets_file(settings.data)))


def secrets_file(data: Path) -> Path:
    return data / "secrets"
