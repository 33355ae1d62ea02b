"""HTML pages for people."""

from web.pages import (  # noqa: F401  # each one hangs its views on the blueprint
    billing,
    checkout,
    demo_mail,
    downgrade,
    filters,
    headers,
    home,
    invitations,
    invoices,
    keys,
    members,
    overview,
    settings,
    signing,
    subscription,
    timeline,
    top,
    workspaces,
)
