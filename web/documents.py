"""Documents as people and programs bring them: text in UTF-8, of a bounded length, and nothing else."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

from domain.knowledge import DOCUMENT_BYTES_MAX
from web.texts import with_plain_breaks

SUFFIXES = (".txt", ".md", ".csv")
TITLE_MAX = 120
UNTYPED = frozenset({"Cc", "Cs"})  # control characters and halves of characters
LAYING_OUT = frozenset("\n\t\f")
TOO_LARGE = (
    f"A document has at most {DOCUMENT_BYTES_MAX:,} bytes; this one has {{bytes:,}}. Divide it in two."
)
NO_TEXT = "This is no text: it holds characters that nobody types. Save it as plain text first."


class Unfit(Exception):
    """It cannot be kept as a document; which field is wrong, and why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Document:
    title: str
    text: str

    @property
    def bytes(self) -> int:
        return len(self.text.encode())


def document_of_text(title: str, text: str) -> Document:
    return Document(title=title, text=_fit("text", text))


def document_of_file(title: str, name: str, content: bytes) -> Document:
    """Without a title it is called as the file is."""
    path = PurePath(name.replace("\\", "/"))
    if path.suffix.lower() not in SUFFIXES:
        listed = ", ".join(SUFFIXES)
        raise Unfit("file", f"Files are read that end with one of {listed}. Copy the text out of other ones.")
    if len(content) > DOCUMENT_BYTES_MAX:
        raise Unfit("file", TOO_LARGE.format(bytes=len(content)))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unfit(
            "file",
            f"The file is not in UTF-8: byte {error.start + 1:,} cannot be read. Save it as UTF-8 first.",
        ) from None
    return Document(title=title or _typed(path.stem)[:TITLE_MAX] or "Untitled", text=_fit("file", text))


def _fit(field: str, text: str) -> str:
    """With the line ends of one kind, and no more bytes than are kept."""
    text = with_plain_breaks(text)
    if any(unicodedata.category(one) in UNTYPED and one not in LAYING_OUT for one in text):
        raise Unfit(field, NO_TEXT)
    if not text.strip():
        raise Unfit(field, "The document is empty.")
    size = len(text.encode())
    if size > DOCUMENT_BYTES_MAX:
        raise Unfit(field, TOO_LARGE.format(bytes=size))
    return text


def _typed(text: str) -> str:
    return "".join(one for one in text if one.isprintable()).strip()
