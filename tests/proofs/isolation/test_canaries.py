"""Does a word of one tenant turn up where nobody may read it: on pages, in mails, logs, tables, at Stripe?"""

from __future__ import annotations

import re
from collections import Counter
from email import message_from_bytes, policy

from projections.catalogue import ACTIONS
from tests.adapters.billed import stripe_away
from tests.proofs.isolation.asking import EVERYBODY, Asked, Asking, body_of
from tests.proofs.isolation.canaries import Kind, canaries_in, canaries_in_hex
from tests.proofs.isolation.cast import ANCHORS, INVITED, PEOPLE, PLACES, address_of
from tests.proofs.isolation.ground import Ground
from tests.proofs.isolation.matrix import Matrix, admits
from tests.proofs.isolation.readers import WORDS, leaked
from tests.proofs.isolation.table import GATES, NEEDS
from tests.proofs.isolation.targets import filled, path_of, roots_of

# Where a recording lies is a link for those who may hear it, and the only text of anybody's that is one.
RECORDINGS = {word for word, (kind, _) in WORDS.items() if kind is Kind.RECORDING}
IN_ADDRESSES = re.compile(r'(?:href|action|src)="([^"]*)"')
RAW = "usage"  # the table of what was tracked, and its partitions


def test_whoever_looks_at_all_that_is_theirs_reads_nothing_of_others(ground: Ground, asking: Asking) -> None:
    matrix, read, in_addresses = Matrix(ground, asking), Counter[tuple[Kind, str]](), list[str]()
    pages = [rule for rule, method in matrix.routes() if method == "GET" and rule.endpoint != "static"]

    for rule in pages:
        for who in EVERYBODY:
            for place in roots_of(rule):
                if not admits(GATES[rule.endpoint], who, place):
                    continue
                ids = filled(ground, rule, place)
                answer = asking.client.get(
                    path_of(rule, ids),
                    query_string=NEEDS.get(rule.endpoint),
                    headers={"Cookie": asking.cookies[who]},
                )
                text = body_of(answer)
                found = canaries_in(f"{answer.headers} {text}")
                read.update(WORDS[one] for one in found)
                matrix.wrong += [f"{who} reads {one} at {rule.rule}" for one in leaked(who, found)]
                addresses = [*IN_ADDRESSES.findall(text), answer.headers.get("Location", "")]
                in_addresses += [one for one in addresses if canaries_in(one) - RECORDINGS]

    print(f"{sum(read.values())} words of {len(read)} texts read")
    assert not matrix.wrong, "\n".join(sorted(set(matrix.wrong)))
    assert in_addresses == []
    everything = {*Kind} - {Kind.SECRET}  # the test after this one is about those
    assert {kind for kind, _ in read} == everything, "a kind that nobody reads could not leak either"
    assert {whose for kind, whose in read if kind is Kind.WORKSPACE} == {*PLACES}
    assert {whose for kind, whose in read if kind is Kind.PERSON} == {*PEOPLE}


def test_the_secrets_that_nobody_is_told_are_kept(ground: Ground) -> None:
    """Else that nobody read them would show nothing."""
    vault, database = ground.house.services.vault, ground.house.database
    with database.connection() as db:
        actions = [row for place in ground.places.values() for row in ACTIONS.in_workspace(db, place)]

    told = " ".join(vault.text(row.workspace_id, row.headers_digest) for row in actions if row.headers_digest)

    assert {WORDS[one] for one in canaries_in(told)} == {
        (Kind.SECRET, place) for place in {*PLACES} - {"gone"}
    }


def test_whoever_is_invited_is_listed_by_the_address_that_was_typed_alone(
    ground: Ground, asking: Asking
) -> None:
    """Else an invitation would tell whether somebody is known, and by which name."""
    for who, place in INVITED.items():
        owner = ground.owner_of(place)
        told, _ = asking.ask(owner, Asked(method="GET", path=f"/w/{ground.places[place]}/members"))

        found = {WORDS[one] for one in canaries_in(told.body)}
        assert (Kind.ADDRESS, who) in found
        assert (Kind.PERSON, who) not in found


def test_a_mail_says_nothing_that_whoever_gets_it_may_not_know(ground: Ground, asking: Asking) -> None:
    for who in ("ana", "ben", "vera", "hana", "eve"):
        asking.ask("signed out", Asked(method="POST", path="/sign-in", fields={"email": address_of(who)}))
    whose = {address_of(who): who for who in PEOPLE}
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in ground.house.services.mail.folder.glob("*.eml")
    ]

    wrong = [
        (str(mail["To"]), secrets)
        for mail in mails
        if (secrets := leaked(whose[str(mail["To"])], canaries_in(mail.as_string())))
    ]

    assert wrong == []
    assert len(mails) >= len(INVITED) + 5
    assert any(canaries_in(str(mail.get_content())) for mail in mails)


def test_no_fact_holds_a_word_that_people_or_programs_wrote(ground: Ground) -> None:
    tables = texts_of_tables(ground)

    for name in ("agency_events", "metering_events"):
        assert tables[name]
        assert [row for row in tables[name] if canaries_in_hex(row)] == []


def test_of_all_tables_only_what_was_tracked_holds_words_and_only_its_own(ground: Ground) -> None:
    """Names, addresses and reasons are sealed in the vault and stand nowhere else."""
    ids = {str(workspace_id): place for place, workspace_id in ground.places.items()}
    wrong, seen = [], 0

    for name, rows in texts_of_tables(ground).items():
        for row in rows:
            for kind, whose in map(WORDS.__getitem__, canaries_in_hex(row)):
                owners = {place for workspace_id, place in ids.items() if workspace_id in row}
                seen += 1
                if not name.startswith(RAW) or kind not in (Kind.AGENT, Kind.EVENT) or owners != {whose}:
                    wrong.append((name, kind.name, whose))

    assert wrong == []
    assert seen > 100


def test_no_line_of_a_log_holds_a_word(ground: Ground, asking: Asking, lines: list[str]) -> None:
    words = " ".join(WORDS)
    for path in ("/w/nothing/", f"/w/{ground.places['child']}/members", "/sign-in", "/api/v1/track"):
        asking.client.get(path, headers={"Cookie": asking.cookies["olga"]})
        asking.client.post(path, data={"name": words, "email": words}, headers={"User-Agent": words})
        asking.client.post(path, json={"agent_id": words}, headers={"Authorization": f"Bearer {words}"})
    with stripe_away(ground.house):
        portal = f"/w/{ground.places['anchor']}/billing/portal"
        told, _ = asking.ask("ana", Asked(method="POST", path=portal, fields={}))

    assert [line for line in lines if canaries_in_hex(line)] == []
    assert told.status == 503
    assert any("StripeAway" in line for line in lines), lines


def test_stripe_knows_the_address_of_who_pays_and_nothing_else(ground: Ground) -> None:
    store = ground.house.stripe.store
    bodies = [body for (body,) in store.rows("SELECT body FROM objects")]
    bodies += [
        str(row) for table in ("answers", "meter_events") for row in store.rows(f"SELECT * FROM {table}")
    ]

    found = [{WORDS[one] for one in canaries_in(body)} for body in bodies]

    payers = {(Kind.ADDRESS, who) for who in ANCHORS.values()}
    assert set().union(*found) == payers
    assert [one for one in found if len(one) > 1] == []


def texts_of_tables(ground: Ground) -> dict[str, list[str]]:
    """Every row of every table, as a text."""
    with ground.house.database.connection() as db:
        names = [
            row["tablename"]
            for row in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ]
        return {
            name: [row["t"] for row in db.execute(f'SELECT x::text AS t FROM "{name}" x')]  # type: ignore[str-bytes-safe]
            for name in names
        }
