"""Prints what the Singer SDK makes of the cases in a folder (packages/maps/test), as JSON: the reference of our stream maps."""
import decimal
import json
import logging
import pathlib
import sys

import simplejson
from singer_sdk.mapper import PluginMapper, RemoveRecordTransform

logging.disable(logging.CRITICAL)
folder = pathlib.Path(sys.argv[1])
text = (folder / "cases.json").read_text("utf-8")
cases = json.loads(text)
lines = (folder / "records.jsonl").read_text("utf-8").splitlines()


def write(value):
    """A value that JSON does not have, as the SDK writes it."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(type(value))


def outcome(maps):
    """Each stream that `customers` becomes, with its schema, its keys and its records; or that it is refused."""
    try:
        mapper = PluginMapper({"stream_maps": maps, "stream_map_config": cases["config"]}, logging.getLogger())
        mapper.register_raw_stream_schema("customers", json.loads(text)["schema"], cases["key_properties"])
        found = []
        for each in mapper.stream_maps["customers"]:
            if isinstance(each, RemoveRecordTransform):
                continue
            rows = []
            for line in lines:
                try:
                    mapped = each.transform(json.loads(line, parse_float=decimal.Decimal))
                    rows.append(None if mapped is None else simplejson.dumps(mapped, use_decimal=True, default=write))
                except Exception:
                    rows.append("error")
            keys = each.transformed_key_properties or []
            found.append({"stream": each.stream_alias, "keys": keys, "properties": each.transformed_schema["properties"], "records": rows})
        return found
    except Exception:
        return "refused"


def value_of(row, name):
    return row if row in ("error", None) else simplejson.dumps(simplejson.loads(row, use_decimal=True)[name], use_decimal=True)


results = {}
for expression in cases["expressions"]:
    name = "name" if expression == "self" else "result"
    found = outcome({"customers": {name: expression, "__else__": None, "__key_properties__": []}})
    if found != "refused":
        found = {"type": found[0]["properties"][name], "values": [value_of(row, name) for row in found[0]["records"]]}
    results[expression] = found
print(json.dumps({"expressions": results, "maps": [outcome(each["maps"]) for each in cases["maps"]]}, indent=1))
