"""What the operator sees on the loopback port: whether all is well, the counts, and a way to reload."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import PlainTextResponse, Response

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from kg.web.site import Site

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# No page of another site can send this header unasked, so that none makes a browser on this machine reload.
PROOF = b"kg-reload"


class Operation:
    """Answers on the operator's port."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        response = await self._response(scope)
        await response(scope, receive, send)

    async def _response(self, scope: Scope) -> Response:
        asked = (scope["method"].replace("HEAD", "GET"), scope["path"])
        if asked == ("GET", "/health"):
            return PlainTextResponse("ok")
        if asked == ("GET", "/ready"):
            return self._ready()
        if asked == ("GET", "/metrics"):
            return Response(self._metrics(), media_type=METRICS_TYPE)
        if asked == ("POST", "/reload"):
            if not any(name == PROOF for name, _ in scope["headers"]):
                return PlainTextResponse("send the header KG-Reload: 1\n", 403)
            outcome = await self.site.reload()
            return _json({**asdict(outcome), "release": self.site.release.id}, 409 if outcome.reason else 200)
        return PlainTextResponse("GET /ready, GET /metrics, POST /reload\n", 404)

    def _ready(self) -> Response:
        serving = self.site.serving
        if serving is None:
            return _json({"ready": False}, 503)
        pool = serving.pool
        ready = bool(pool.all)
        values = {
            "ready": ready,
            "release": serving.release.id,
            "since": datetime.fromtimestamp(serving.since, UTC).isoformat(timespec="seconds"),
            "triples": serving.triples,
            "network": "shut" if pool.isolated else "open: the kernel does not allow to shut it",
            "workers": len(pool.all),
            "last_reload": asdict(self.site.last_reload),
        }
        return _json(values, 200 if ready else 503)

    def _metrics(self) -> str:
        site = self.site
        gauges: dict[str, tuple[str, float]] = {}
        counters: dict[str, tuple[str, float]] = {}
        if site.serving is not None:
            pool, cache = site.serving.pool, site.serving.cache
            gauges = {
                "kg_workers": ("Processes that evaluate queries", len(pool.all)),
                "kg_workers_idle": ("Processes that wait for a query", len(pool.idle)),
                "kg_network_shut": ("Whether workers are without network", pool.isolated),
                "kg_triples": ("Triples of the default graph", site.serving.triples),
                "kg_release_since_seconds": ("When this release began to be served", site.serving.since),
                "kg_cache_bytes": ("Bytes in the cache of answers", cache.taken),
                "kg_cache_answers": ("Answers in the cache", len(cache)),
            }
            counters = {"kg_nurseries_total": ("Nurseries started for this release", pool.started)}
        admission = site.admission
        gauges["kg_queries_running"] = ("Queries that wait or are evaluated", admission.running)
        gauges["kg_queries_waiting"] = ("Queries that wait for their turn", admission.turns.waiting)
        gauges["kg_slow_waiting"] = ("Slow queries that pause", admission.slow.waiting)
        for name, value in vars(admission.outcomes).items():
            counters[f"kg_queries_{name}_total"] = (MEANINGS[name], value)
        if site.log is not None:
            counters["kg_log_dropped_total"] = ("Lines of the access log that were dropped", site.log.dropped)
        return site.metrics.text(gauges, counters)


MEANINGS = {
    "slow": "Queries that took more than a fifth of a second",
    "paused": "Slow queries that had to pause",
    "late": "Queries ended at their deadline",
    "left": "Queries ended because the client went away",
    "busy": "Queries refused because too much was asked",
    "spent": "Queries refused because the client had used its share",
    "memory": "Queries ended by the limit of memory",
    "lost": "Queries whose process ended by itself",
}


def _json(values: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(values, indent=1) + "\n", status, media_type="application/json")
