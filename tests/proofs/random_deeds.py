"""What every deed of a random life is done with; the life itself says which there are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from random import Random
from uuid import UUID

from domain.agency import Agency
from domain.because import Because
from tests.house import House
from tests.proofs.groves import Grown


class RandomDeeds(ABC):
    house: House
    agency: Agency
    random: Random
    trees: list[Grown]

    @abstractmethod
    def _because(self) -> Because:
        """Whoever does it, and when."""

    @abstractmethod
    def _tree(self) -> Grown:
        """One of those there are."""

    @abstractmethod
    def _workspace(self) -> UUID:
        """One of those there are, in a tree or alone."""

    @abstractmethod
    def _voiced(self) -> UUID:
        """A tree whose plan has calls, if there is any."""
