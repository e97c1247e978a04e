"""Commands for whoever runs the installation: database, users, keys, facts, audit."""

import secrets
from pathlib import Path

import typer

from collector.audit import actions as audit_actions
from collector.audit import queries as audit_queries
from collector.audit.anchor import read_anchor, write_anchor
from collector.casework.replay import replay
from collector.casework.setting_up import set_up
from collector.cli.frame import AtOption, JsonFlag, command, moment, office, progress_bar, show
from collector.facts import actions as facts_actions
from collector.foundation.clock import parse_moment, system_clock
from collector.foundation.errors import CollectorError, NotReady
from collector.foundation.settings import load_settings
from collector.identity import actions as identity_actions
from collector.identity import queries as identity_queries
from collector.identity.rules import COMMAND_LINE, ApiScope, Level, Role
from collector.portfolio.actions import give_access

db = typer.Typer(no_args_is_help=True, help="The database.")
user = typer.Typer(no_args_is_help=True, help="Users.")
apikey = typer.Typer(no_args_is_help=True, help="API keys.")
facts = typer.Typer(no_args_is_help=True, help="The kept facts.")
audit = typer.Typer(no_args_is_help=True, help="The audit chain.")


@db.command("upgrade")
@command
def db_upgrade(json_: bool = JsonFlag) -> None:
    """Create the database, or bring an older one up to this version."""
    before, after = set_up(load_settings(), system_clock())
    words = "the database is up to date" if before == after else f"the database is now at {after}"
    show({"before": before, "after": after}, as_json=json_, lines=[words])


@user.command("add")
@command
def user_add(
    name: str = typer.Argument(..., help="Login name."),
    role: list[Role] = typer.Option([Role.agent], "--role", help="May be given several times."),
    level: Level | None = typer.Option(None, "--level", help="Collector level; default: takes calls of all levels."),
    team: str = typer.Option("", "--team", help="Who belongs together: no team agrees to terms of its own accounts."),
    portfolio: list[str] = typer.Option([], "--portfolio", help="Codes this user may see; none given: all."),
    staff_no: str | None = typer.Option(None, "--staff-no", help="The person behind the login; default: the name."),
    phone: str | None = typer.Option(None, "--phone", help="The agent's own leg, E.164 or client:name."),
    language: str = typer.Option("en", "--language", help="en or zh"),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Add a user. The first password is made here, shown once, and must be changed at the first login."""
    password = secrets.token_urlsafe(12)
    with office().database.begin() as session:
        row = identity_actions.add_user(
            session,
            name=name,
            password=password,
            roles=role,
            level=level,
            team=team,
            staff_no=staff_no,
            language=language,
            phone=phone,
            all_portfolios=not portfolio,
            now=moment(at),
            actor=COMMAND_LINE.name,
        )
        give_access(session, portfolio, user_id=row.id, actor=COMMAND_LINE.name, at=moment(at))
        document = {"user": name, "id": row.id, "roles": role, "password": password}
    show(document, as_json=json_, lines=[f"user {name} can sign in with: {password}", "It is not shown again."])


@user.command("reset")
@command
def user_reset(
    name: str = typer.Argument(..., help="Login name."),
    clear_totp: bool = typer.Option(False, "--clear-totp", help="Take the app for codes off too: the phone is lost."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Make a code by which a user gives themselves a new password, once, within the hour. It is on record as made from
    the command line: for 7 days after its use that login decides nothing that others propose."""
    with office().database.begin() as session:
        row = identity_queries.user_by_name(session, name)
        code = identity_actions.make_reset_code(session, row, COMMAND_LINE.name, moment(at), clears_totp=clear_totp)
        document = {"user": name, "id": row.id, "code": code, "clears_totp": clear_totp}
    lines = [f"code for {name}: {code}", "It is not shown again, holds for an hour and is used at /reset."]
    show(document, as_json=json_, lines=lines)


@apikey.command("add")
@command
def apikey_add(
    name: str = typer.Argument(..., help="What the key is for."),
    scope: list[ApiScope] = typer.Option([ApiScope.read], "--scope", help="May be given several times."),
    portfolio: list[str] = typer.Option([], "--portfolio", help="Codes the key may see; none given: all."),
    expires: str | None = typer.Option(None, "--expires", help="ISO 8601 with offset; default: in a year."),
    address: list[str] = typer.Option([], "--address", help="Address or network it is used from; none given: any."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Add an API key; it is shown once."""
    with office().database.begin() as session:
        shown, row = identity_actions.add_api_key(
            session,
            name,
            scope,
            moment(at),
            COMMAND_LINE.name,
            all_portfolios=not portfolio,
            expires_at=parse_moment(expires) if expires else None,
            addresses=address,
        )
        give_access(session, portfolio, api_key_id=row.id, actor=COMMAND_LINE.name, at=moment(at))
        ends = row.expires_at
        document = {"id": row.id, "name": name, "key": shown, "scopes": scope, "expires": ends, "addresses": address}
    show(document, as_json=json_, lines=[f"key: {shown}", "It is not shown again."])


@apikey.command("revoke")
@command
def apikey_revoke(
    name: str = typer.Argument(..., help="What the key was for."), at: str | None = AtOption, json_: bool = JsonFlag
) -> None:
    """Let a key open nothing any more."""
    with office().database.begin() as session:
        row = identity_queries.api_key_by_name(session, name)
        identity_actions.revoke_api_key(session, row, moment(at), COMMAND_LINE.name)
        document = {"id": row.id, "name": name, "revoked": True}
    show(document, as_json=json_, lines=[f"the key {name} opens nothing any more"])


@facts.command("verify")
@command
def facts_verify(json_: bool = JsonFlag) -> None:
    """Recompute every kept fact from the records; any difference is an error."""
    with office().database.read() as session:
        differences = facts_actions.verify(session)
    lines = [str(difference) for difference in differences] or ["every kept fact agrees with the records"]
    show({"differences": differences}, as_json=json_, lines=lines)
    if differences:
        raise typer.Exit(1)


@facts.command("rebuild")
@command
def facts_rebuild(at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """Compute all kept facts anew."""
    with progress_bar("rebuilding facts") as progress:
        people = facts_actions.rebuild(office().database.begin, moment(at), progress=progress)
    show({"people": people}, as_json=json_, lines=[f"{people} people rebuilt"])


@audit.command("verify")
@command
def audit_verify(
    anchor: Path | None = typer.Option(None, "--anchor", help="A checkpoint that was carried off; see: audit anchor."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Walk the whole chain; names what was changed, removed, inserted or reordered. Exit code 1 when anything was.

    Entries not yet sealed are counted, not proven: nobody can tell whether one of them was taken away.
    """
    desk = office()
    known = read_anchor(anchor) if anchor is not None else None
    with desk.database.read() as session, progress_bar("walking the chain") as progress:
        proof = audit_queries.verify(session, desk.keys, moment(at), known, progress)
    lines = [f"{proof.sealed} entries sealed, {proof.unsealed} not yet sealed"]
    if proof.unsealed_since is not None:
        lines[0] += f", the oldest of {proof.unsealed_since.isoformat()}"
    lines += [str(finding) for finding in proof.findings] or ["the chain is whole"]
    if proof.found > len(proof.findings):
        lines.append(f"and {proof.found - len(proof.findings)} more")
    show(proof, as_json=json_, lines=lines)
    if proof.findings:
        raise typer.Exit(1)


@audit.command("anchor")
@command
def audit_anchor(
    file: Path = typer.Argument(..., help="A new file; carry it off this host."), json_: bool = JsonFlag
) -> None:
    """Write the newest signed checkpoint to a file, for `audit verify --anchor`: it finds a chain that was cut, or an
    older database that was put back."""
    with office().database.read() as session:
        anchor = audit_queries.newest_anchor(session)
    if anchor is None:
        raise NotReady("nothing is sealed yet; run: collector audit seal")
    write_anchor(anchor, file)
    show(anchor, as_json=json_, lines=[f"the chain up to {anchor.position} is in {file.name}: carry it off this host"])


@audit.command("replay")
@command
def audit_replay(
    portfolio: str | None = typer.Option(None, "--portfolio", help="Code; default: every portfolio."),
    since: str | None = typer.Option(None, "--since", help="Contacts from then on, ISO 8601 with offset."),
    until: str | None = typer.Option(None, "--until", help="Contacts before then, ISO 8601 with offset."),
    json_: bool = JsonFlag,
) -> None:
    """Judge past contacts again, by the pack of their time and by what was known then. Exit code 1 when one should not
    have happened."""
    first, last = (parse_moment(word) if word else None for word in (since, until))
    with office().database.read() as session, progress_bar("judging again") as progress:
        done = replay(session, portfolio, first, last, progress)
    counts = ", ".join(f"{number} {standing}" for standing, number in done.counts.items())
    lines = [f"{done.contacts} contacts judged again" + (f": {counts}" if counts else "")]
    for one in done.told:
        rules = "; ".join(f"{rule.id}: {rule.reason}" for rule in one.rules) or one.why
        lines.append(f"{one.standing}: attempt {one.attempt} of {one.at.isoformat()}, person {one.person}: {rules}")
    document = {"contacts": done.contacts, "breaches": done.breaches, "counts": done.counts, "told": done.told}
    show(document, as_json=json_, lines=lines)
    if done.breaches:
        raise typer.Exit(1)


@audit.command("seal")
@command
def audit_seal(at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """Chain what is not yet chained. The worker does this every few seconds."""
    desk, sealed = office(), 0
    while True:
        with desk.database.begin() as session:
            count = audit_actions.seal(session, desk.keys, moment(at))
        sealed += count
        if not count:
            break
    show({"sealed": sealed}, as_json=json_, lines=[f"{sealed} entries sealed"])


@command
def arm(at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """Allow this database, from this place, with this carrier account, to contact real people."""
    desk = office()
    if desk.settings.demo:
        raise CollectorError("a demo database is never armed")
    desk.arm(moment(at))
    show({"armed": True}, as_json=json_, lines=["this database may contact people from here"])
