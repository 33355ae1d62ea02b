"""What people send who want something to run that was only meant to be read."""

from __future__ import annotations

MARK = "q7x"  # as a tag, an attribute or a header it would show that something was taken for code
PRODUCT = "9801547"  # what a template or a database would make of 1337*7331

SQL = (
    *("' OR '1'='1", "'; DROP TABLE agency_events; --", "') OR 1=1 --", '" OR ""="', "1; SELECT pg_sleep(9)"),
    *("' UNION SELECT 1337*7331 --", "%' AND 1337*7331=1337*7331 --", "$$;DELETE FROM usage;$$", "\\'; --"),
    *("{1,2}", "ARRAY[1]", "NULL", "'::uuid", "0x27", "%(workspace_id)s", "%s%s%s%s", "%%", "%("),
)
MARKUP = (
    *(f"<{MARK}>", f"<script>{MARK}</script>", f"</title><script>{MARK}</script>", f"<img src=x on{MARK}=1>"),
    *(f'" on{MARK}="1', f"' on{MARK}='1", f"</textarea><{MARK}>", f"</select><{MARK}>", f"<!--<{MARK}>-->"),
    *(f"<svg/onload={MARK}>", f"javascript:{MARK}", f"data:text/html,<{MARK}>", f"&lt;{MARK}&gt;"),
    *(f"<![CDATA[<{MARK}>]]>", f"<a href='javascript:{MARK}'>", f"＜{MARK}＞", f'"><{MARK}>', f"'><{MARK}>"),
)
HEADER = (
    *(f"x\r\nX-Injected: {MARK}", f"x\nBcc: {MARK}@example.com", f"x\rX-Injected: {MARK}"),
    *(f"x%0d%0aX-Injected:%20{MARK}", f"x\r\n\r\n<{MARK}>", f"=?utf-8?q?{MARK}?=", f"x\u2028Bcc: {MARK}"),
    *(
        f"a@example.com\r\nBcc: {MARK}@example.com",
        f'"{MARK}"@example.com',
        f"a@example.com,{MARK}@example.com",
    ),
)
PATH = (
    *("../../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "....//....//etc/passwd"),
    *(
        "%2e%2e%2fetc%2fpasswd",
        "file:///etc/passwd",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
    ),
    *("/\t/evil.example", "\\\\evil.example", "http:evil.example", "///evil.example", ".", "..", "~root"),
)
TEMPLATE = (
    *(
        "{{1337*7331}}",
        "${1337*7331}",
        "{% print(1337*7331) %}",
        "#{1337*7331}",
        "<%= 1337*7331 %>",
        "*{1337*7331}",
    ),
    *(
        "{{config}}",
        "{{''.__class__.__mro__}}",
        "{0.__class__}",
        "{self.__class__}",
        "{link}",
        "{",
        "}",
        "{}",
    ),
    *("%(x)s", "%n%n%n", "%x", "`id`", "$(id)", "|id", "; id", "__import__('os').system('id')"),
)
TABLE = (
    "=1337*7331",
    "+1337*7331",
    "-1337*7331",
    "@SUM(1337,1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("//x")',
    "＝1+1",
)
ODD: tuple[str | bytes, ...] = (
    *("", " ", "\x00", "a\x00b", "\x1b[31m", "\x7f", "\u202etxt.exe", "\u2066x\u2069", "\u200b", "\ufeff"),
    *("\ud800", "\udfff\ud800", "\uffff", "\U0010ffff", "ﷺ" * 40, "Z͑ͫ" * 40, "İ", "ß", "١٢٣", "½", "1e309"),
    *(
        "-1",
        "99999999999999999999",
        "NaN",
        "Infinity",
        "true",
        "[]",
        "null",
        "0",
        "1_000",
        "0x10",
        "1" * 5_000,
    ),
    *(b"\xc0\xaf", b"\xff\xfe", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"%u0027", b"%", b"%zz"),
    *("x" * 121, "x" * 255, "x" * 4_096, "x" * 100_000, "é" * 50_000),
)
PAYLOADS: tuple[str | bytes, ...] = (*SQL, *MARKUP, *HEADER, *PATH, *TEMPLATE, *TABLE, *ODD)

# What no answer ever says: that something was computed, read, or gave way.
GAVE_WAY = (
    *(PRODUCT, f"<{MARK}", f"<script>{MARK}", "root:x:0:0", "<class '", "Traceback (most recent", "psycopg"),
    *("jinja2.exceptions", "syntax error at", "unterminated quoted", "SECRET_KEY", "invalid input syntax"),
)


def as_bytes(payload: str | bytes) -> bytes:
    return payload if isinstance(payload, bytes) else payload.encode("utf-8", "surrogatepass")


def as_text(payload: str | bytes) -> str:
    return payload if isinstance(payload, str) else payload.decode("utf-8", "surrogateescape")
