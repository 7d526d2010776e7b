"""Entries of the journal made small for the disk, in the writer's thread; readers see them whole.

A busy day's steps are mostly the same words again: deflated beside a dictionary of them an entry
takes a third. What a dictionary was once used for can only be read with it, so the first byte of
an entry names it; entries that begin otherwise are as they were written.
"""

import zlib

SMALL = 80
"""Below this hardly anything is won."""
LEVEL, WINDOW, MEMORY = 1, -15, 5
"""Raw deflate, as fast as it goes; little memory, because each entry starts anew."""
_PACKED, _PLAIN = b"\x01", b"\x00"

_WORDS = (
    b'{"entry":"Snapshot","state":{"now":"id":"state":"logged_out","since":"idle_since":"until":'
    b'"wish":"strikes":{"rang_out":1}"missed":"rejected","busy","not_registered","never_rang"'
    b'{"input":"AgentLoggedIn","agent":"{"input":"AgentReady","agent":"{"input":"AgentNotReady",'
    b'"reason":"{"input":"DeviceChanged","edge":"main","device":"","state":"in_use"}"idle"}"ringing"}'
    b'{"input":"EdgeSynced","edge":"main","calls":["main-"],"offers":[""],"waiting":['
    b'{"command":"WithdrawOffer","offer":"","edge":"main","call":"main-","token":'
    b'{"command":"ReleaseCaller","reason":"{"command":"TellPlace","place":"wait_low_s":"wait_high_s":'
    b'"by":"agent"}"by":"system"}{"input":"CallerLeft","call":"main-17","reason":"hung_up"}}'
    b'{"input":"OfferFailed","offer":"","why":"rang_out"},"commands":[{"refused":"'
    b'"not_preferred":["more_calls":["not_this_call":["resting":["no_device":["device_busy":['
    b'"lower_rank":["skill":["lower_tier":["idle_less":["strategy":"fewest_calls","figure":'
    b'{"entry":"Step","now":17,"input":{"input":"TimePassed"}}'
    b'{"entry":"Step","now":17,"input":{"input":"TalkEnded","offer":"","by":"caller"}}'
    b'{"entry":"Step","now":17,"input":{"input":"OfferRang","offer":""}}'
    b'{"entry":"Step","now":17,"input":{"input":"OfferAnswered","offer":""}}'
    b'{"entry":"Step","now":17,"input":{"input":"CallQueued","call":"main-17","edge":"main",'
    b'"queue":"","priority":1,"needs":[{"skill":"","level":1}],"language":"zh-CN","level":"vip",'
    b'"customer":"","number":"13"},"commands":[{"command":"OfferCall","offer":"","queue":"",'
    b'"agent":"","device":"-desk","staff_number":"80","ring_limit_s":15.0,"ring_cycle_s":5.0,'
    b'"never_rang_s":3.0,"attempt":2,"whisper":"","whisper_in":"zh-CN","why":"tier 1, idle s, '
    b' passed over","edge":"main","call":"main-17","token":1}],"why":[{"call":"main-17","offer":"",'
    b'"queue":"","agent":"","device":"-desk","tier":1,"idle_s":"waited_s":0.0,"attempt":2,'
    b'"passed":{"idle_less":["","lower_tier":["","skill":[""]},"more":{"idle_less":1,"lower_tier":1},'
    b'"rest":{"logged_out":1,"not_ready":1,"offered":1,"talking":1,"wrapping_up":1}}]}'
)
"""Never to be changed: another one gets another first byte."""


def pack(entry: bytes) -> bytes:
    """As it is kept."""
    if len(entry) >= SMALL:
        # To begin anew costs less than to copy one that has read the dictionary.
        deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW, MEMORY, zdict=_WORDS)
        packed = _PACKED + deflate.compress(entry) + deflate.flush()
        if len(packed) < len(entry):
            return packed
    return plain(entry)


def plain(entry: bytes) -> bytes:
    """As it is kept when it will not be for long: packing would cost more than the room."""
    return _PLAIN + entry if entry[:1] in (_PACKED, _PLAIN) else entry


def unpack(kept: bytes) -> bytes:
    """As it was appended. One that is damaged comes as it is: whoever decodes it will say so."""
    if kept[:1] == _PLAIN:
        return kept[1:]
    if kept[:1] != _PACKED:
        return kept
    inflate = zlib.decompressobj(WINDOW, zdict=_WORDS)
    try:
        return inflate.decompress(kept[1:]) + inflate.flush()
    except zlib.error:
        return kept
