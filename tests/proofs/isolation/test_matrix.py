"""Is every answer about what one may not see the answer about what never was?"""

from __future__ import annotations

import time

import pytest

from tests.proofs.isolation.asking import Asking
from tests.proofs.isolation.ground import Ground
from tests.proofs.isolation.matrix import LONG, Matrix
from tests.proofs.isolation.programs import Programs
from tests.proofs.isolation.state import rows_of_others, state_of

SHOWN = 20  # of what is wrong
# Whoever holds the address is let in, so that only false ones are probed.
BY_LINK_ONLY = {"pages.link", "pages.invitation", "pages.checkout_returned", "static"}
BY_LINK_ONLY |= {"pages.returned_from_provider"}
BY_ORIGIN_ONLY = {"widget.config"}  # what pages of its origins are told: tests/web/test_widget.py


@pytest.mark.timeout(7_200 if LONG else 900)
def test_what_one_may_not_see_answers_as_what_never_was(ground: Ground, asking: Asking) -> None:
    matrix, before, began = Matrix(ground, asking), state_of(ground), time.process_time()

    matrix.run()

    seconds = time.process_time() - began
    print(f"{asking.probes} probes in {seconds:.0f} s: {dict(matrix.by_position)}, {asking.statuses}")
    assert not matrix.wrong, f"{len(matrix.wrong)} wrong:\n" + "\n".join(matrix.wrong[:SHOWN])
    assert state_of(ground) == before
    pages = {rule.endpoint for rule, method in matrix.routes() if method == "GET"}
    not_probed = BY_LINK_ONLY | BY_ORIGIN_ONLY
    assert pages - matrix.found == not_probed, "nobody is let in there, so nobody could be let in wrongly"


@pytest.mark.timeout(3_600 if LONG else 600)
def test_a_key_speaks_for_its_own_workspace_only_whatever_else_is_sent(
    ground: Ground, asking: Asking
) -> None:
    programs, before, began = Programs(ground, asking), rows_of_others(ground), time.process_time()

    programs.run()

    seconds = time.process_time() - began
    print(f"{asking.probes} probes in {seconds:.0f} s: {dict(programs.by_position)}, {asking.statuses}")
    assert not programs.wrong, f"{len(programs.wrong)} wrong:\n" + "\n".join(programs.wrong[:SHOWN])
    assert rows_of_others(ground) == before
    assert {rule.endpoint for rule, _ in programs.routes()} == programs.found
