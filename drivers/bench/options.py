"""The options of an instrument in the bench file, read strictly by its driver."""

from typing import TypeVar

from operando.drivers.bench.roles import DriverContext
from operando.drivers.documents import StrictModel, as_model

__all__ = ["read_options"]

Options = TypeVar("Options", bound=StrictModel)


def read_options(context: DriverContext, model: type[Options]) -> Options:
    """The options as the driver's own model.

    Raises:
        ConfigMismatch: if an option is not known or has no sense; the allowed ones are named.
    """
    return as_model(context.options, model, f"{context.name} at {context.address}")
