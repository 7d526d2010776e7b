"""A voice that cannot speak says what to do about it."""

from pathlib import Path

import pytest

from ivr.speech import voices
from ivr.speech.voices import VoiceMissing, VoiceSpec, open_voice

pytestmark = pytest.mark.integration


def test_espeak_takes_no_option_from_a_text() -> None:
    speech = open_voice(VoiceSpec(name="en-us")).speak("--version $(id)\nhello")
    assert speech[:4] == b"RIFF"
    assert len(speech) > 10_000


def test_a_voice_espeak_does_not_know_is_named() -> None:
    with pytest.raises(VoiceMissing, match="no voice 'no-such-voice'"):
        open_voice(VoiceSpec(name="no-such-voice"))


def test_piper_without_its_model_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(VoiceMissing, match="no voice model at"):
        open_voice(VoiceSpec(engine="piper", model=str(tmp_path / "zh.onnx")))


def test_piper_not_installed_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    model = tmp_path / "zh.onnx"
    model.touch()
    monkeypatch.setattr(voices, "import_module", absent)
    with pytest.raises(VoiceMissing, match="pip install piper-tts"):
        open_voice(VoiceSpec(engine="piper", model=str(model)))


def test_the_label_changes_with_whatever_changes_the_sound() -> None:
    specs = [
        VoiceSpec(name="cmn-latn-pinyin"),
        VoiceSpec(name="en-us"),
        VoiceSpec(name="en-us", words_per_minute=120),
        VoiceSpec(engine="piper", model="/voices/zh_CN-huayan-medium.onnx"),
    ]
    assert len({spec.label for spec in specs}) == len(specs)
