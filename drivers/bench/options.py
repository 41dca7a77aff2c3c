"""The options of an instrument in the bench file, read strictly by its driver."""

from typing import TypeVar

from pydantic import ValidationError

from operando.drivers.bench.roles import DriverContext
from operando.drivers.documents import StrictModel
from operando.drivers.errors import ConfigMismatch
from operando.drivers.model_errors import complaints

__all__ = ["read_options"]

Options = TypeVar("Options", bound=StrictModel)


def read_options(context: DriverContext, model: type[Options]) -> Options:
    """The options as the driver's own model.

    Raises:
        ConfigMismatch: if an option is not known or has no sense; the allowed ones are named.
    """
    try:
        return model.model_validate(dict(context.options))
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, path))}: {sentence}" for path, sentence in complaints(error, model)]
        raise ConfigMismatch(
            f"its options cannot be used: {'; '.join(problems)}",
            where=f"{context.name} at {context.address}",
            remedy=f"Options of this driver: {', '.join(model.model_fields)}.",
        ) from error
