"""The carrier that sells phone numbers.

We have no contract with a real one. `LocalCarrier` sells numbers that the regulators of four countries keep
free for films and books, so that none of them ever rings anywhere; a real carrier takes its place by offering
the same three answers, and by selling and releasing on its side what is bought and released on ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID, uuid5

from domain.phone_number import Offer

DIRECTORY = UUID("1d9f6f0b-93b5-4b6e-9a4b-7a3f1c0f2e55")


class Carrier(Protocol):
    @property
    def countries(self) -> tuple[str, ...]:
        """Where it has numbers: two letters each, as in ISO 3166."""

    def offers(self, country: str, begin: int) -> Iterator[Offer]:
        """Its numbers of a country, from some place in its directory on, each once; sold ones among them."""

    def offer(self, number: str) -> Offer | None:
        """A number of its directory by its digits, whether it is sold or not."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Numbers that differ in their last digits only."""

    prefix: str
    digits: int

    @property
    def size(self) -> int:
        return int(10**self.digits)


BLOCKS: dict[str, tuple[Block, ...]] = {
    "DE": tuple(
        Block(prefix=prefix, digits=3)
        for prefix in ("+493023125", "+496990009", "+494066969", "+492214710", "+498999998")
    ),
    "FR": tuple(
        Block(prefix=prefix, digits=4) for prefix in ("+3319900", "+3326191", "+3335301", "+3346571")
    ),
    "GB": (Block(prefix="+442079460", digits=3), Block(prefix="+441614960", digits=3)),
    "US": tuple(
        Block(prefix=f"+1{area}55501", digits=2)
        for area in ("202", "212", "303", "312", "404", "415", "503", "617", "702", "713")
    ),
}


class LocalCarrier:
    """A directory that is the same in every process and for ever."""

    @property
    def countries(self) -> tuple[str, ...]:
        return tuple(BLOCKS)

    def offers(self, country: str, begin: int) -> Iterator[Offer]:
        blocks = BLOCKS[country]
        size = sum(block.size for block in blocks)
        for place in range(begin % size, begin % size + size):
            yield _offer(_number(blocks, place % size), country)

    def offer(self, number: str) -> Offer | None:
        for country, blocks in BLOCKS.items():
            for block in blocks:
                rest = number.removeprefix(block.prefix)
                if rest != number and len(rest) == block.digits and rest.isascii() and rest.isdecimal():
                    return _offer(number, country)
        return None


def _number(blocks: tuple[Block, ...], place: int) -> str:
    for block in blocks:
        if place < block.size:
            return f"{block.prefix}{place:0{block.digits}d}"
        place -= block.size
    raise AssertionError("a place within the directory")


def _offer(number: str, country: str) -> Offer:
    return Offer(number_id=uuid5(DIRECTORY, number), number=number, country=country)
