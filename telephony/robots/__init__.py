"""Robot phones and robot callers: real SIP peers (SIPp) for the demo floor, the test call, tests
and benchmarks. They speak SIP and RTP like anybody else and know nothing of the hotline.
"""
