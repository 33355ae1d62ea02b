"""Voice agents of the scene, made by its forms."""

from __future__ import annotations

from uuid import UUID

from werkzeug.test import TestResponse

from tests.web.pages.scene import Scene, text_of

# What the form of the configuration sends.
SETTINGS = {
    "language": "de",
    "voice": "sage",
    "model": "careful",
    "temperature_hundredths": "35",
    "max_call_seconds": "900",
    "record_calls": "yes",
    "greeting": "Guten Tag!",
    "timezone": "Europe/Berlin",
    "based_on": "0",
}


def made(scene: Scene, name: str = "Concierge", *, by: str = "Ana", at: str = "child") -> str:
    """The address of a new agent."""
    answer = scene.browser(by).post(scene.path(f"/w/{{{at}}}/agents"), name=name)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def wrote(scene: Scene, path: str, text: str, based_on: int, *, by: str = "Ana") -> TestResponse:
    return scene.browser(by).post(f"{path}/prompt", prompt=text, based_on=based_on)


def an_agent(scene: Scene, place: str) -> UUID:
    """One that was told what to say."""
    path = made(scene, at=place)
    wrote(scene, path, "Be brief.", 0)
    return UUID(path.rpartition("/")[2])


def shows(scene: Scene, **areas: str) -> None:
    """Ana says what the client sees."""
    levels = dict.fromkeys(("dashboard", "prompts", "configuration", "deployment", "actions"), "edit")
    path = scene.path("/w/{child}/settings/visibility")
    assert scene.browser("Ana").post(path, **levels | areas).status_code == 303


def page(scene: Scene, path: str, name: str = "Ana") -> str:
    answer = scene.browser(name).get(path)
    assert answer.status_code == 200, text_of(answer)
    return text_of(answer)


def html(scene: Scene, path: str, name: str = "Ana") -> str:
    return scene.browser(name).get(path).get_data(as_text=True)
