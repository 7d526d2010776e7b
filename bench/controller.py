"""The controller as it is, with every agent logged in and ready as soon as it is open."""

import sys
from pathlib import Path

from calls.inputs import AgentLoggedIn, AgentReady
from runtime import wiring
from runtime.controller import run_controller

OPEN = "open\n"
"""Printed when calls may come."""


def main(config: Path) -> int:
    start = wiring.Controller.start

    async def start_with_everybody(self: wiring.Controller) -> None:
        await start(self)
        for agent in self.site.configuration.floor.agents:
            for word in (AgentLoggedIn(agent=agent.id), AgentReady(agent=agent.id)):
                self.brain.tell(word)
        print(OPEN, end="", flush=True)

    wiring.Controller.start = start_with_everybody  # type: ignore[method-assign]
    return run_controller(config, None)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
