"""Whether the two judges agree, but for what docs/differences.md lists and what is no property of
the data."""

import base64
import json
import re
import struct

FAULTY = re.compile("\ufffd+")  # how many stand for a faulty sequence is the decoder's choice
HALF_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")  # in a name: Jackson refuses it
BLANKS = "".join(map(chr, range(33)))
NUMBER = re.compile(r"-?\d[\d.]*(?:[eE][+-]?\d+)?")


def differences(request, theirs, ours):
    """Lines that say where our answer differs from Kafka's; none where they agree."""
    if "invalid" in theirs or is_listed(request, theirs, ours):
        return []
    theirs, ours = normal(theirs), normal(ours)
    if request["class"].endswith(("Flatten$Key", "Flatten$Value")):
        fill_defaults(theirs)
        fill_defaults(ours)
    if "error" in theirs and theirs.get("error") == ours.get("error"):
        if same_message(request, theirs.get("message", ""), ours.get("message", "")):
            return []
    if "configure" in theirs and theirs["configure"] == ours.get("configure"):
        return []
    return list(compare(theirs, ours))


def is_listed(request, theirs, ours):
    """What docs/differences.md says of converters and transformations."""
    name = request["class"].rsplit(".", 1)[1]
    message = ours.get("message", "")
    if name == "TimestampRouter" and "Unterminated quote" in message:
        return True
    # A Java object's address, and a null that Kafka's converter does not survive.
    if name == "StringConverter" and "[B@" in text_of(theirs):
        return True
    if name == "SimpleHeaderConverter" and theirs.get("error") == "java.lang.NullPointerException":
        return ours.get("value", 0) is None
    if name == "SimpleHeaderConverter" and (theirs.get("value") or [])[:1] == ["string"]:
        if not theirs["value"][1].strip(BLANKS):  # those before what is no list
            return ours["value"][1].startswith(theirs["value"][1])
    if name == "SimpleHeaderConverter" and request.get("bytes"):
        # Scales beyond 16 bits, and a time with an exponent.
        return bool(
            re.search(
                r"[eE][+-]?\d{5}|:\d\d\.\d*E\d*Z",
                base64.b64decode(request["bytes"]).decode("latin-1"),
            )
        )
    if name == "JsonConverter" and request["op"] == "to_connect":
        if "failed due to serialization error" in theirs.get("message", "") and "value" in ours:
            return HALF_SURROGATE.search(base64.b64decode(request["bytes"])) is not None
        return "not valid UTF-8" in message or message.startswith("Invalid Decimal schema")
    if name.startswith("HeaderFrom$") and "values must not be empty" in message:
        return True
    # The whole of a Date, Time or Timestamp.
    if name.startswith("Cast$") and ":" not in request["settings"].get("spec", ""):
        part = request["record"][name[len("Cast$") :].lower() + "_schema"]
        return (part or {}).get("name") in LOGICAL
    if name.startswith("MaskField$"):
        return normal(without_zero_scales(theirs)) == normal(without_zero_scales(ours))
    if name.startswith("TimestampConverter$"):
        return "beyond what a Date holds" in message or "value (NaN)" in message
    return False


LOGICAL = ["org.apache.kafka.connect.data." + name for name in ("Date", "Time", "Timestamp")]


def same_message(request, theirs, ours):
    """Ours may explain more; what the virtual machine words itself is not compared."""
    if request["class"].endswith(("HeaderFrom$Key", "HeaderFrom$Value")) or 'because "' in theirs:
        return True
    if theirs.startswith("Timestamp missing on record: "):
        return ours.startswith("Timestamp missing on record: ")
    # Kafka looks at several fields in the order of their hashes, and at a pair's key before its
    # length.
    if "," in request.get("settings", {}).get("spec", "") + request.get("settings", {}).get(
        "fields", ""
    ):
        return True
    # With its schema at hand, ours looks at a text's form as it reads it; Kafka's first at the whole.
    if theirs.startswith("Found invalid map entry") or "schema.content" in request["settings"]:
        return True
    theirs = theirs.replace("LinkedHashMap", "HashMap")
    return ours.startswith(theirs) or theirs.startswith(ours)


def normal(answer):
    """Without members that are null, and with maps and parameters in the order of their names."""
    if isinstance(answer, dict):
        result = {key: normal(value) for key, value in answer.items() if value is not None}
        if "parameters" in result:
            result["parameters"] = sorted(result["parameters"])
        return result
    if isinstance(answer, list):
        if len(answer) == 2 and answer[0] == "map":
            return ["map", sorted((normal(entry) for entry in answer[1]), key=json.dumps)]
        return [normal(item) for item in answer]
    return answer


def fill_defaults(answer):
    """Struct.get() gives the default of a field that nobody has set; ours sets it."""
    for part in ("key", "value"):
        record = answer.get("record", {})
        fields = record.get(part + "_schema", {}).get("fields")
        if fields and part in record:
            record[part][1] = [
                field.get("default") if item is None else item
                for item, (_, field) in zip(record[part][1], fields)
            ]


def without_zero_scales(answer):
    """A masked Decimal is 0 of scale 0 in Kafka, of its schema's scale in ours."""
    if isinstance(answer, dict):
        return {key: without_zero_scales(value) for key, value in answer.items()}
    if isinstance(answer, list):
        if answer[:2] == ["decimal", "0"]:
            return answer[:2]
        return [without_zero_scales(item) for item in answer]
    return answer


def text_of(answer):
    return base64.b64decode(answer.get("bytes") or "").decode("utf-8", "backslashreplace")


def compare(theirs, ours, path=""):
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted(theirs.keys() | ours.keys()):
            if key == "bytes" and key in theirs and key in ours:
                if not same_text(text_of(theirs), text_of(ours)):
                    yield f"{path}.bytes: Kafka {text_of(theirs)!r}, ours {text_of(ours)!r}"
            else:
                yield from compare(theirs.get(key), ours.get(key), f"{path}.{key}")
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for index, (left, right) in enumerate(zip(theirs, ours)):
            yield from compare(left, right, f"{path}.{index}")
    elif isinstance(theirs, str) and isinstance(ours, str):
        if not same_text(theirs, ours):
            yield f"{path}: Kafka {theirs!r}, ours {ours!r}"
    elif theirs != ours:
        yield f"{path}: Kafka {json.dumps(theirs)[:400]}, ours {json.dumps(ours)[:400]}"


def same_text(theirs, ours):
    """Equal, but that Java before 19 writes some numbers with more digits than needed, and that
    UTF-8 has no half surrogates."""
    if theirs == ours:
        return True
    theirs, ours = (
        FAULTY.sub("?", text.encode("utf-8", "replace").decode()) for text in (theirs, ours)
    )
    if theirs == ours:
        return True
    return NUMBER.sub("#", theirs) == NUMBER.sub("#", ours) and all(
        map(same_number, NUMBER.findall(theirs), NUMBER.findall(ours))
    )


def same_number(theirs, ours):
    if theirs == ours or float(theirs) == float(ours):
        return True
    try:
        return len(ours) < 17 and struct.pack(">f", float(theirs)) == struct.pack(">f", float(ours))
    except OverflowError:
        return False
