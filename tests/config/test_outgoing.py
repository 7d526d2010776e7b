"""outgoing.yaml: where letters and events may go, and every mistake in it by name."""

from pathlib import Path

import pytest

from config.folder import open_folder
from config.outgoing import Security
from config.problems import ConfigRefused

pytestmark = pytest.mark.unit

WHOLE = """
mail:
  host: smtp.example.com
  user: hotline
  secret: 'p:w #1'
  sender: hotline@example.com
webhooks:
  ops: {url: "https://ops.example.com/hook", secret: 0123456789abcdef, events: [alarm]}
"""


def written(folder: Path, text: str) -> Path:
    (folder / "outgoing.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_mail_server_and_webhooks_are_read(tmp_path: Path) -> None:
    plan = open_folder(written(tmp_path, WHOLE), {}).outgoing
    assert plan.mail is not None
    assert (plan.mail.port, plan.mail.security) == (587, Security.STARTTLS)
    assert plan.webhooks["ops"].wants("alarm.on")
    assert not plan.webhooks["ops"].wants("ticket.opened")
    assert "p:w" not in repr(plan)
    assert "0123456789abcdef" not in repr(plan)


def test_without_the_file_nothing_goes_out(tmp_path: Path) -> None:
    plan = open_folder(tmp_path, {}).outgoing
    assert (plan.mail, dict(plan.webhooks)) == (None, {})


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("mail: {sender: a@b.cn}", "mail"),
        ("mail: {host: h, sender: 'a b@c.cn'}", "mail.sender"),
        ("mail: {host: h, sender: a@b.cn, user: u, security: none}", "mail.security"),
        ("mail: {host: 'h\\r\\nRCPT', sender: a@b.cn}", "mail.host"),
        ("webhooks: {ops: {url: 'ftp://x', secret: 0123456789abcdef}}", "webhooks.ops.url"),
        ("webhooks: {ops: {url: 'http://u:p@x/', secret: 0123456789abcdef}}", "webhooks.ops.url"),
        ("webhooks: {ops: {url: 'https://x.cn/', secret: short}}", "webhooks.ops.secret"),
        ("webhooks: {'O PS': {}}", "webhooks.O PS"),
        (
            "webhooks: {ops: {url: 'https://x.cn/', secret: 0123456789abcdef, events: ['a b']}}",
            "webhooks.ops.events[1]",
        ),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, text: str, path: str) -> None:
    with pytest.raises(ConfigRefused) as caught:
        open_folder(written(tmp_path, text), {})
    assert path in [problem.path for problem in caught.value.problems]
