"""Channel event logging: what Asterisk itself wrote about calls, read as it grows.

Sans-I/O and pure: bytes in, events out. Names and numbers in it are strangers' text, quoted by
Asterisk and cut here by a real CSV reader, so that a quote or a line end in a name forges nothing.
"""

COLUMNS: tuple[tuple[str, str], ...] = (
    ("kind", "eventtype"),
    ("at", "eventtime"),
    ("name", "CALLERID(name)"),
    ("number", "CALLERID(num)"),
    ("ani", "CALLERID(ANI)"),
    ("redirected", "CALLERID(RDNIS)"),
    ("dialled", "CALLERID(DNID)"),
    ("exten", "CHANNEL(exten)"),
    ("context", "CHANNEL(context)"),
    ("channel", "CHANNEL(channame)"),
    ("app", "CHANNEL(appname)"),
    ("app_data", "CHANNEL(appdata)"),
    ("uniqueid", "CHANNEL(uniqueid)"),
    ("linkedid", "CHANNEL(linkedid)"),
    ("peer", "BRIDGEPEER"),
    ("userfield", "CHANNEL(userfield)"),
    ("user_event", "userdeftype"),
    ("extra", "eventextra"),
)
MAPPING = ",".join("${CSV_QUOTE(${" + source + "})}" for _, source in COLUMNS)
"""What cel_custom is told to write; the order is the order of COLUMNS."""
