"""Writes the golden files anew: `python -m tests.venues.ccxt.write_golden`. Read the difference before committing it:
every line of it is another order."""

from __future__ import annotations

import asyncio
import json

from tests.venues.ccxt.intents import VENUES, requests_of
from tests.venues.ccxt.scripted import HERE


async def write() -> None:
    for venue in VENUES:
        text = json.dumps(await requests_of(venue), indent=1, ensure_ascii=False) + "\n"
        (HERE / "golden" / f"{venue}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(write())
