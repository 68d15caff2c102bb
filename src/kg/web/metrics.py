"""What the server counts, in the text format of Prometheus."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BOUNDS = (0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 5.0, 30.0)


@dataclass
class Metrics:
    """Counts since the start."""

    answers: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    caches: Counter[str] = field(default_factory=Counter)
    reloads: Counter[str] = field(default_factory=Counter)
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0
    sent: int = 0

    def count(self, kind: str, status: int, outcome: str, seconds: float, size: int) -> None:
        """Note an answer."""
        self.answers[kind, status, outcome] += 1
        self.sent += size
        if kind == "sparql":
            self.buckets[bisect_left(BOUNDS, seconds)] += 1
            self.seconds += seconds

    def text(self, gauges: Mapping[str, tuple[str, float]], counters: Mapping[str, tuple[str, float]]) -> str:
        """All of it; `gauges` and `counters` are what others count, each with its help."""
        lines = [*self._answers(), *self._durations()]
        lines += _labelled("kg_cache_total", "Queries by what the cache had", "cache", self.caches)
        lines += _labelled("kg_reloads_total", "Reloads by outcome", "outcome", self.reloads)
        for kind, values in (("gauge", gauges), ("counter", counters)):
            for name, (help_, value) in values.items():
                lines += [f"# HELP {name} {help_}", f"# TYPE {name} {kind}", f"{name} {value:.15g}"]
        return "\n".join(lines) + "\n"

    def _answers(self) -> Iterator[str]:
        yield "# HELP kg_answers_total Answers by kind, status and outcome"
        yield "# TYPE kg_answers_total counter"
        for (kind, status, outcome), n in sorted(self.answers.items()):
            yield f'kg_answers_total{{kind="{kind}",status="{status}",outcome="{outcome}"}} {n}'
        yield "# HELP kg_sent_bytes_total Bytes of bodies sent"
        yield "# TYPE kg_sent_bytes_total counter"
        yield f"kg_sent_bytes_total {self.sent}"

    def _durations(self) -> Iterator[str]:
        yield "# HELP kg_query_seconds Time from the request to the end of the answer"
        yield "# TYPE kg_query_seconds histogram"
        total = 0
        for bound, n in zip((*map(str, BOUNDS), "+Inf"), self.buckets, strict=True):
            total += n
            yield f'kg_query_seconds_bucket{{le="{bound}"}} {total}'
        yield f"kg_query_seconds_sum {self.seconds:.6f}"
        yield f"kg_query_seconds_count {total}"


def _labelled(name: str, help_: str, label: str, values: Counter[str]) -> list[str]:
    rows = [f'{name}{{{label}="{value}"}} {n}' for value, n in sorted(values.items())]
    return [f"# HELP {name} {help_}", f"# TYPE {name} counter", *rows]
