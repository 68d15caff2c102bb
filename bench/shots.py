"""Takes the pictures of docs/img: every kind of page, wide and narrow, from a server of its own."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from smoke import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import FloatRect

CHROMIUM = "/usr/bin/chromium"
WIDTHS = {"wide": 1440, "narrow": 360}
TALLEST = 1800
PAGES = {
    "home": "en/",
    "home-it": "it/",
    "kinds": "en/browse",
    "browse": "en/browse/Event?country=france",
    "city": "en/torino/city/lyon",
    "agreement": "it/torino/agreement/gwangju-2024",
    "disagreement": "en/torino/event/nitto-atp-finals-2024",
    "person": "en/torino/person/paolo-mazzoleni",
    "document": "en/torino/source/annual-report-2024",
    "chapter": "en/torino/source/annual-report-2024/03-3-missions-abroad",
    "passage": "en/torino/source/annual-report-2024/L432-L436",
    "search": "en/search?q=bethlehm",
    "correct": "en/correct/torino/agreement/lyon-2023",
    "about": "en/about",
    "quality": "en/quality",
    "cite": "it/cite",
    "api": "en/api",
    "accessibility": "en/accessibility",
    "editor": "en/sparql?example=partner-cities-map",
    "editor-chart": "it/sparql?example=partner-cities&view=chart",
    "editor-map": "en/sparql?example=partner-cities-map&view=map",
    "editor-timeline": "it/sparql?example=partner-cities&view=timeline",
    "ontology": "en/ontology",
    "shapes": "it/shapes",
    "concepts": "en/concepts/topic",
    "validation": "en/validation",
    "not-found": "it/torino/city/atlantis",
}
PATIENCE = 30.0


@contextmanager
def server() -> Iterator[str]:
    """The address of a server of this repository's data."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    started = subprocess.Popen(
        [sys.executable, "-m", "kg", "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL
    )
    address, began = f"http://127.0.0.1:{port}", time.perf_counter()
    try:
        while True:
            try:
                urllib.request.urlopen(f"{address}/health", timeout=PATIENCE).close()
                break
            except urllib.error.URLError:
                if time.perf_counter() - began > PATIENCE:
                    raise SystemExit("the server does not answer") from None
                time.sleep(0.05)
        yield address
    finally:
        started.terminate()
        started.wait()


def main() -> None:
    """Take the pictures that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/img"))
    parser.add_argument("names", nargs="*")
    chosen = parser.parse_args()
    from playwright.sync_api import sync_playwright

    chosen.out.mkdir(parents=True, exist_ok=True)
    with server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        for look, width in WIDTHS.items():
            page = browser.new_page(viewport={"width": width, "height": 900})
            for name in chosen.names or PAGES:
                page.goto(f"{address}/{PAGES[name]}", wait_until="networkidle")
                height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
                clip: FloatRect = {"x": 0, "y": 0, "width": width, "height": height}
                file = chosen.out / f"{name}-{look}.png"
                page.screenshot(path=file, clip=clip, full_page=True)
                over = page.evaluate("document.documentElement.scrollWidth > innerWidth")
                print(file.name, "wider than the window" if over else "")
        browser.close()


if __name__ == "__main__":
    main()
