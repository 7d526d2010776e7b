"""What must be there before the first call: database, trees, prompts. Each step only does what is
missing, says what it does, and is quick the second time."""

from collections.abc import Callable, Iterable
from importlib.resources import files

from calls.words import Language
from ivr.document import load_tree
from ivr.model import Tree
from ivr.speech.render import render_fixed, render_house, render_pieces, render_staff
from runtime.site import Site
from storage.database import Database

Progress = Callable[[str, int, int], None]
"""Told (what, done, of how many); ``of`` 0 while the amount is unknown."""


def shipped_trees() -> list[Tree]:
    """The trees that come with the hotline."""
    folder = files("config").joinpath("trees")
    return [
        load_tree(entry.read_bytes(), entry.name)
        for entry in sorted(folder.iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".json")
    ]


def prepare_database(site: Site, progress: Progress) -> Database:
    """Raises StorageError."""
    progress("database", 0, 0)
    database = Database(site.configuration.settings.database_url)
    database.migrate()
    return database


def prepare_prompts(site: Site, trees: Iterable[Tree], progress: Progress) -> None:
    """Speak whatever is not spoken yet. Raises VoiceMissing."""
    folder = str(site.prompts)
    settings = site.configuration.settings
    staff = [agent.staff_number for agent in site.configuration.floor.agents]
    for language in settings.languages:
        said = _said(progress, language)
        render_pieces(folder, language, progress=said)
        render_house(folder, language, progress=said)
        render_staff(folder, staff, language)
    for tree in trees:
        speak_tree(site, tree, _said(progress, tree.id))
    _rescue_apology(site)


def speak_tree(
    site: Site, tree: Tree, progress: Callable[[int, int], None] = lambda done, of: None
) -> None:
    """Have the tree's own prompts spoken, those that are not yet. Raises VoiceMissing."""
    render_fixed(str(site.prompts), tree.prompts, progress=progress)


def _rescue_apology(site: Site) -> None:
    """The dialplan plays it by one fixed name, in the language the hotline begins with."""
    first = site.configuration.settings.languages[0]
    source = site.prompts / first / "house" / "rescue-apology.wav"
    target = site.prompts / f"{site.configuration.trunks.rescue.apology}.wav"
    if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
        fresh = target.with_suffix(".new")
        fresh.write_bytes(source.read_bytes())
        fresh.replace(target)


def _said(progress: Progress, what: Language | str) -> Callable[[int, int], None]:
    return lambda done, total: progress(f"prompts {what}", done, total)
