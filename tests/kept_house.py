"""A house as somebody left it: what many tests begin with is done once in a session, and copied for each."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from tests.house import House, make_schema
from tests.postgres import Cluster, NewDatabase


@dataclass(frozen=True, kw_only=True)
class KeptHouse:
    """Its database, its directory, what Stripe knows, and what who built it wants to remember."""

    database: str
    data: Path
    stripe: bytes
    remembered: dict[str, Any]

    @classmethod
    def build(cls, postgres: Cluster, data: Path, build: Callable[[House], dict[str, Any]]) -> KeptHouse:
        conninfo = postgres.new_database(postgres.template("house", make_schema))
        house = House(conninfo, data)
        try:
            remembered, stripe = build(house), house.stripe.store._db.serialize()
        finally:
            house.close()
        database = str(conninfo_to_dict(conninfo)["dbname"])
        postgres.disconnect(database)
        return cls(database=database, data=data, stripe=stripe, remembered=remembered)

    def copy(self, new_database: NewDatabase, data: Path) -> House:
        shutil.copytree(self.data, data, dirs_exist_ok=True)
        house = House(new_database(self.database), data)
        house.stripe.store._db.deserialize(self.stripe)
        return house
