#!/usr/bin/env python3
"""Compares every #include with the DEPS of its component, and keeps the C libraries in their rooms.

Link lines alone do not catch a forbidden include: headers of a component are found whether it is linked or not.
"""
import pathlib
import re
import sys

# Headers of libraries that only one component may include.
PRIVATE_HEADERS = {
    "librdkafka/rdkafka.h": "kafka",
    "librdkafka/rdkafka_mock.h": "kafka",
    "curl/curl.h": "http",
    "httplib.h": "http",
    "CLI/CLI.hpp": "main",
    "pcre2.h": "config",
    "google/protobuf/descriptor.h": "convert",
}

COMPONENT = re.compile(r"component\(\s*(\w+)(.*?)\)", re.S)
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.M)


def words_after(keyword, text):
    """The list after KEYWORD, up to the next upper-case keyword."""
    found = re.search(rf"\b{keyword}\b((?:\s+[^\s)]+)*)", text)
    words = []
    for word in found.group(1).split() if found else []:
        if word in ("LIBS", "DEPS", "INCLUDE_ROOT", "TEST_DEPS", "TEST_LIBS"):
            break
        words.append(word)
    return words


def components(root):
    result = {}
    for listing in sorted(root.glob("src/*/CMakeLists.txt")) + [root / "server/CMakeLists.txt"]:
        found = COMPONENT.search(listing.read_text())
        if not found:
            sys.exit(f"{listing}: no component(...) in it")
        result[found.group(1)] = {
            "folder": listing.parent,
            "deps": words_after("DEPS", found.group(2)),
            "test_deps": words_after("TEST_DEPS", found.group(2)),
        }
    return result


def check_order(root, parts):
    """Each component stands after all of its DEPS in the top-level list, so that there is no cycle."""
    text = (root / "CMakeLists.txt").read_text()
    order = re.findall(r"add_\w+\((?:src/)?(\w+)\)", text)
    order = [name for name in order if name in parts]
    for name, part in parts.items():
        for dep in part["deps"]:
            if dep not in parts:
                yield f"{name}: DEPS names {dep}, which is no component"
            elif order.index(dep) > order.index(name):
                yield f"{name}: DEPS names {dep}, which is not a lower layer"


def check_includes(parts):
    for name, part in parts.items():
        for file in sorted(part["folder"].rglob("*")):
            if file.suffix not in (".h", ".cc"):
                continue
            allowed = {name, *part["deps"]}
            if file.stem.endswith(("_test", "_fuzz", "_bench")):
                allowed |= set(part["test_deps"])
            for include in INCLUDE.findall(file.read_text()):
                folder = include.split("/")[0]
                if folder in parts and folder not in allowed:
                    yield f"{file}: includes {include}, but {folder} is not in the DEPS of {name}"
                owner = PRIVATE_HEADERS.get(include)
                if owner and owner != name:
                    yield f"{file}: includes {include}, which only {owner} may"


def main():
    root = pathlib.Path(sys.argv[1])
    parts = components(root)
    faults = [*check_order(root, parts), *check_includes(parts)]
    for fault in faults:
        print(fault)
    print(f"{len(parts)} components, {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
