"""The bench file of a simulated world with another seed, so that what is recorded is what was run."""

import io

from ruamel.yaml import YAML

from operando.drivers.bench.file import load_bench_file

__all__ = ["with_seed"]


def with_seed(text: str, seed: int) -> str:
    """The text of a bench file with the seed of its simulated world replaced; comments and order stay.

    Raises:
        DocumentError: if the text is no bench file.
    """
    load_bench_file(text)
    yaml = YAML(typ="rt")
    data = yaml.load(text)
    data.setdefault("world", {})["seed"] = seed
    written = io.StringIO()
    yaml.dump(data, written)
    return written.getvalue()
