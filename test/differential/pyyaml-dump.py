"""Reads lines of base64 from standard input, each one a file, and prints what Python makes of it as one line of JSON.

Files are YAML; with the argument `json` they are JSON.
"""

import base64
import datetime
import io
import json
import sys

import yaml


def dump(value, depth=0):
    if depth > 300:
        raise RecursionError
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["float", repr(value)]
    if isinstance(value, str):
        return ["str", value]
    if isinstance(value, (datetime.date, datetime.datetime)):
        return ["date", str(value)]
    if isinstance(value, list) and not any(isinstance(item, tuple) for item in value):
        return ["list", [dump(item, depth + 1) for item in value]]
    if isinstance(value, dict):
        return ["map", [[dump(k, depth + 1), dump(v, depth + 1)] for k, v in value.items()]]
    return ["other", type(value).__name__]


def load(data):
    try:
        # As service_configuration_lib opens files: text, UTF-8, any line break.
        file = io.TextIOWrapper(io.BytesIO(data), encoding="UTF-8")
        return dump(json.load(file) if sys.argv[1:] == ["json"] else yaml.load(file, Loader=yaml.CSafeLoader))
    except RecursionError:
        return ["recursive"]
    except Exception as error:  # noqa: B902
        return ["error", type(error).__name__, str(error).replace("\n", " ")]


for line in sys.stdin:
    print(json.dumps(load(base64.b64decode(line))))
