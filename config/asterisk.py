"""What this hotline's own Asterisk is told, from what people wrote."""

from pathlib import Path

from config.floor import device_logins
from config.folder import Configuration
from telephony.asterisk.login_secrets import LoginSecrets
from telephony.asterisk.peer import Peer
from telephony.asterisk.settings import TEST_CALLER, TEST_NUMBER, AsteriskSettings, DeviceLogin


def asterisk_settings(
    configuration: Configuration,
    secrets: LoginSecrets,
    prompts_folder: Path,
    recordings_folder: Path,
) -> AsteriskSettings:
    """Folders are absolute. Raises ValueError, in a sentence for the site, when the data folder
    cannot hold an Asterisk (its path is too long, or has characters Asterisk cannot be told)."""
    site = configuration.settings
    return AsteriskSettings(
        edge=site.edge,
        folder=site.data / "asterisk",
        prompts_folder=prompts_folder,
        recordings_folder=recordings_folder,
        ami_secret=secrets.ami,
        http_secret=secrets.http,
        bind=site.listen.address,
        sip_port=site.listen.sip_port,
        ami_port=site.listen.ami_port,
        http_port=site.listen.asterisk_http_port,
        agi_port=site.listen.agi_port,
        rtp_first=site.listen.rtp_first,
        rtp_last=site.listen.rtp_last,
        zone=site.zone,
        media_address=site.media.address,
        stun=site.media.stun,
        turn=site.media.turn,
        turn_user=site.media.turn_user,
        turn_secret=site.media.turn_secret,
        devices=(*device_logins(configuration.floor, secrets.device), _test_caller(secrets)),
        trunks=configuration.trunks.trunks,
        peers=tuple(
            Peer(edge=edge, host=where.host, port=where.port, secret=secrets.between_edges)
            for edge, where in site.edges.items()
            if edge != site.edge
        ),
        rescue=configuration.trunks.rescue,
        page_numbers=tuple(configuration.trunks.numbers) if site.web.callers else (),
    )


def _test_caller(secrets: LoginSecrets) -> DeviceLogin:
    return DeviceLogin(
        id=TEST_CALLER, secret=secrets.device(TEST_CALLER), number=TEST_NUMBER, qualify_s=0
    )
