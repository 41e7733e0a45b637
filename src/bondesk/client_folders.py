"""客户端目录 of one machine: read from the settings, changed by hand or from the client's own file, tried out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bondesk.adapters.client_settings import read_client_settings, usual_file
from bondesk.adapters.client_trial import try_folders
from bondesk.adapters.gateway_folder import folders_below
from bondesk.base.client_folders import FORMS, BoxTrial, FormFolders, FoundFolders
from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of
from bondesk.settings import Home, Settings


class ClientFolders:
    """The :class:`bondesk.engine.ports.ClientSetup` over the settings of a data folder."""

    def __init__(self, home: Home) -> None:
        """Work on the settings of ``home``."""
        self._home = home
        self._read: tuple[int, Settings] | None = None

    def in_force(self) -> Sequence[FormFolders]:
        """Return the folders the gateway works with; another program on this data folder may have changed them."""
        settings = self._settings()
        if settings.client_folders:
            return settings.client_folders
        return folders_below(Path(settings.gateway_root)) if settings.gateway_root else ()

    def _settings(self) -> Settings:
        try:
            stamp = self._home.settings_file.stat().st_mtime_ns
        except OSError:
            stamp = 0
        if self._read is None or self._read[0] != stamp:
            self._read = (stamp, self._home.read())
        return self._read[1]

    def forms(self) -> Sequence[FormFolders]:
        """Return a row for every form, in order."""
        given = {form.form.casefold(): form for form in self.in_force()}
        return [given.get(form.casefold(), FormFolders(form)) for form in FORMS]

    def keep(self, forms: Sequence[FormFolders]) -> None:
        """Write the folders into the settings; from now on they are in force."""
        kept = [form for form in forms if form.used]
        try:
            self._home.write(self._home.read().model_copy(update={"client_folders": kept}))
        except OSError as problem:
            raise OutsideFailure(f"设置不能保存到 {self._home.settings_file}（{reason_of(problem)}）") from problem
        self._read = None

    def from_client(self, file: Path | None = None) -> FoundFolders:
        """Read the client's settings file."""
        return read_client_settings(file or usual_file())

    def try_out(self, forms: Sequence[FormFolders]) -> Sequence[BoxTrial]:
        """Try every box."""
        return try_folders(forms)
