"""Kestrel Voice: an agency with agents on the phone, a quiet month and a busy one after it."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.permissions import Role
from scripts.demo import voice_stage as voice
from scripts.demo.stage import Stage, demo_id, person_id_of, workspace_id_of

ANCHOR = "Kestrel Voice"
DENTAL = "Harvest Dental — Reception"
COURIERS = "Kite Couriers — Dispatch"
SPA = "Juniper Spa — Bookings"
CHILDREN = (DENTAL, COURIERS, SPA)
TREE_ID = demo_id("tree", ANCHOR)
EURO = 1_000_000  # in micros
COURIERS_BUDGET = 250 * EURO
MARKUP_HUNDREDTHS = 2_000  # 20 per cent, on what Harvest Dental costs

PROMPT = """You are the receptionist of Harvest Dental.
Greet the caller, ask what they need, and offer the next free appointment.
Never give medical advice: a dentist calls back.
"""
PROMPT_OF_CLIENT = """You are the receptionist of Harvest Dental.
Greet the caller, ask what they need, and offer the next free appointment.
Recommend a painkiller when somebody is in pain.
"""

# Seconds of each call of a morning: in the quiet month, and from the second on.
QUIET = {DENTAL: (420, 180, 300), SPA: (240, 90)}
BUSY = {DENTAL: (2_600, 1_900, 1_400, 900), SPA: (2_100, 1_500, 800)}
COURIERS_QUIET, COURIERS_BUSY = 900, 7_000  # of the one that runs

EDITED, RESTORED = 6, 7  # the days on which these things happen
SUSPENDED, RETURNED = 12, 20
LAST_QUIET = 30
WEEK = 7


class Story:
    """Told morning by morning, beside whatever else happens then."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.begins = stage.clock.at
        self.told = self.begins.date()  # the last day of which the morning was told

    def open(self) -> None:
        stage = self.stage
        stage.signs_up("nora", ANCHOR)
        stage.subscribes("nora", ANCHOR, TREE_ID, "agency_voice")
        stage.wiring.deliver_due()
        for child, name in zip(CHILDREN, ("Harvest Dental", "Kite Couriers", "Juniper Spa"), strict=True):
            contact = f"{name}, office@example.com, +49 30 23125 500"
            voice.adds_customer(stage, "nora", ANCHOR, TREE_ID, name, child, contact)
            stage.issues_key("nora", child, name.lower().replace(" ", "_"))
            voice.makes_agent(stage, "nora", child, "Receptionist", PROMPT.replace("Harvest Dental", name))
        voice.keeps_document(stage, "nora", DENTAL, "Opening hours", "Monday to Friday, eight to six.")
        voice.buys_number(stage, "nora", DENTAL, "DE")
        voice.deploys_widget(stage, "nora", SPA, "https://juniper-spa.example")
        stage.invites("nora", "tom", DENTAL, Role.MEMBER)
        agency, nora = stage.wiring.agency, person_id_of("nora")
        agency.set_budget(workspace_id_of(COURIERS), nora, COURIERS_BUDGET, True, because=stage.by("nora"))
        agency.set_budget(workspace_id_of(SPA), nora, 400 * EURO, False, because=stage.by("nora"))
        dental = voice.customer_id(stage, DENTAL)
        agency.set_markup(TREE_ID, nora, dental, MARKUP_HUNDREDTHS, because=stage.by("nora"))
        stage.each_morning.append(self.morning)

    def morning(self, at: datetime) -> None:
        """Once a day, however often the clocks are turned on it."""
        if at.date() == self.told:
            return
        self.told = at.date()
        day = (self.told - self.begins.date()).days
        self._happens(day)
        if day % WEEK == 0:
            self.stage.wiring.runner.catch_up()
            self.stage.wiring.numbers.charge_all()
        is_busy = day > LAST_QUIET
        if not is_busy and day % 2:
            return  # in the quiet month nobody calls on every other day
        for child, seconds in (BUSY if is_busy else QUIET).items():
            voice.tells_calls(self.stage, child, seconds)
        voice.runs_call(self.stage, COURIERS, COURIERS_BUSY if is_busy else COURIERS_QUIET)
        self.stage.wiring.budgets.note_all()

    def _happens(self, day: int) -> None:
        stage, agency = self.stage, self.stage.wiring.agency
        if day == EDITED:
            voice.writes_prompt(stage, "tom", DENTAL, PROMPT_OF_CLIENT)
        elif day == RESTORED:
            voice.restores_prompt(stage, "nora", DENTAL, 1)
        elif day in (SUSPENDED, RETURNED):
            do = agency.suspend_customer if day == SUSPENDED else agency.resume_customer
            customer = voice.customer_id(stage, SPA)
            do(TREE_ID, person_id_of("nora"), customer, because=stage.by("nora"))


def begin(stage: Stage) -> None:
    stage.go_to(stage.clock.at + timedelta(days=1))
    Story(stage).open()
