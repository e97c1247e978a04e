"""Server-rendered pages. Each is a frozen dataclass and a template; each router needs a sign-in and a role."""

from collector.web.pages import (
    account,
    admin,
    contact,
    desk,
    entry,
    floor,
    inbox,
    law,
    loads,
    operations,
    reference,
    referrals,
    runs,
    search,
    stops,
    talk,
    uploads,
)

PUBLIC = (entry.public, reference.schema)
"""Sign-in, and the schema, which looks at key or cookie itself."""

PAGES = tuple(
    part.router
    for part in (
        entry,
        desk,
        account,
        contact,
        talk,
        stops,
        search,
        floor,
        law,
        referrals,
        operations,
        uploads,
        loads,
        runs,
        inbox,
        admin,
        reference,
    )
)
