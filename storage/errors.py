"""What can go wrong with what we keep, in words a person can act on; public API."""


class StorageError(Exception):
    """The place where we keep things cannot be used as it is; the message says what to do."""

    retryable = False


class Saturated(StorageError):
    """Too much is waiting for the threads that may touch a disk; try again later."""

    retryable = True


class Closed(StorageError):
    """The house is closing; nothing more is accepted."""
