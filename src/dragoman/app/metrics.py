"""What the server counts of its people, for Prometheus."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dragoman.core.hooks import Routed
from dragoman.core.model import Message
from dragoman.features.services import Services


class PeopleCollector(Collector):
    """Sessions by protocol, rooms with somebody inside, messages delivered."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._messages = 0
        services.hooks.after_delivery(self._count)

    def collect(self) -> Iterator[Metric]:
        sessions = GaugeMetricFamily("dragoman_sessions", "Sessions that are logged in", labels=["protocol"])
        for protocol, count in Counter(session.protocol for session in self._services.registry).items():
            sessions.add_metric([protocol], count)
        yield sessions
        yield GaugeMetricFamily("dragoman_rooms_open", "Rooms with somebody inside", self._services.rooms.open_count())
        yield CounterMetricFamily("dragoman_messages", "Messages that were delivered or kept", self._messages)

    def _count(self, routed: Routed) -> None:
        self._messages += isinstance(routed.event, Message)
