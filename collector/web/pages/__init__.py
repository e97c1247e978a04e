"""Server-rendered pages. Each is a frozen dataclass and a template; each router needs a sign-in and a role."""

from collector.web.pages import (
    account,
    admin,
    approvals,
    contact,
    desk,
    entry,
    exports,
    figures,
    floor,
    floor_holds,
    floor_lists,
    floor_live,
    inbox,
    law,
    loads,
    opening,
    operations,
    recordings,
    reference,
    referrals,
    runs,
    search,
    stops,
    strategy,
    strategy_draft,
    strategy_trial,
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
        opening,
        contact,
        talk,
        stops,
        search,
        floor,
        approvals,
        figures,
        exports,
        floor_holds,
        floor_lists,
        floor_live,
        law,
        referrals,
        operations,
        strategy,
        strategy_draft,
        strategy_trial,
        recordings,
        uploads,
        loads,
        runs,
        inbox,
        admin,
        reference,
    )
)
