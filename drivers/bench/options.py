"""The options of an instrument in the bench file, read strictly by its driver."""

from typing import TypeVar

from pydantic import ValidationError

from operando.drivers.bench.roles import DriverContext
from operando.drivers.documents import StrictModel, unknown_key
from operando.drivers.errors import ConfigMismatch

__all__ = ["read_options"]

Options = TypeVar("Options", bound=StrictModel)


def read_options(context: DriverContext, model: type[Options]) -> Options:
    """The options as the driver's own model.

    Raises:
        ConfigMismatch: if an option is not known or has no sense; the allowed ones are named.
    """
    allowed = list(model.model_fields)
    try:
        return model.model_validate(dict(context.options))
    except ValidationError as error:
        problems = []
        for item in error.errors(include_url=False):
            name = ".".join(str(part) for part in item["loc"])
            unknown = item["type"] == "extra_forbidden"
            problems.append(unknown_key(name, allowed) if unknown else f"{name}: {item['msg']}")
        raise ConfigMismatch(
            f"its options cannot be used: {'; '.join(problems)}",
            where=f"{context.name} at {context.address}",
            remedy=f"Options of this driver: {', '.join(allowed)}.",
        ) from error
