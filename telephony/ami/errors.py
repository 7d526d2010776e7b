"""The words of failure of the AMI room; public. Each says whose fault it is and what may be done.

After LinkDown the action may be sent again. After OutcomeUnknown look first, never repeat.
"""


class AmiError(Exception):
    """Any failure of this room."""

    retryable = False
    """True only where nothing can have happened yet."""


class LinkDown(AmiError):
    """The link is not up; nothing was sent."""

    retryable = True


class LoginRefused(LinkDown):
    """Asterisk refused user or secret. Nothing was sent, and nothing will be until a new start."""

    retryable = False


class OutcomeUnknown(AmiError):
    """Sent, and no answer came: done or not done. Look (telephony.ami.truth), do not repeat."""


class ActionRefused(AmiError):
    """Asterisk answered with an error: nothing was done. ``text`` is Asterisk's own sentence."""

    def __init__(self, action: str, text: str) -> None:
        super().__init__(f"{action}: {text}")
        self.action = action
        self.text = text


class BadField(AmiError, ValueError):
    """A bug on our side: a name or value that cannot travel in one AMI line. Nothing was sent."""


class ProtocolFault(AmiError):
    """The peer sent what no Asterisk sends (too long, no greeting). Ends the link."""


class Quarantined(AmiError):
    """A message that must not be acted on: forged or malformed. Counted, kept out, link goes on."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
