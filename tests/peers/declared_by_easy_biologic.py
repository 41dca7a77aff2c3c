"""Run by an interpreter that has easy-biologic: the structures and parameters that it declares for EClib, as JSON.

The package refuses to be imported outside Windows, so its declarations alone are carried out.
"""

import ast
import ctypes
import json
import runpy
from importlib.util import find_spec
from pathlib import Path

STRUCTURES = ("DeviceInfo", "ChannelInfo", "CurrentValues", "DataInfo", "EccParam", "EccParams")
TECHNIQUES = ("OCV", "CPLIMIT", "CALIMIT", "PEIS")


def structures(file: Path) -> dict[str, object]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name in STRUCTURES]
    declared: dict[str, object] = {"c": ctypes}
    exec(compile(tree, str(file), "exec"), declared)
    return declared


def places(structure: type[ctypes.Structure]) -> list[int]:
    """Of each field; fields of one name lie behind one another."""
    sizes = [ctypes.sizeof(field[1]) for field in structure._fields_]
    names = [field[0] for field in structure._fields_]
    found: list[int] = []
    for name, size in zip(names, sizes, strict=True):
        twice = names.count(name) > 1
        end = found[-1] + sizes[len(found) - 1] if found else 0
        found.append(end if twice else getattr(structure, name).offset)
        assert size
    return found


def main() -> None:
    spec = find_spec("easy_biologic")
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent / "lib"
    declared, fields = structures(folder / "ec_lib.py"), runpy.run_path(str(folder / "technique_fields.py"))
    found = {}
    for name in STRUCTURES:
        structure = declared[name]
        assert isinstance(structure, type) and issubclass(structure, ctypes.Structure)
        found[name] = [ctypes.sizeof(structure), places(structure)]
    parameters = {name: list(fields[name].__members__) for name in TECHNIQUES}
    print(json.dumps({"structures": found, "parameters": parameters}))


main()
