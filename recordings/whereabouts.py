"""Where audio is and what opens it, in words that travel to worker processes."""

import msgspec


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """How the store is reached; travels to worker processes."""

    bucket: str
    endpoint: str = ""
    """'' for Amazon's own."""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = ""
    prefix: str = ""
    by_host: bool = False
    """The bucket is in the host's name, as Amazon has it; else in the path."""
    patience_s: float = 10.0
    """Until a store that does not answer counts as away."""


class Whereabouts(msgspec.Struct, frozen=True, kw_only=True):
    folder: str
    keys: str = ""
    """The key file; '' where nothing is sealed."""
    bucket: Bucket | None = None
    """None: on this machine's disk alone."""
