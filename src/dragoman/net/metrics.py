"""Shows what the network counts; nothing is made of the figures until somebody asks."""

from collections.abc import Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dragoman.net.traffic import Traffic

_COUNTERS = {
    "accepted": "Connections that were let in",
    "refused": "Connections turned away because too many had not logged in",
    "logins": "Connections that have logged in",
    "bytes_received": "Bytes that came in, with those of TLS",
    "bytes_sent": "Bytes that were sent, with those of TLS",
    "handshakes_failed": "TLS handshakes that did not come to their end",
    "slow_readers": "Connections cut because the peer did not read",
    "late": "Connections closed because they did not log in in time, or were idle",
    "faults": "Connections closed because of a mistake of ours",
}


class TrafficCollector(Collector):
    """Shows listeners' figures to Prometheus. Each is labelled with its listener's name, and with nothing from outside."""

    def __init__(self, traffic: Iterable[Traffic]) -> None:
        self._traffic = traffic

    def collect(self) -> Iterator[Metric]:
        for name, text in _COUNTERS.items():
            counter = CounterMetricFamily(f"dragoman_net_{name}", text, labels=["listener"])
            for traffic in self._traffic:
                counter.add_metric([traffic.listener], getattr(traffic, name))
            yield counter
        gauge = GaugeMetricFamily("dragoman_net_open", "Connections that are open", labels=["listener"])
        for traffic in self._traffic:
            gauge.add_metric([traffic.listener], traffic.open)
        yield gauge
