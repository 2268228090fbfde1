"""``archive password`` and ``archive token``."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.cli.common import fail, home_option, plural, print_json, say, settings_from

if TYPE_CHECKING:
    from webapp.access import Access


@click.command()
@click.argument("action", type=click.Choice(["set", "clear"]))
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from standard input.")
@home_option
def password(action: str, from_stdin: bool, home: Path | None) -> None:
    """Set the password that readers of the pages give, or clear it.

    Setting it logs everybody out.  Tokens stay good.

    \b
    Example:
      archive password set
    """
    from webapp.access import AccessFile, new_key
    from webapp.passwords import PasswordError, check_new, hash_password

    file = AccessFile(settings_from(home).home)
    if action == "clear":
        file.change(lambda access: replace(access, password="", key=new_key()))
        click.echo("The password is cleared: whoever can connect may read.")
        return
    try:
        given = _asked(from_stdin=from_stdin)
        check_new(given)
    except PasswordError as error:
        fail(str(error))
        return
    stored = hash_password(given)
    file.change(lambda access: replace(access, password=stored, key=new_key()))
    click.echo("The password is set. Everybody must log in again.")


def _asked(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="The same again", err=True))


@click.command()
@click.argument("action", type=click.Choice(["create", "list", "revoke"]))
@click.argument("name", required=False)
@click.option("--feeds", is_flag=True, help="create: good for feeds only, there also as ?token=.")
@click.option("--days", type=click.IntRange(1, 3650), metavar="N", help="create: good for N days.")
@click.option("--json", "as_json", is_flag=True, help="list: one JSON object a line.")
@home_option
def token(
    action: str, name: str | None, feeds: bool, days: int | None, as_json: bool, home: Path | None
) -> None:
    """Create, list or revoke the tokens with which programs read.

    A new token is printed once; only its hash is kept.  Programs send it as
    "Authorization: Bearer TOKEN".

    \b
    Example:
      archive token create laptop
    """
    from webapp import tokens
    from webapp.access import AccessFile

    file = AccessFile(settings_from(home).home)
    if action == "list":
        _list(file.read(), as_json=as_json)
        return
    if name is None:
        raise click.UsageError(f"archive token {action} needs a NAME.")
    if action == "create" and sys.stdout.isatty():
        say("This is the only time that it is shown:")
    key = ""

    def changed(access: Access) -> Access:
        nonlocal key
        if action == "revoke":
            return tokens.revoke(access, name)
        scope = "feeds" if feeds else "api"
        access, key = tokens.create(access, name, scope=scope, now=dt.datetime.now(dt.UTC), days=days)
        return access

    try:
        access = file.change(changed)
    except tokens.TokenError as error:
        fail(str(error))
        return
    if action == "revoke":
        click.echo(f"Revoked {name}.")
        return
    click.echo(key)
    if not access.password:
        say("Note: there is no password, so nobody needs a token. Set one with: archive password set")


def _list(access: Access, *, as_json: bool) -> None:
    for each in access.tokens:
        if as_json:
            said = {"name": each.name, "scope": each.scope, "created": each.created, "expires": each.expires}
            print_json(said)
        else:
            until = f", until {each.expires}" if each.expires else ""
            click.echo(f"{each.name}: {each.scope}, created {each.created}{until}")
    if not as_json:
        say(plural(len(access.tokens), "token"))
