"""An operator at the command line, before an agency that was downgraded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scripts.cli import main
from tests.house import House
from tests.web.pages.scene import Scene


@dataclass
class Operator:
    """`run` is the command line; `document` runs a command with --json and reads what it says."""

    scene: Scene

    @property
    def house(self) -> House:
        return self.scene.house

    def ready(self, **changed: Any) -> None:
        """What scripts/run would write."""
        facts = {"database": self.house.database.conninfo, "url": "http://localhost", "stripe_url": None}
        (self.house.wiring.settings.data / "ready.json").write_text(json.dumps(facts | changed))

    def run(self, *words: object) -> Result:
        arguments = ["--data", str(self.house.wiring.settings.data), *map(str, words)]
        result = CliRunner().invoke(
            main,
            arguments,
            prog_name="heartwood",
            obj=self.house.stripe.http_client(),
            env={"STRIPE_SECRET_KEY": "sk_test_house", "HEARTWOOD_STRIPE_URL": "http://stripe.localhost"},
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def document(self, *words: object) -> Any:
        result = self.run(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def sql(self, statement: str, *values: object) -> None:
        with self.house.database.writing() as db:
            db.execute(statement, values)


@pytest.fixture
def operator(house: House) -> Operator:
    one = Operator(Scene(house))
    one.ready()
    return one


@pytest.fixture
def downgraded(operator: Operator) -> Operator:
    """Adam cancelled on the billing page, and nobody took it back."""
    house, adam = operator.house, operator.scene.people["Adam"]
    house.wiring.billing.cancel(operator.scene.tree_id, adam, because=house.because(f"person:{adam}"))
    house.deliver_notices()
    house.advance_to(house.clock() + timedelta(days=40))
    return operator
