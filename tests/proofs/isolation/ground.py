"""The ground of the proofs: two agencies, one that has ended, two workspaces that stand alone, and all
that people and programs leave there."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from domain.permissions import Role
from tests.adapters.billed import checkout, pay
from tests.house import House
from tests.proofs.isolation.budgeted import give_budgets
from tests.proofs.isolation.canaries import Kind, canary
from tests.proofs.isolation.cast import (
    ALONE,
    ANCHORS,
    CHILDREN,
    DELETED,
    ENDED,
    INVITED,
    LOOKS,
    ONCE,
    PEOPLE,
    PLACES,
    ROLES,
    SCOPES,
    address_of,
    first_of,
    name_of,
)
from tests.proofs.isolation.customers import customers
from tests.proofs.isolation.deployed import deployed, template
from tests.proofs.isolation.holding import holding
from tests.proofs.isolation.voiced import voiced
from tests.web.api.asking import Program

IN_APRIL = datetime(2026, 4, 2, tzinfo=UTC)
# The kinds of what there is of each workspace, each known by an id.
THINGS = (
    *("event", "key", "invitation", "invoice", "mac", "position", "story", "look", "export", "view"),
    *("knowledge", "document", "number", "agent", "version", "widget", "action", "template"),
)


class Ground:
    """`places`, `people` and `trees` by name; `things` by kind and the workspace they are of."""

    def __init__(self, house: House) -> None:
        self.house = house
        vault = house.wiring.vault
        self.people = {who: vault.remember(name_of(who), address_of(who), uuid4()) for who in PEOPLE}
        self.places: dict[str, UUID] = {}
        self.trees: dict[str, UUID] = {}
        self.checkouts: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.things: dict[str, dict[str, str]] = {kind: {} for kind in THINGS}
        self._open()
        self.things["customer"] = customers(self)
        self._join()
        for place in PLACES:
            voiced(self, place)
            deployed(self, place)
        self._track()
        for number, place in enumerate(PLACES):
            holding(self, place, f"+49302312510{number}")
        for child, anchor in CHILDREN.items():
            if anchor != ENDED and anchor not in self.things["template"]:
                template(self, anchor, child, ANCHORS[anchor])
        self._end()
        house.leap_to(IN_APRIL)
        self._change()
        house.deliver_notices()
        house.run_followed()
        self._note()

    def because(self, who: str):  # type: ignore[no-untyped-def]
        return self.house.because(f"person:{self.people[who]}")

    def owner_of(self, place: str) -> str:
        return next(who for (who, where), role in ROLES.items() if where == place and role is Role.OWNER)

    # The story, act by act.

    def _open(self) -> None:
        house = self.house
        for anchor, who in ANCHORS.items():
            person = self.people[who]
            self.places[anchor] = house.workspace(person, name_of(anchor))
            tree = house.agency.choose_plan(
                self.places[anchor], person, "agency", uuid4(), because=self.because(who)
            )
            self.trees[anchor] = tree.id
            url = checkout(house, tree.id, person, email=address_of(who))
            self.checkouts[anchor] = pay(house, url)
        house.deliver_notices()
        for child, anchor in CHILDREN.items():
            owner = self.people[ANCHORS[anchor]]
            self.places[child] = house.child(self.trees[anchor], owner, name_of(child))
        for place, who in ALONE.items():
            self.places[place] = house.workspace(self.people[who], name_of(place))

    def _join(self) -> None:
        """Whoever does not belong from the beginning is invited by who does."""
        roles = ROLES | dict.fromkeys(ONCE, Role.MEMBER)
        for (who, place), role in roles.items():
            inviter = {**ANCHORS, **{c: ANCHORS[a] for c, a in CHILDREN.items()}, **ALONE}[place]
            if who != inviter:
                self.house.member(self.places[place], self.people[inviter], self.people[who], role)

    def _track(self) -> None:
        """An event for each workspace, one that is voided, and so many that an invoice holds overage."""
        for place in PLACES:
            owner = self.people[{**ANCHORS, **ALONE}.get(place) or ANCHORS[CHILDREN[place]]]
            self.keys[place] = self.house.key(self.places[place], owner, scopes=SCOPES)
            self.things["key"][place] = self.keys[place].split("_")[2]
            program = Program(self.house, self.keys[place])
            self.things["event"][place] = self._event(program, place, "first")
            voided = self._event(program, place, "voided")
            self._void(place, owner, voided)
        for place in ("anchor", "child", "harbor"):
            for _ in range(26):
                many = {"agent_id": f"agent {canary(Kind.AGENT, place)}"}
                event = {"task_type": "draft_email", "outcome": "success"} | many
                Program(self.house, self.keys[place]).batch([event] * 1_000)
                self.house.clock.advance(seconds=1)

    def _event(self, program: Program, place: str, order: str) -> str:
        word = canary(Kind.EVENT, place)
        answer = program.track(
            agent_id=f"agent {canary(Kind.AGENT, place)}",
            model=f"model {word}",
            metadata={"note": f"told {word}", word: 1},
            audit_sample={"input_excerpt": f"asked {word}", "output_excerpt": f"said {word}"},
            key=f"{order}-of-{place}",
        )
        assert answer.status_code == 201, answer.get_json()
        return str(answer.get_json()["event_id"])

    def _void(self, place: str, owner: UUID, event_id: str) -> None:
        house, workspace_id = self.house, self.places[place]
        digest = house.wiring.vault.keep_text(workspace_id, f"because {canary(Kind.REASON, place)}")
        with house.database.reading() as db:
            event = house.services.tracked.event(db, workspace_id, UUID(event_id))
            house.services.tracked.void(db, event, digest, because=house.because(f"person:{owner}"))

    def _end(self) -> None:
        """One agency is over, one child is deleted, one member is gone, one key is revoked, one replaced."""
        house, ana = self.house, self.people["ana"]
        dora = self.people["dora"]
        house.wiring.billing.cancel_at_once(self.trees[ENDED], dora, because=self.because("dora"))
        house.deliver_notices()
        house.agency.delete_child(self.places[DELETED], ana, because=self.because("ana"))
        house.agency.remove_member(
            self.places["child"], ana, self.people["rita"], because=self.because("ana")
        )

    def _change(self) -> None:
        house, child, ana = self.house, self.places["child"], self.people["ana"]
        for who, place in INVITED.items():
            inviter = self.people[self.owner_of(place)]
            self.things["invitation"][place] = str(invitation_id := uuid4())
            self.things["mac"][place] = house.wiring.keys.invitation_mac(self.places[place], invitation_id)
            role = Role.MEMBER
            because = house.because(f"person:{inviter}")
            house.agency.invite(
                self.places[place], inviter, invitation_id, self.people[who], role, because=because
            )
        self.keys["revoked"] = house.key(child, ana)
        revoked = self.keys["revoked"].split("_")[2]
        house.agency.revoke_key(child, ana, revoked, because=self.because("ana"))
        self.keys["test"] = house.key(child, ana, mode="test")
        self.keys["tracks only"] = house.key(child, ana, scopes=("track",))
        self.keys["replaced"] = house.key(child, ana)
        self._replace(self.keys["replaced"].split("_")[2])
        for who, place in LOOKS.items():
            self._look(who, place)
        for place in PLACES:
            if who_first := first_of(place):
                self._keep_view(who_first, place)
        give_budgets(self)
        for place in ("anchor", "harbor"):
            self._export(ANCHORS[place], place)

    def _keep_view(self, who: str, place: str) -> None:
        self.things["view"][place] = str(view_id := uuid4())
        name = f"Mine {canary(Kind.WORKSPACE, place)}"
        self.house.wiring.views.keep(
            view_id, self.people[who], self.places[place], name=name, query="", at=self.house.clock()
        )

    def _export(self, who: str, place: str) -> None:
        self.things["export"][place] = str(export_id := uuid4())
        self.house.agency.ask_for_export(
            export_id, self.places[place], self.people[who], because=self.because(who)
        )

    def _look(self, who: str, place: str) -> None:
        self.things["look"][place] = str(look_id := uuid4())
        digest = self.house.wiring.vault.keep_text(
            look_id, f"Asked for help with {canary(Kind.REASON, 'look')}"
        )
        self.house.agency.begin_look(
            look_id, self.people[who], self.places[place], digest, because=self.because(who)
        )

    def _replace(self, key_id: str) -> None:
        made = self.house.wiring.keys.make("live")
        self.keys["successor"] = made.text
        self.house.agency.replace_key(
            self.places["child"],
            self.people["ana"],
            key_id,
            successor_id=made.key_id,
            secret_mac=made.secret_mac,
            overlap="at_once",
            because=self.because("ana"),
        )

    def _note(self) -> None:
        """Ids that Stripe and the logs gave."""
        with self.house.database.reading() as db:
            for anchor, tree_id in self.trees.items():
                row = db.execute(
                    "SELECT invoice_id FROM invoices WHERE tree_id = %s ORDER BY created_at DESC LIMIT 1",
                    (tree_id,),
                ).fetchone()
                self.things["invoice"][anchor] = str(row["invoice_id"]) if row else ""
            for place, workspace_id in self.places.items():
                row = db.execute(
                    "SELECT position, story FROM timeline WHERE stream = %s"
                    " ORDER BY tree_id IS NULL, position LIMIT 1",
                    (workspace_id,),
                ).fetchone()
                if row:
                    self.things["position"][place] = str(row["position"])
                    self.things["story"][place] = row["story"]
