"""What Dragoman promises against its peers: floors that must hold, and what is aimed at."""

from msgspec import Struct


class Floor(Struct, frozen=True, kw_only=True):
    """A bound on a ratio of messages per CPU second, or, where ``smaller``, on kilobytes.

    ``durable`` compares Dragoman with its archive on and synced to disk; ``peer_archive`` a peer with its own archive on,
    in the better of its storages, and else with none.
    """

    title: str
    workload: str
    peers: tuple[str, ...] = ()
    floor: float
    aim: float
    durable: bool = True
    peer_archive: bool = False
    smaller: bool = False

    def met(self, value: float) -> str:
        """The verdict in a word; ``value`` is a ratio or octets."""
        if self.smaller:
            value = value / 1024
            return "aim" if value <= self.aim else "met" if value <= self.floor else "**missed**"
        return "aim" if value >= self.aim else "met" if value >= self.floor else "**missed**"


_XMPP = ("Prosody", "ejabberd")
_IRC = ("InspIRCd", "ngIRCd")


def _both(title: str, workload: str, peers: tuple[str, ...], floor: float, aim: float) -> tuple[Floor, ...]:
    """With no archive on either side, then with ours durable against a peer that keeps nothing."""
    return (
        Floor(title=f"{title}, no archives", workload=workload, peers=peers, floor=floor, aim=aim, durable=False),
        Floor(title=f"{title}, ours durable, theirs off", workload=workload, peers=peers, floor=floor, aim=aim),
    )


FLOORS = (
    *_both("w1", "w1", _XMPP, 3, 8),
    *_both("w8", "w8", _XMPP, 5, 20),
    Floor(title="w1, archives on", workload="w1", peers=_XMPP, floor=5, aim=15, peer_archive=True),
    Floor(title="w8, archives on", workload="w8", peers=_XMPP, floor=5, aim=20, peer_archive=True),
    *_both("room of 100", "r100", _XMPP, 4, 10),
    *_both("room of 500", "r500", _XMPP, 4, 10),
    *_both("IRC w1", "irc w1", _IRC, 0.5, 1),
    Floor(title="logins", workload="xmpp logins", peers=_XMPP, floor=2, aim=8, durable=False),
    Floor(
        title="an idle XMPP session of 1,000", workload="xmpp idle 1000", floor=12, aim=3, smaller=True, durable=False
    ),
    Floor(
        title="an idle XMPP session of 10,000", workload="xmpp idle 10000", floor=12, aim=3, smaller=True, durable=False
    ),
)
