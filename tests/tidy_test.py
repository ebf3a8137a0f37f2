#!/usr/bin/env python3
"""Holds the tree to its rules: who may include whom, and the style that a machine can judge.

Each problem is one line, `file:line: what: why`. Before the tree is read, every rule is run against
small bad examples and must find what is wrong with each; a rule without an example is a problem too.

    python3 tests/tidy_test.py            the whole tree
    python3 tests/tidy_test.py FILE...    only these files
"""

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SELF = "tests/tidy_test.py"  # spells out what it bans

COLUMNS_MAX = 100
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 400
TEST_LINES_MAX = 600

# Each rule, and why it is one.
RULES = {
    "layer": "core <- plugins, storage <- actors <- gateway <- cli; nobody includes upwards",
    "path": "our headers are included by their path from the root: \"core/world.hpp\"",
    "core-std": "core knows nothing but the standard library",
    "plugin-std": "a shipped plugin is written as anyone's: abi.h or plugin.hpp, and std",
    "optimise": "flags in a source hide from the build what may change a number",
    "third-party": "each folder hides its library from the others",
    "caf": "no CAF type leaves actors and the gateway's bridge",
    "columns": f"lines have at most {COLUMNS_MAX} columns",
    "function": f"functions have at most {FUNCTION_LINES_MAX} lines",
    "file": f"files have at most {FILE_LINES_MAX} lines, tests {TEST_LINES_MAX}",
    "pragma-once": "a header begins with #pragma once, after its comment",
    "header-comment": "a header's first lines say what it is, who owns it, what it refuses",
    "libm": "libm differs between processors; use core/numbers.hpp",
    "order": "the order of a hash table is not the same everywhere",
    "chance": "randomness is keyed: core/random.hpp",
    "clock": "worlds are decided without a clock, a thread, a file or a locale",
    "printing": "core and plugins never print",
    "left-over": "finish it, or write it down where people look",
    "machine-path": "a path of one machine means nothing on another",
    "tab": "indent with spaces",
    "trailing-space": "no blanks at the end of a line",
    "test-name": "ctest does not find a test with a bracket or a semicolon in its name",
    "fast-math": "it would make the same world differ between machines",
}

PRODUCT = ("core", "plugins", "storage", "actors", "gateway", "cli")
MAY_INCLUDE = {
    "core": {"core"},
    "plugins": {"core", "plugins"},
    "storage": {"core", "storage"},
    "actors": {"core", "plugins", "storage", "actors"},
    "gateway": {"core", "plugins", "storage", "actors", "gateway"},
    "cli": set(PRODUCT),
    "tests": set(PRODUCT) | {"tests"},
    "bench": set(PRODUCT) | {"tests", "bench"},
}
BANNED_LIBRARIES = {
    "plugins": ("rocksdb", "simdjson"),
    "storage": ("boost", "simdjson"),
    "actors": ("boost", "simdjson", "rocksdb"),
    "gateway": ("rocksdb",),
}
SAYS_VERSION = ("storage", "actors", "gateway", "cli", "tests", "bench")

# What an author of plugins includes: plugin.hpp, or abi.h in C; call.hpp is a part of plugin.hpp.
PLUGIN_HEADERS = ("plugins/abi.h", "plugins/call.hpp", "plugins/plugin.hpp")
C_HEADER = r"(std(int|bool|def|lib)|string|limits|float|errno|ctype|assert)\.h"

# Where worlds are decided: core, what a plugin includes, and the shipped plugins.
DECIDING = ("core/", "plugins/shipped/", *PLUGIN_HEADERS)
WORDS_OF_DECIDING = [
    ("libm", r"\bstd::(a?(sin|cos|tan)h?|atan2|exp2?|expm1|log(2|10|1p)?|pow|hypot|cbrt)\s*\("),
    ("libm", r"(?<![\w.>:])(::)?(sin|cos|tan|atan2|exp|pow|hypot)f?\s*\("),
    ("order", r"\bunordered_(multi)?(map|set)\b|\bstd::hash\b"),
    ("chance", r"\brandom_device\b|_distribution\b|\bmt19937|\b(std::)?s?rand\s*\(|<random>"),
    ("printing", r"<iostream>|\bstd::(cout|cerr|clog)\b|\bf?printf\s*\("),
    ("clock", r"<(chrono|ctime|time\.h|thread|fstream|filesystem|locale)>|\bstd::chrono\b"),
    ("clock", r"(?<![\w.>])(std::|::)?time\s*\(\s*(0|NULL|nullptr|&)"),
]
WORDS_OF_ALL = [
    ("left-over", r"\b(TODO|FIXME|XXX|HACK)\b"),
    ("machine-path", r"(?<![\w.~}$*)-])/(work|tmp|root|farm|home/\w+)/"),
    ("fast-math", r"-ffast-math|-Ofast\b|-funsafe-math"),
    ("optimise", r"#\s*pragma\s+GCC\s+optimize|__attribute__\s*\(\(\s*optimize"),
]
MAY_SPEAK_OF_FLAGS = {".md", ".cpp", ".hpp", ".h"}

CPP = {".cpp", ".hpp", ".h", ".c"}
HEADERS = {".hpp", ".h"}
CODE = CPP | {".py", ".ts", ".cmake", ".bash", ""}
TEXT = CODE | {".md", ".txt", ".in", ".js", ".mjs", ".css", ".html", ".json", ".yml", ".yaml"}
TEXT |= {".go", ".rs", ".java", ".sh", ".toml", ".svg"}
TABS_ALLOWED = {".go", ".svg"}
SKIPPED_FOLDERS = {"node_modules", "dist", "__pycache__", "venv", "corpus"}
SKIPPED_AT_ROOT = {"build", "data", "unscripted-data"}
SKIPPED_FILES = {"package-lock.json"}

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\\\s]*)\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
SCOPE = re.compile(r"(inline\s+)?(namespace|class|struct|union|enum|extern)\b")


class Problem(tuple):
    """(path, line, rule, what)"""

    def __str__(self):
        path, line, rule, what = self
        return f"{path}:{line}: {what}: {RULES[rule]} [{rule}]"


def blank(match):
    """As many lines, but no words."""
    return re.sub(r"[^\n]", " ", match.group())


def blank_comments(text):
    return TOKEN.sub(lambda m: blank(m) if m.group().startswith("/") else m.group(), text)


def blank_literals(text):
    return DIRECTIVE.sub(blank, TOKEN.sub(blank, text))


def functions(text):
    """(first line, lines, name) of each outermost function: an honest guess, not a parser."""
    text = blank_literals(text)
    scopes, head, start = [], 0, 0
    for at, mark in ((m.start(), m.group()) for m in re.finditer(r"[{};]", text)):
        header = text[head:at].strip()
        if mark == "{":
            outermost = all(kind == "scope" for kind in scopes)
            bare = re.sub(r"^(template\s*<.*?>\s*|\[\[.*?\]\]\s*|(public|private|protected)\s*:\s*)+",
                          "", header, flags=re.DOTALL)
            is_scope = SCOPE.match(bare) and not re.search(r"\)\s*(const|noexcept|override)*$", bare)
            if outermost and not is_scope and "(" in bare:
                scopes.append("function")
                start, name = at - len(text[head:at].lstrip()), bare
            else:
                scopes.append("scope" if outermost and is_scope else "other")
        elif mark == "}" and scopes and scopes.pop() == "function":
            first = text.count("\n", 0, start) + 1
            yield first, text.count("\n", start, at) + 1, name.split("(")[0].split()[-1]
        head = at + 1


def is_ours(folder, path, name):
    """The rule that a quoted include breaks, if any."""
    first = name.split("/")[0]
    if path.startswith("plugins/shipped/") or path in PLUGIN_HEADERS:
        return None if name in PLUGIN_HEADERS else "plugin-std"
    if name == "version.hpp":
        return None if folder in SAYS_VERSION else "layer"
    if "/" not in name or first not in set(MAY_INCLUDE):
        return "path"
    return None if first in MAY_INCLUDE[folder] else "layer"


def is_theirs(folder, path, name):
    """The rule that an include in angle brackets breaks, if any."""
    library = re.split(r"[/.]", name)[0]
    is_std = re.fullmatch(r"[a-z_]+", name) is not None
    if folder == "core":
        return None if is_std else "core-std"
    if path.startswith("plugins/shipped/") or path in PLUGIN_HEADERS:
        is_c = path.endswith((".c", ".h")) and re.fullmatch(C_HEADER, name)
        return None if is_std or is_c else "plugin-std"
    if library == "caf":
        bridge = folder == "gateway" and Path(path).name.startswith("bridge")
        knows_caf = folder in ("actors", "bench") or re.match(r"tests/(actors|gateway)/", path)
        return None if knows_caf or bridge else "caf"
    return "third-party" if library in BANNED_LIBRARIES.get(folder, ()) else None


def check_includes(path, text):
    folder = path.split("/")[0]
    if folder not in MAY_INCLUDE or path.startswith("tests/plugins/wrong/"):
        return
    for number, line in enumerate(blank_comments(text).split("\n"), 1):
        found = INCLUDE.match(line)
        if found:
            judge = is_ours if found[1] == '"' else is_theirs
            rule = judge(folder, path, found[2])
            if rule:
                yield Problem((path, number, rule, f"includes {found[2]}"))


def check_words(path, text):
    suffix = Path(path).suffix
    for number, line in enumerate(text.split("\n"), 1):
        for rule, pattern in WORDS_OF_ALL:
            found = re.search(pattern, line)
            if found and not (rule == "fast-math" and suffix in MAY_SPEAK_OF_FLAGS):
                yield Problem((path, number, rule, found[0]))
        if "\t" in line and suffix not in TABS_ALLOWED:
            yield Problem((path, number, "tab", "a tab"))
        if line != line.rstrip():
            yield Problem((path, number, "trailing-space", "blanks at the end"))
        if suffix in CODE and len(line) > COLUMNS_MAX:
            yield Problem((path, number, "columns", f"{len(line)} columns"))


def check_deciding(path, text):
    if not path.startswith(DECIDING):
        return
    for number, line in enumerate(blank_comments(text).split("\n"), 1):
        for rule, pattern in WORDS_OF_DECIDING:
            found = re.search(pattern, line)
            if found:
                yield Problem((path, number, rule, found[0].strip()))


def check_test_names(path, text):
    for found in re.finditer(r'TEST_CASE(?:_METHOD\(\s*\w+,|\()\s*((?:"[^"\n]*"\s*)+)', text):
        if re.search(r"[;\[]", found[1]):
            line = text.count("\n", 0, found.start()) + 1
            yield Problem((path, line, "test-name", found[1].strip()[:60]))


def check_shape(path, text):
    in_tests = path.startswith(("tests/", "bench/"))
    lines, most = text.count("\n"), TEST_LINES_MAX if in_tests else FILE_LINES_MAX
    if lines > most:
        yield Problem((path, most + 1, "file", f"{lines} lines"))
    for first, length, name in functions(text):
        if length > FUNCTION_LINES_MAX:
            yield Problem((path, first, "function", f"{name}: {length} lines"))
    if Path(path).suffix in HEADERS:
        once = r"^\s*#\s*(pragma once|ifndef \w+_H)\b" if path.endswith(".h") else r"^#pragma once$"
        if not re.search(once, blank_comments(text), re.MULTILINE):
            yield Problem((path, 1, "pragma-once", "no #pragma once"))
        if path.startswith(PRODUCT) and not text.startswith(("//", "/*")):
            yield Problem((path, 1, "header-comment", "no comment at the top"))


def check(path, text):
    """All problems of one file. `path` is from the root."""
    problems = list(check_words(path, text))
    if Path(path).suffix in CPP:
        for rules in (check_includes, check_deciding, check_shape, check_test_names):
            problems += rules(path, text)
    return problems


BAD = [
    ("layer", "core/a.cpp", '#include "plugins/loader.hpp"\n'),
    ("layer", "storage/a.cpp", '#include "actors/world_actor.hpp"\n'),
    ("layer", "actors/a.cpp", '  #  include "gateway/session.hpp"\n'),
    ("layer", "gateway/a.cpp", '#include "cli/verbs.hpp"\n'),
    ("layer", "core/a.cpp", '#include "version.hpp"\n'),
    ("path", "core/a.cpp", '#include "world.hpp"\n'),
    ("core-std", "core/a.cpp", "#include <xxhash.h>\n"),
    ("core-std", "core/a.cpp", "#include <boost/asio.hpp>\n"),
    ("plugin-std", "plugins/shipped/a.cpp", '#include "core/world.hpp"\n'),
    ("plugin-std", "plugins/shipped/a.cpp", "#include <caf/all.hpp>\n"),
    ("plugin-std", "plugins/plugin.hpp", '// P.\n#pragma once\n#include "core/world.hpp"\n'),
    ("plugin-std", "plugins/shipped/a.c", "#include <math.h>\n"),
    ("third-party", "plugins/a.cpp", "#include <rocksdb/db.h>\n"),
    ("third-party", "storage/a.cpp", "#include <boost/asio.hpp>\n"),
    ("third-party", "storage/a.cpp", "#include <simdjson.h>\n"),
    ("third-party", "actors/a.cpp", "#include <rocksdb/db.h>\n"),
    ("third-party", "gateway/a.cpp", "#include <rocksdb/db.h>\n"),
    ("caf", "plugins/a.cpp", "#include <caf/all.hpp>\n"),
    ("caf", "storage/a.cpp", "#include <caf/all.hpp>\n"),
    ("caf", "gateway/session.cpp", "#include <caf/all.hpp>\n"),
    ("caf", "cli/a.cpp", "#include <caf/all.hpp>\n"),
    ("caf", "tests/storage/a.cpp", "#include <caf/all.hpp>\n"),
    ("columns", "cli/a.cpp", "// " + "x" * 98 + "\n"),
    ("function", "cli/a.cpp", "int f(int a) {\n" + "  ++a;\n" * 70 + "  return a;\n}\n"),
    ("function", "core/a.cpp", "namespace n {\ntemplate <class T>\nstruct s : t<int> {\n  void f() "
     "const {\n    if (x) {\n" + "    y('{', 1'000);\n" * 70 + "    }\n  }\n};\n}\n"),
    ("function", "core/a.cpp", "s::s(int a)\n  : a_{a}, b_(a) {\n" + "  // }\n" * 70 + "}\n"),
    ("file", "cli/a.cpp", "int a;\n" * 401),
    ("file", "tests/cli/a.cpp", "int a;\n" * 601),
    ("pragma-once", "cli/a.hpp", "// A.\nint a;\n"),
    ("pragma-once", "tests/a.hpp", "// A.\n// #pragma once\nint a;\n"),
    ("header-comment", "core/a.hpp", "#pragma once\n"),
    ("libm", "core/a.cpp", "double x = std::sin(1.0);\n"),
    ("libm", "core/a.cpp", "double x = std::hypot(1.0, 2.0);\n"),
    ("libm", "plugins/shipped/a.cpp", "double x = pow(1.0, 2.0);\n"),
    ("order", "core/a.cpp", "std::unordered_map<int, int> m;\n"),
    ("chance", "core/a.cpp", "std::uniform_int_distribution<int> d;\n"),
    ("chance", "plugins/shipped/a.cpp", "std::random_device d;\n"),
    ("clock", "core/a.cpp", "auto t = std::chrono::steady_clock::now();\n"),
    ("clock", "plugins/shipped/a.cpp", "auto t = time(nullptr);\n"),
    ("printing", "core/a.cpp", "#include <iostream>\n"),
    ("left-over", "docs/a.md", "TODO: write this\n"),
    ("left-over", "cli/a.cpp", "// FIXME\n"),
    ("machine-path", "web/a.ts", 'const x = "/' + 'work/main";\n'),
    ("machine-path", "docs/a.md", "put it into /tmp/world\n"),
    ("tab", "cli/a.cpp", "\tint a;\n"),
    ("trailing-space", "docs/a.md", "word \n"),
    ("test-name", "tests/core/a.cpp", 'TEST_CASE("a list [1, 2] is read") {}\n'),
    ("test-name", "tests/core/a.cpp", 'TEST_CASE(\n    "one thing; "\n    "another", "[tag]") {}\n'),
    ("test-name", "tests/core/a.cpp", 'TEST_CASE_METHOD(lab, "one; another") {}\n'),
    ("fast-math", "CMakeLists.txt", "add_compile_options(-ffast-math)\n"),
    ("optimise", "core/a.cpp", '#pragma GCC optimize("fast-math")\n'),
]

GOOD = [
    ("core/a.cpp", '#include "core/a.hpp"\n\n#include <vector>\n\n// no std::sin( here\n'),
    ("core/a.cpp", "double x = std::sqrt(y) + w.time() + world.log(1) + from.pos(2);\n"),
    ("storage/a.cpp", '#include "core/a.hpp"\n#include <rocksdb/db.h>\n#include <chrono>\n'),
    ("gateway/bridge_actor.cpp", '#include "actors/a.hpp"\n#include <caf/all.hpp>\n'),
    ("tests/actors/a.cpp", "#include <caf/all.hpp>\n#include <catch2/catch.hpp>\n"),
    ("plugins/shipped/walk.cpp", '#include "plugins/plugin.hpp"\n#include <array>\n'),
    ("plugins/shipped/pass.c", '#include "plugins/abi.h"\n#include <stddef.h>\n'),
    ("plugins/abi.h", "/* C. */\n#ifndef UNSCRIPTED_ABI_H\n#include <stdint.h>\n#endif\n"),
    ("cli/a.cpp", "struct s {\n" + "  int f() { return 1; }\n" * 80 + "};\n"),
    ("cli/a.cpp", 'auto s = R"(\n' + "{\n" * 80 + ')";\nint f() { return \'{\'; }\n'),
    ("tests/core/a.cpp", 'TEST_CASE("a list is read", "[core]") {}\n'),
    ("docs/a.md", "see https://example.org/work/x and mktemp -d name.XXXXXX\n"),
]


def check_self():
    """What is wrong with the rules themselves."""
    for rule, path, text in BAD:
        if rule not in {p[2] for p in check(path, text)}:
            yield f"{SELF}: rule {rule} lets this pass in {path}: {text[:60]!r}"
    for rule in sorted(set(RULES) - {rule for rule, _, _ in BAD}):
        yield f"{SELF}: rule {rule} has no bad example"
    for path, text in GOOD:
        for problem in check(path, text):
            yield f"{SELF}: a good example is flagged: {problem}"


def tree():
    """Paths of the files to check, from the root, in order."""
    for folder, folders, files in os.walk(ROOT):
        at_root = Path(folder) == ROOT
        folders[:] = sorted(
            f for f in folders
            if f not in SKIPPED_FOLDERS and (not f.startswith(".") or f == ".ci")
            and not (at_root and f in SKIPPED_AT_ROOT) and not (Path(folder) / f / ".git").exists())
        for name in sorted(files):
            if Path(name).suffix in TEXT and name not in SKIPPED_FILES:
                yield (Path(folder) / name).relative_to(ROOT).as_posix()


def main(arguments):
    problems = list(check_self())
    paths = [Path(a).resolve().relative_to(ROOT).as_posix() for a in arguments] or list(tree())
    checked = 0
    for path in paths:
        try:
            text = (ROOT / path).read_bytes().decode("utf-8")
        except (UnicodeDecodeError, FileNotFoundError):  # not a text, or gone meanwhile
            continue
        checked += 1
        problems += check(path, text) if path != SELF else []
    for problem in problems:
        print(problem)
    print(f"tidy: {checked} files, {len(RULES)} rules, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
