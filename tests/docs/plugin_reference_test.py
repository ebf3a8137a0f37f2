#!/usr/bin/env python3
"""docs/plugin-reference.md says what plugins/abi.h says: each name once, each declaration as it is.

Both are read into the same form: a list of declarations for each struct, in order, and one of all
that stands outside of structs. A constant is "NAME = value", another name of a type "name = type".
In the reference they are the first cell of each row; a struct's heading names it in backticks.
"""

import os
import re
import textwrap
import unittest
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(os.environ.get("UNSCRIPTED_SOURCE_DIR") or Path(__file__).resolve().parents[2])
HEADER = (ROOT / "plugins/abi.h").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs/plugin-reference.md").read_text(encoding="utf-8")

GLOBAL = ""  # the owner of what is in no struct
GUARD = "UNSCRIPTED_ABI_H"
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
STRUCT = re.compile(r"(?:typedef )?(?:struct|union) (uns_\w+) \{(.*?)\}(?: uns_\w+)? ?;", re.S)
ENUM = re.compile(r"enum \{(.*?)\} ?;", re.S)
TYPEDEF = re.compile(r"typedef (?!struct)(\w+) (uns_\w+) ?;")
SYMBOL = re.compile(r"extern (?!\")[^;{]*(?=;)")
DEFINE = re.compile(r"^#define (UNS\w+)(?:[ ]+(\S[^\n]*))?$", re.M)


def plain(text):
    """On one line, with single spaces, and none that C does not need around brackets."""
    return re.sub(r" ?([(),]) ?", lambda m: ", " if m[1] == "," else m[1], " ".join(text.split()))


def fields(body):
    """`double x, y;` are two declarations; the commas of a function's parameters part nothing."""
    for declaration in body.split(";"):
        words = plain(declaration)
        if not words:
            continue
        if "(*" in words:
            yield words
            continue
        first, *more = words.split(", ")
        yield first
        base = first.rsplit(" ", 1)[0]
        yield from (f"{base} {name}" for name in more)


def read_header(text):
    code = COMMENT.sub(" ", text)
    found = defaultdict(list)
    for name, value in DEFINE.findall(code):
        value = re.sub(r"^\((.*)\)$", r"\1", value.strip())
        if name != GUARD and value:
            found[GLOBAL].append(plain(f"{name} = {value}"))
    code = re.sub(r"^#[^\n]*$", "", code, flags=re.M)
    code = " ".join(code.split())
    for body in ENUM.findall(code):
        found[GLOBAL] += [constant.strip() for constant in body.split(",")]
    found[GLOBAL] += [f"{new} = {old}" for old, new in TYPEDEF.findall(code)]
    found[GLOBAL] += [plain(symbol) for symbol in SYMBOL.findall(code)]
    for name, body in STRUCT.findall(code):
        found[name] += fields(body)
    return found


def rows(text):
    """(owner, declaration, what is said of it) of each row of a table."""
    owner = GLOBAL
    for line in text.splitlines():
        heading = re.match(r"#+ (?:`(uns_\w+)`)?", line)
        if heading:
            owner = heading[1] or GLOBAL
        row = re.match(r"\| `([^`]+)` \| ?(.*) \|$", line)
        if row:
            is_global = " = " in row[1] or row[1].startswith("extern ")
            yield GLOBAL if is_global else owner, row[1], row[2].strip()


def read_reference(text):
    found = defaultdict(list)
    for owner, declaration, _ in rows(text):
        found[owner].append(plain(declaration))
    return found


class Reading(unittest.TestCase):
    def test_a_header_is_read_field_by_field(self):
        found = read_header(textwrap.dedent("""
            #ifndef UNSCRIPTED_ABI_H
            #define UNSCRIPTED_ABI_H
            #define UNS_ZERO ((uns_id)0)  // nobody
            enum { UNS_A = 1, UNS_B = 2 };
            typedef uint64_t uns_id;
            typedef struct uns_a { double x, y; // two; really
              bool (*get)(const uns_a*, uns_id,
                          uint32_t use); } uns_a;
            struct uns_b { const char* name; };
            extern UNS_EXPORT const uns_a it;
            #endif"""))
        self.assertEqual(dict(found), {
            GLOBAL: ["UNS_ZERO =(uns_id)0", "UNS_A = 1", "UNS_B = 2", "uns_id = uint64_t",
                     "extern UNS_EXPORT const uns_a it"],
            "uns_a": ["double x", "double y", "bool(*get)(const uns_a*, uns_id, uint32_t use)"],
            "uns_b": ["const char* name"]})

    def test_every_name_in_the_header_is_found_in_what_was_read(self):
        read = " ".join(d for owner, all_of_it in read_header(HEADER).items()
                        for d in [owner, *all_of_it])
        for name in set(re.findall(r"\b(?:uns|UNS)_\w+", COMMENT.sub(" ", HEADER))):
            self.assertRegex(read, rf"\b{name}\b")

    def test_every_reading_of_the_header_is_of_something(self):
        self.assertGreater(len(read_header(HEADER)["uns_host"]), 20)
        self.assertGreater(len(read_header(HEADER)[GLOBAL]), 15)


class Reference(unittest.TestCase):
    def test_the_reference_has_what_the_header_has_and_nothing_else(self):
        header, reference = read_header(HEADER), read_reference(REFERENCE)
        self.assertEqual(sorted(header), sorted(reference))
        for owner, declarations in header.items():
            with self.subTest(owner=owner or "outside of structs"):
                there, here = Counter(declarations), Counter(reference[owner])
                self.assertEqual(sorted((there - here).elements()), [], "missing in the reference")
                self.assertEqual(sorted((here - there).elements()), [], "not in the header so")

    def test_fields_and_services_stand_in_the_order_of_the_header(self):
        reference = read_reference(REFERENCE)
        for owner, declarations in read_header(HEADER).items():
            if owner != GLOBAL:
                self.assertEqual(reference[owner], declarations, owner)

    def test_something_is_said_of_each(self):
        for owner, declaration, said in rows(REFERENCE):
            self.assertGreaterEqual(len(said.replace("`", "")), 1, f"{owner}: {declaration}")

    def test_what_came_with_a_later_minor_version_says_so(self):
        marks = re.findall(r"\[since (\d+\.\d+)\]\s*\n\s*[\w ]+\(\*(\w+)\)", HEADER)
        since = {name: version for version, name in marks}
        self.assertEqual(len(since), HEADER.count("[since "))
        for _, declaration, said in rows(REFERENCE):
            name = re.search(r"\(\*(\w+)\)", declaration)
            version = re.search(r"\(since (\d+\.\d+)\)$", said)
            self.assertEqual(version[1] if version else None,
                             since.get(name[1]) if name else None, declaration)

    def test_the_page_names_the_version_that_the_header_has(self):
        major, minor = (re.search(rf"UNS_ABI_{part} = (\d+)", HEADER)[1]
                        for part in ("MAJOR", "MINOR"))
        self.assertIn(f"**{major}.{minor}**", REFERENCE)


if __name__ == "__main__":
    unittest.main()
