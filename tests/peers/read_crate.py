"""Run by an interpreter that has rocrate and roc-validator: what they see in a record, as JSON.

Usage: python read_crate.py RUN_FOLDER

The validator asks the network for the context of RO-Crate 1.3. It gets the copy that the package rocrate brings, so
that the verdict does not hang on somebody's server.
"""

import json
import sys
from importlib.resources import files
from pathlib import Path

import requests
from rocrate.rocrate import ROCrate
from rocrate_validator import services
from rocrate_validator.models import Severity, ValidationSettings

CONTEXT = "https://w3id.org/ro/crate/1.3/context"


def answer_from_package(
    self: requests.adapters.HTTPAdapter, request: requests.PreparedRequest, **_: object
) -> requests.Response:
    response = requests.Response()
    response.status_code, response.url, response.request = 404, str(request.url), request
    response.headers["Content-Type"] = "application/ld+json"
    response._content = b"{}"
    if request.url == CONTEXT:
        response.status_code = 200
        response._content = files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
    return response


def main(folder: Path) -> None:
    requests.adapters.HTTPAdapter.send = answer_from_package
    settings = ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier="ro-crate-1.3",
        requirement_severity=Severity.REQUIRED,
        no_cache=True,
    )
    result = services.validate(settings)
    crate = ROCrate(folder)
    actions = [entity for entity in crate.contextual_entities if entity.type == "CreateAction"]
    json.dump(
        {
            "issues": [str(issue.message) for issue in result.get_issues()],
            "name": crate.name,
            "files": {entity.id: entity.get("sha256") for entity in crate.data_entities if "File" in entity.type},
            "start": [str(action.get("startTime")) for action in actions],
            "instruments": [instrument.get("name") for action in actions for instrument in action.get("instrument")],
        },
        sys.stdout,
    )


main(Path(sys.argv[1]))
