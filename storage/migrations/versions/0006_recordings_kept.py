"""Where a recording's audio is, holds, the chain over all of them, peaks, and who listened.

Recordings that were listed before are linked in the order they were made.
"""

from collections.abc import Sequence
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from storage.base import BigId

revision = "0006"
down_revision = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def _text(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def upgrade() -> None:
    for column in (
        _text("number"),
        _text("place"),
        sa.Column("score", sa.Float, nullable=True),
        _text("hold_why"),
        _text("hold_by"),
        sa.Column("hold_at", sa.Float, nullable=True),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("retry_at", sa.Float, nullable=False, server_default="0"),
        _text("error"),
    ):
        op.add_column("recordings", column)
    for columns in (("queue", "made_at"), ("number", "made_at"), ("place", "made_at")):
        op.create_index(f"ix_recordings_{'_'.join(columns)}", "recordings", list(columns))
    op.execute("UPDATE recordings SET place = 'here' WHERE path <> ''")
    op.create_table(
        "recording_peaks",
        sa.Column("recording", sa.Text, primary_key=True),
        sa.Column("channels", sa.Integer, nullable=False),
        sa.Column("peaks", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "recording_heard",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        _text("recording", None),
        _text("who", None),
        _text("how", None),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        _text("address"),
        sa.Column("play", sa.Text, nullable=True),
        _text("parts", "[]"),
        sa.UniqueConstraint(
            "recording", "who", "how", "play", name="uq_recording_heard_recording_who_how_play"
        ),
    )
    op.create_index("ix_recording_heard_recording_at", "recording_heard", ["recording", "at"])
    op.create_index("ix_recording_heard_who_at", "recording_heard", ["who", "at"])
    _chain()


def _chain() -> None:
    links = op.create_table(
        "recording_links",
        sa.Column("position", BigId, primary_key=True, autoincrement=False),
        _text("recording", None),
        _text("sha256", None),
        _text("link", None),
    )
    op.create_index(
        "ix_recording_links_recording_position", "recording_links", ["recording", "position"]
    )
    head = op.create_table(
        "recording_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        _text("link", None),
    )
    position, link = 0, "0" * 64
    known = op.get_bind().execute(sa.text("SELECT id, sha256 FROM recordings ORDER BY made_at, id"))
    for id_, sha in known.all():
        position, link = position + 1, sha256(f"{link}\n{id_}\n{sha}".encode()).hexdigest()
        row = {"position": position, "recording": id_, "sha256": sha, "link": link}
        op.execute(links.insert().values(**row))
    op.execute(head.insert().values(id=1, position=position, link=link))
