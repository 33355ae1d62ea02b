"""A ledger is what a simple model says: balance, order of spending and rollover, over 36 cycles."""

from __future__ import annotations

import os
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest

from domain.refusals import Refused
from tests.house import House
from tests.voice import GRANT, SECOND, Voice

CYCLES = 36
SEEDS = range(12) if os.environ.get("HEARTWOOD_LONG") else range(1)
EURO = 1_000_000


class Model:
    """Credits as coins in three purses, of which the first is emptied first; below zero there are debts."""

    def __init__(self) -> None:
        self.grant = self.rollover = self.top_up = self.debt = self.held = 0

    def spend(self, micros: int) -> None:
        for purse in ("grant", "rollover", "top_up"):
            taken = min(getattr(self, purse), micros)
            setattr(self, purse, getattr(self, purse) - taken)
            micros -= taken
        self.debt += micros

    def gets(self, purse: str, micros: int) -> None:
        paid = min(self.debt, micros)
        self.debt -= paid
        setattr(self, purse, getattr(self, purse) + micros - paid)

    def next_cycle(self) -> None:
        self.rollover, self.grant = self.rollover + self.grant, 0
        self.gets("grant", GRANT)

    @property
    def balance(self) -> int:
        return self.grant + self.rollover + self.top_up - self.debt


class Life:
    """Random deeds, each done in the house and in the model."""

    def __init__(self, house: House, seed: int) -> None:
        self.random = Random(seed)
        self.voice = Voice(house)
        self.model = Model()
        self.model.gets("grant", GRANT)
        self.running: list[tuple[object, int]] = []  # calls, and what each holds
        self.charged: list[tuple[object, int]] = []  # calls that are over, and what can be given back
        self.number = 0
        self.overdrawn_by_a_running_call = False

    @property
    def fits(self) -> int:
        return self.model.balance - self.model.held

    def key(self) -> str:
        self.number += 1
        return f"call {self.number}"

    def seconds(self) -> int:
        """Mostly short ones; now and then one that takes most of what there is."""
        if self.random.random() < 0.1 and self.fits > 0:
            return self.random.randint(self.fits // SECOND // 2, self.fits // SECOND + 2)
        return self.random.randint(0, 40_000)

    def tells(self) -> None:
        seconds = self.seconds()
        fits = seconds * SECOND <= self.fits
        try:
            self.voice.told(self.key(), seconds, self.voice.anchor_id)
        except Refused:
            assert not fits
        else:
            assert fits
            self.model.spend(seconds * SECOND)

    def begins(self) -> None:
        seconds = self.random.randint(1, 5_000)
        fits = seconds * SECOND <= self.fits
        try:
            call_id = self.voice.begun(self.key(), seconds, self.voice.anchor_id)
        except Refused:
            assert not fits
        else:
            assert fits
            self.model.held += seconds * SECOND
            self.running.append((call_id, seconds * SECOND))

    def ends_a_call(self) -> None:
        if not self.running:
            return
        call_id, held = self.running.pop(self.random.randrange(len(self.running)))
        seconds = self.random.choice((held // SECOND, self.random.randint(0, 60_000)))
        self.voice.ended(call_id, seconds, self.voice.anchor_id)  # type: ignore[arg-type]
        self.model.held -= held
        self.model.spend(seconds * SECOND)
        self.charged.append((call_id, seconds * SECOND))

    def gives_back(self) -> None:
        if not self.charged:
            return
        number = self.random.randrange(len(self.charged))
        call_id, left = self.charged[number]
        micros = self.random.randint(1, left + EURO)
        metering, because = self.voice.house.wiring.metering, self.voice.house.because()
        try:
            metering.refund_credits(
                self.voice.tree_id,
                uuid4(),
                call_id,
                micros,
                "digest",
                because=because,  # type: ignore[arg-type]
            )
        except Refused:
            assert micros > left
        else:
            assert micros <= left
            self.model.gets("rollover", micros)
            self.charged[number] = (call_id, left - micros)

    def tops_up(self) -> None:
        micros = self.random.randint(10, 500) * EURO
        metering, because = self.voice.house.wiring.metering, self.voice.house.because()
        ledger = metering.ledger(self.voice.tree_id)
        ledger.note(
            ledger.ToppedUp,
            because,
            top_up_id=uuid4(),
            amount_micros=micros,
            automatic=False,
            cycle_started_at=because.at,
            invoice_id="in_1",
        )
        metering.save(ledger)
        self.model.gets("top_up", micros)

    def corrects(self) -> None:
        micros = self.random.choice((-1, 1)) * self.random.randint(1, 300) * EURO
        ledgers, agency = self.voice.house.wiring.ledgers, self.voice.house.agency
        tree, because = agency.tree(self.voice.tree_id), self.voice.house.because()
        try:
            ledgers.correct(tree, uuid4(), micros, "digest", because=because)
        except Refused:
            assert -micros > self.fits
        else:
            assert -micros <= self.fits
            if micros > 0:
                self.model.gets("rollover", micros)
            else:
                self.model.spend(-micros)

    def comes_back(self) -> None:
        """The subscription ends, and another begins; calls that run by then hold in the ledger that was."""
        for _ in range(len(self.running)):
            self.ends_a_call()
        self.charged.clear()  # charged to a ledger that is closed
        self.voice.ends()
        with pytest.raises(Refused):
            self.voice.told(self.key(), 1, self.voice.anchor_id)
        self.voice.returns()
        self.model.next_cycle()

    def one_cycle(self) -> None:
        deeds = (
            self.tells, self.tells, self.begins, self.begins, self.ends_a_call, self.gives_back, self.tops_up,
            self.corrects,
        )  # fmt: skip
        for _ in range(self.random.randint(3, 12)):
            self.random.choice(deeds)()
            self.agrees()

    def agrees(self) -> None:
        ledger, model = self.voice.ledger(), self.model
        assert (
            ledger.grant_micros,
            ledger.rollover_micros,
            ledger.top_up_micros,
            ledger.debt_micros,
            ledger.held_micros,
        ) == (model.grant, model.rollover, model.top_up, model.debt, model.held)

    def lines_agree(self) -> None:
        """At every line the balance is the sum of the lines until then."""
        with self.voice.house.database.connection() as db:
            rows = db.execute("SELECT * FROM credit_lines ORDER BY tree_id, position, number").fetchall()
        running: dict[object, int] = {}
        for row in rows:
            running[row["tree_id"]] = running.get(row["tree_id"], 0) + row["amount_micros"]
            parts = row["grant_micros"] + row["rollover_micros"] + row["top_up_micros"] - row["debt_micros"]
            assert row["balance_micros"] == running[row["tree_id"]]
            assert row["amount_micros"] == parts
        assert running[self.voice.tree_id] == self.model.balance
        assert sum(running.values()) == self.model.balance


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ledger_is_what_the_model_says_over_36_cycles(house: House, seed: int) -> None:
    life = Life(house, seed)

    for cycle in range(CYCLES):
        life.one_cycle()
        if life.random.random() < 0.15:
            life.comes_back()
        else:
            began = life.voice.ledger().cycle_ends_at
            assert began is not None, cycle
            house.leap_to(began + timedelta(hours=1))
            life.model.next_cycle()
        life.agrees()

    life.lines_agree()
