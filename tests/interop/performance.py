"""A scenario on a stage: two people, each at a client of one protocol."""

from dataclasses import dataclass, field

from tests.interop.drivers.driver import Driver
from tests.interop.drivers.irc import IRC
from tests.interop.drivers.jmap import JMAP, ids
from tests.interop.drivers.xmpp import XMPP
from tests.interop.scenarios import Scenario
from tests.stage.clients import Client
from tests.stage.matching import Kept, expect, fill
from tests.stage.stage import Stage

DRIVERS = (XMPP, IRC, JMAP)
NAMES = {"me": "alice", "you": "bob"}


def can_say(scenario: Scenario, mine: Driver, yours: Driver) -> bool:
    """Whether both protocols have words for their part."""
    drivers = {"me": mine, "you": yours}
    spoken = (step.split(" > ") for step in scenario.steps if " > " in step)
    return all(what in drivers[who].says for who, what in spoken)


@dataclass
class Performance:
    """``me`` is alice, ``you`` bob; ``other`` is a second session of alice."""

    stage: Stage
    drivers: dict[str, Driver]
    clients: dict[str, Client] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)

    async def run(self, scenario: Scenario) -> None:
        await self.stage.befriend(*NAMES.values())
        for who, name in NAMES.items():
            other = NAMES["you" if who == "me" else "me"]
            self.kept[who] = {"self": name, "other": other, **ids(other)}
            if who == "me" or not scenario.alone:
                await self._arrive(who)
        if scenario.room:
            inside = [self.clients["me"]] if scenario.outside else list(self.clients.values())
            await self.stage.meet("team", inside)
        if any(step.startswith("other ") for step in scenario.steps):
            await self._sit_down_elsewhere()
        self._forget()
        for step in scenario.steps:
            await self._take(step)

    async def _take(self, step: str) -> None:
        if step.endswith(" arrives"):
            self._forget()
            await self._arrive(step.removesuffix(" arrives"))
        elif " > " in step:
            who, what = step.split(" > ")
            self._forget()
            for text in self.drivers[who].says[what]:
                await self.clients[who].send(fill(text, self.kept[who]))
            await self.stage.settle(first=self.clients[who])
        else:
            who, what = step.split(" < ")
            client, expected = self.clients[who], self.drivers[who].shows[what]
            self.kept[who] = expect(client.protocol, expected, client.heard, self.kept[who], f"{client.name}, {step},")

    async def _arrive(self, who: str) -> None:
        if self.drivers[who].protocol == "xmpp":
            self.clients[who] = await self.stage.xmpp(NAMES[who])
        elif self.drivers[who].protocol == "jmap":
            self.clients[who] = await self.stage.jmap(NAMES[who])
        else:
            self.clients[who] = await self.stage.irc(NAMES[who], capabilities=self.drivers[who].capabilities)

    async def _sit_down_elsewhere(self) -> None:
        driver = self.drivers["other"] = self.drivers["me"]
        self.kept["other"] = self.kept["me"]
        if driver.protocol == "xmpp":
            client = await self.stage.xmpp("other", "alice", "there")
            await client.send("<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>")
            await self.stage.settle(first=client)
        elif driver.protocol == "jmap":
            client = await self.stage.jmap("other", "alice")
        else:
            client = await self.stage.irc("other", "alice", driver.capabilities)
        self.clients["other"] = client

    def _forget(self) -> None:
        for client in self.clients.values():
            client.take()
