"""The reference of all commands, made from the application itself."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import typer

from operando.protocols.cli.app import app

__all__ = ["BEGIN", "commands", "with_reference"]

BEGIN = "<!-- made by docs/make_command_pages.py from here on -->\n"


class Parameter(Protocol):
    """What typer's own copy of click says about one argument or option."""

    @property
    def name(self) -> str | None: ...
    @property
    def metavar(self) -> str | None: ...
    @property
    def required(self) -> bool: ...
    @property
    def default(self) -> object: ...
    @property
    def opts(self) -> Sequence[str]: ...
    @property
    def secondary_opts(self) -> Sequence[str]: ...
    @property
    def param_type_name(self) -> str: ...


class Command(Protocol):
    """What it says about one command."""

    @property
    def help(self) -> str | None: ...
    @property
    def params(self) -> Sequence[Parameter]: ...


def commands() -> Iterator[tuple[str, Command]]:
    """Every command that does something, by its whole name (`bench check`)."""
    yield from _below("", typer.main.get_command(app))


def with_reference(page: str) -> str:
    """A page with the reference made anew after its mark."""
    return page.partition(BEGIN)[0] + BEGIN + "\n" + "\n".join(_lines())


def _below(name: str, command: Command) -> Iterator[tuple[str, Command]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for own, one in inner.items():
        yield from _below(f"{name} {own}".strip(), one)


def _lines() -> Iterator[str]:
    for name, command in commands():
        arguments = [one for one in command.params if one.param_type_name == "argument"]
        typed = " ".join(_argument(one) for one in arguments)
        yield f"### operando {name}\n"
        yield f"{(command.help or '').strip()}\n"
        yield f"```bash\noperando {f'{name} {typed}'.strip()} [options]\n```\n"
        rows = [f"| {_named(one)} | {_meaning(one)} |" for one in command.params if _shown(one)]
        if rows:
            yield "| | |\n|---|---|\n" + "\n".join(rows) + "\n"


def _argument(one: Parameter) -> str:
    name = (one.metavar or one.name or "").upper().strip("{}[]")
    return name if one.required else f"[{name}]"


def _shown(one: Parameter) -> bool:
    return not (one.param_type_name == "option" and one.name == "help")


def _named(one: Parameter) -> str:
    if one.param_type_name == "argument":
        return f"`{_argument(one)}`"
    return ", ".join(f"`{name}`" for name in [*one.opts, *one.secondary_opts])


def _meaning(one: Parameter) -> str:
    text = str(getattr(one, "help", None) or "").replace("|", "\\|")
    default = one.default
    if one.required:
        return f"{text} Required.".strip()
    if default in (None, "", False, ()) or default == float("inf") or default is Ellipsis:
        return text
    shown = "yes" if default is True else default
    return f"{text} By default {shown}.".strip()
