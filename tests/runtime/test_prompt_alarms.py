"""Prompts that callers of a language would not hear: as alarms, and before anything opens."""

import shutil
from pathlib import Path

import pytest

from calls.clock import ManualClock
from calls.words import Language
from config.folder import seed_folder
from ivr.document import load_tree
from ivr.model import Tree
from ivr.speech.book import PromptBook
from ivr.speech.grammar import all_pieces
from ivr.speech.house_prompts import BEEP, HOUSE_PROMPTS
from ivr.speech.shelf import Shelf
from runtime.alarms.prompt_watch import found_of, lacking
from runtime.alarms.standing import Standing
from runtime.commands.check import findings
from storage.worker import Worker

pytestmark = pytest.mark.integration
ZH, EN = Language.ZH, Language.EN
TREE = b"""{
  "id": "t", "title": "t", "languages": ["zh-CN", "en"], "root": "hello",
  "prompts": {"welcome": {"zh-CN": {"text": "\xe6\x82\xa8\xe5\xa5\xbd"}}},
  "nodes": {"hello": {"kind": "hangup"}}
}"""


def spoken(folder: Path, *languages: Language) -> PromptBook:
    """Everything of the house has audio in these languages, and the tree's one prompt has none."""
    shelf, clock = Shelf(folder), ManualClock()
    for language in languages:
        files = [shelf.house(language, name) for name in (*HOUSE_PROMPTS, BEEP)]
        files += [shelf.piece(language, name) for name in all_pieces(language)]
        for file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"RIFF")
    return PromptBook(folder, clock, Worker(clock))


def tree() -> Tree:
    return load_tree(TREE, "t")


def test_p67_what_a_language_lacks_is_an_alarm_of_that_language_and_over_when_it_is_there(
    tmp_path: Path,
) -> None:
    standing = Standing()
    book = spoken(tmp_path, ZH, EN)
    assert lacking(book, (), (ZH, EN)) == {}
    (tmp_path / "en" / "house" / "goodbye.wav").unlink()
    found = found_of(lacking(book, (), (ZH, EN)))
    [alarm] = standing.look(found, 1.0)
    assert (alarm.name, alarm.on) == ("prompts_missing:en", True)
    assert alarm.values == {"now": "1", "names": "goodbye"}
    (tmp_path / "en" / "house" / "goodbye.wav").write_bytes(b"RIFF")
    assert list(standing.look(found_of(lacking(book, (), (ZH, EN))), 10.0)) == []
    [over] = standing.look([], 30.0)
    assert not over.on


def test_p67_a_tree_offers_a_language_in_which_a_prompt_has_no_words(tmp_path: Path) -> None:
    lacks = lacking(spoken(tmp_path, ZH, EN), (tree(),), (ZH,))
    assert [(one.name, one.why) for one in lacks[EN]] == [("welcome", "no text")]
    assert [(one.name, one.why) for one in lacks[ZH]] == [("welcome", "no audio")]


def test_many_are_counted_and_the_first_are_named(tmp_path: Path) -> None:
    [found] = found_of(lacking(spoken(tmp_path, EN), (), (ZH, EN)))
    assert found.name == "prompts_missing:zh-CN"
    assert int(found.values["now"]) > 50
    assert found.values["names"].endswith("…")


def test_p67_check_names_what_is_missing_before_anything_opens(tmp_path: Path) -> None:
    config = tmp_path / "config"
    seed_folder(config)
    lines = {one.what: one for one in findings(config, ManualClock(1_800_000_000.0))}
    assert not lines["prompts en"].good
    assert "are missing" in lines["prompts zh-CN"].text
    shutil.rmtree(config)
