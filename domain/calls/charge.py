"""A charge: messages that were sent, or a phone number for a cycle; made once, whoever asks twice."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from domain.because import Because
from domain.credits.category import Category
from domain.recorded import Recorded


class Charge(Recorded):
    def __init__(
        self,
        workspace_id: UUID,
        tree_id: UUID,
        cycle_started_at: datetime,
        category: Category,
        quantity: int,
        amount_micros: int,
        subject_id: UUID | None,
        agent_id: UUID | None,
    ) -> None:
        self.workspace_id = workspace_id
        self.tree_id = tree_id
        self.cycle_started_at = cycle_started_at
        self.category = category
        self.quantity = quantity
        self.amount_micros = amount_micros
        self.subject_id = subject_id
        self.agent_id = agent_id

    class Event(Recorded.Event):
        workspace_id: UUID
        tree_id: UUID
        cycle_started_at: datetime

    class Made(Event, Recorded.Created):
        category: Category
        quantity: int  # messages, or numbers
        amount_micros: int
        subject_id: UUID | None  # the phone number that it is for
        agent_id: UUID | None  # who sent the messages

    @classmethod
    def make(
        cls,
        charge_id: UUID,
        *,
        workspace_id: UUID,
        tree_id: UUID,
        cycle_started_at: datetime,
        category: Category,
        quantity: int,
        rate_micros: int,
        because: Because,
        subject_id: UUID | None = None,
        agent_id: UUID | None = None,
    ) -> Self:
        return cls._begin(
            cls.Made,
            charge_id,
            because,
            workspace_id=workspace_id,
            tree_id=tree_id,
            cycle_started_at=cycle_started_at,
            category=category,
            quantity=quantity,
            amount_micros=quantity * rate_micros,
            subject_id=subject_id,
            agent_id=agent_id,
        )

    @property
    def needs_micros(self) -> int:
        return self.amount_micros
