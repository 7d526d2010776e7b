"""The peer: bare app_queue on the same Asterisk, tuned as well as its own documentation allows.

Its whole configuration is here and is printed with the table, so that anybody can object.
"""

from pathlib import Path

from bench.site import KEY, PEERS, Plan

MODULES = "load = app_queue.so\nload = app_read.so\n"

QUEUES = """[general]
persistentmembers = no
autofill = yes
shared_lastcall = no
log_membername_as_agent = no

[bench]
strategy = leastrecent
autofill = yes
retry = 1
timeout = 15
ringinuse = no
wrapuptime = 0
memberdelay = 0
timeoutrestart = no
autopause = no
joinempty = yes
leavewhenempty = no
reportholdtime = no
announce-frequency = 0
musicclass = default
{announce}{members}"""

ANNOUNCE = """periodic-announce = {prompts}/announcement
periodic-announce-frequency = {every}
"""

CALL = """[inbound]
exten => {number},1,Answer(0,i)
{menu} same => n,Queue(bench)
 same => n,Hangup()
"""
MENU = """ same => n,Read(PRESSED,{prompts}/menu,1,,1,5)
 same => n,GotoIf($["${{PRESSED}}" = "{key}"]?ask)
 same => n,Hangup()
 same => n(ask),NoOp()
"""


def queues(plan: Plan, prompts: Path) -> str:
    """queues.conf."""
    every = round(plan.announce_every_s)
    return QUEUES.format(
        announce=ANNOUNCE.format(prompts=prompts, every=every) if every else "",
        members="".join(f"member => PJSIP/{device},0,{device}\n" for device in plan.devices),
    )


def extensions(plan: Plan, prompts: Path) -> str:
    menu = "" if plan.direct else MENU.format(prompts=prompts, key=KEY)
    return CALL.format(number=PEERS, menu=menu)


def install(asterisk: Path, plan: Plan, prompts: Path) -> None:
    """Put the peer beside ours, before Asterisk starts. ``asterisk``: its own folder."""
    (asterisk / "etc").mkdir(parents=True, exist_ok=True)
    local = asterisk / "local"
    local.mkdir(parents=True, exist_ok=True)
    (asterisk / "etc" / "queues.conf").write_text(queues(plan, prompts))
    (local / "modules.conf").write_text(MODULES)
    (local / "extensions.conf").write_text(extensions(plan, prompts))
