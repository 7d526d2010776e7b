"""A voice that cannot speak says what to do about it."""

import wave
from pathlib import Path
from types import SimpleNamespace

import pytest

from ivr.speech import voices
from ivr.speech.sound import seconds_of, spoken
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


def test_piper_speaks_through_the_model_that_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Model:
        """The two calls of piper 1.3 and later that are used."""

        @staticmethod
        def load(path: str) -> "Model":
            assert path == str(model)
            return Model()

        def synthesize_wav(self, text: str, file: wave.Wave_write) -> None:
            file.setparams((1, 2, 22050, 0, "NONE", ""))
            file.writeframes(b"\x10\x10" * 2205 * len(text))

    model = tmp_path / "zh.onnx"
    model.touch()
    monkeypatch.setattr(
        voices, "import_module", lambda name: SimpleNamespace(PiperVoice=Model, __version__="1.8")
    )
    voice = open_voice(VoiceSpec(engine="piper", model=str(model)))
    assert voice.version == "1.8"
    spoken(voice.speak("你好"), tmp_path / "out.wav")
    assert seconds_of(tmp_path / "out.wav") == pytest.approx(0.235, abs=0.01)


def test_the_label_changes_with_whatever_changes_the_sound() -> None:
    specs = [
        VoiceSpec(name="cmn-latn-pinyin"),
        VoiceSpec(name="en-us"),
        VoiceSpec(name="en-us", words_per_minute=120),
        VoiceSpec(engine="piper", model="/voices/zh_CN-huayan-medium.onnx"),
    ]
    assert len({spec.label for spec in specs}) == len(specs)
