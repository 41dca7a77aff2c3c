"""aurora-unicycler protocols: the JSON of its `CyclingProtocol` is read and written, without the package itself."""

from operando.protocols.document.unicycler.loops import roll_up
from operando.protocols.document.unicycler.model import UnicyclerFile
from operando.protocols.document.unicycler.read import UnicyclerResolver
from operando.protocols.document.unicycler.write import NotInUnicycler, write_unicycler

__all__ = ["NotInUnicycler", "UnicyclerFile", "UnicyclerResolver", "roll_up", "write_unicycler"]
