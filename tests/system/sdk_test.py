#!/usr/bin/env python3
"""A plugin is written, built, tested, checked and loaded outside of the source tree.

Everything here works with an installed program, whose prefix was moved after it was installed, but
for one plugin that is built against the build folder.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import node
from node import harness

BUILD = Path(harness.BINARY).resolve().parent.parent
SCAFFOLDS = {  # name: options of `plugin new`, compiler of C++, with a unit test?
    "jump": ([], "g++", True),
    "leap": (["--id", "org.example.by_clang.leap"], "clang++", False),
    "shove": (["--c", "--target", "well"], "g++", True),
    "int": (["--target", "door"], "g++", False),  # a keyword, and a kind of its own
    "open": (["--c", "--target", "door"], "clang++", False),
}

# What a compiler would export beside the constant: templates of the standard library.
ONCE = "static outcome perform(context& c) {\n"
LOUD = "#include <map>\n" + ONCE + """  std::map<std::string, double> around;
  for (const thing& t : c.near(c.agent(), 5)) around[std::to_string(t.id())] = t.pos().x;
"""


def run(*command, cwd):
    """Runs it to its end without what a developer's shell may tell it; returns what it says."""
    ended = subprocess.run(
        [str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=node.PATIENCE,
        env=node.environment())
    if ended.returncode != 0:
        raise AssertionError(f"{command}: exit code {ended.returncode}\n{ended.stdout}")
    return ended.stdout


def exported(library):
    """(type, binding, name) of what a library defines for others."""
    table = run("readelf", "-W", "--dyn-syms", library, cwd=library.parent)
    rows = [line.split() for line in table.splitlines() if re.match(r"\s*\d+:", line)]
    return [(row[3], row[4], row[7].split("@")[0])
            for row in rows if len(row) > 7 and row[6] != "UND" and row[4] != "LOCAL"]


class Sdk(node.SystemTest):
    @classmethod
    def setUpClass(cls):
        for tool in ("cmake", "g++", "readelf"):
            if not shutil.which(tool):
                raise unittest.SkipTest(f"there is no {tool} here")
        kept = tempfile.TemporaryDirectory(prefix="unscripted-test-")
        cls.addClassCleanup(kept.cleanup)
        cls.root = Path(kept.name)
        first, cls.prefix = cls.root / "first", cls.root / "moved prefix"
        run("cmake", "--install", BUILD, "--prefix", first, cwd=cls.root)
        first.rename(cls.prefix)
        cls.program = cls.prefix / "bin/unscripted"
        cls.libraries = {}

    def unscripted(self, *arguments, program=None, cwd=None):
        return subprocess.run(
            [str(program or self.program), *map(str, arguments)], cwd=cwd or self.root, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=node.PATIENCE, env=node.environment())

    def scaffold(self, name, *options, program=None):
        made = self.unscripted("plugin", "new", name, *options, "--json", program=program)
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        return json.loads(made.stdout)

    def build(self, name):
        """The library of a scaffold, configured, built and tested once."""
        if name in self.libraries:
            return self.libraries[name]
        options, compiler, is_unit_tested = SCAFFOLDS[name]
        c_compiler = {"g++": "gcc", "clang++": "clang"}[compiler]
        if not shutil.which(compiler):
            self.skipTest(f"there is no {compiler} here")
        self.scaffold(name, *options)
        folder = self.root / name
        generator = ["-G", "Ninja"] if shutil.which("ninja") else []
        said = run("cmake", "-B", "build", *generator, f"-DCMAKE_PREFIX_PATH={self.prefix}",
                   f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_C_COMPILER={c_compiler}",
                   "-DCMAKE_C_FLAGS=-Wall -Wextra -Wpedantic -Werror",
                   "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror",
                   f"-DCMAKE_DISABLE_FIND_PACKAGE_Catch2={'OFF' if is_unit_tested else 'ON'}",
                   cwd=folder)
        self.assertEqual(f"{name}_test.cpp is left out" in said, not is_unit_tested, said)
        run("cmake", "--build", "build", cwd=folder)
        tested = run("ctest", "--output-on-failure", cwd=folder / "build")
        self.assertIn(f"tests passed, 0 tests failed out of {1 + is_unit_tested}", tested)
        self.libraries[name] = folder / "build" / f"{name}.so"
        return self.libraries[name]

    # -- what is installed -------------------------------------------------------------------------

    def test_the_prefix_holds_the_program_its_plugins_the_headers_and_the_service(self):
        for file in ("bin/unscripted", "lib/unscripted/plugins/walk.so",
                     "share/doc/unscripted/LICENSE", "include/unscripted/plugins/abi.h",
                     "include/unscripted/plugins/plugin.hpp",
                     "include/unscripted/plugins/testing.hpp",
                     "share/bash-completion/completions/unscripted",
                     "share/zsh/site-functions/_unscripted",
                     "lib/cmake/Unscripted/UnscriptedConfig.cmake",
                     "lib/cmake/Unscripted/UnscriptedConfigVersion.cmake",
                     "lib/cmake/Unscripted/UnscriptedPlugin.cmake"):
            self.assertTrue((self.prefix / file).is_file(), file)
        unit = (self.prefix / "lib/systemd/system/unscripted.service").read_text()
        self.assertIn(f'\nExecStart="{self.root}/first/bin/unscripted" serve --data ', unit)
        self.assertNotRegex(unit, r"@\w+@")  # nothing is left to fill in

    def test_nothing_that_cmake_reads_in_the_prefix_names_a_folder_of_this_machine(self):
        for file in (self.prefix / "lib/cmake").rglob("*"):
            if file.is_file():
                for folder in (self.root, BUILD, harness.ROOT):
                    self.assertNotIn(str(folder), file.read_text(), file)

    # -- plugins made outside of the tree ----------------------------------------------------------

    def test_every_scaffold_builds_without_warnings_passes_its_tests_and_exports_one_symbol(self):
        for name, (options, compiler, _) in SCAFFOLDS.items():
            with self.subTest(name=name, compiler=compiler, options=options):
                library = self.build(name)
                self.assertEqual(exported(library), [("OBJECT", "GLOBAL", "unscripted_plugin")])
                checked = self.unscripted("plugin", "check", library, "--json")
                self.assertEqual((checked.returncode, checked.stderr), (0, ""))
                answer = json.loads(checked.stdout)
                self.assertEqual((answer["ok"], answer["left_out"]), (True, []))
                self.assertRegex(answer["hash"], "^[0-9a-f]{32}$")
                action, = answer["actions"]
                self.assertEqual(action["name"], name)
                self.assertEqual(action["parameters"][0]["name"], "distance")
                self.assertEqual([k["name"] for k in answer["kinds"]],
                                 ["door"] if "door" in options else [])

    def test_plugins_of_two_compilers_and_one_in_c_act_in_one_server(self):
        plugins = self.root / "plugins"
        plugins.mkdir()
        for name in ("jump", "leap", "shove"):
            shutil.copy(self.build(name), plugins)
        server = harness.Server("--plugins", str(plugins), binary=str(self.program))
        self.addCleanup(server.close)
        client = self.connect(server.start())
        self.assertEqual(client.call("server.status")["plugins_refused"], [])
        world = client.call("world.create")["id"]
        bot = client.call("bot.create", world=world, pos=[2, 0, 5])["id"]
        well = client.call("thing.create", world=world, kind="well", pos=[7.5, 0, 5])["id"]
        for action, metres, x in (("jump", 1.5, 3.5), ("leap", 2.5, 6)):
            done = client.call("act", bot=bot, action=action, args={"distance": metres})
            self.assertEqual((done["outcome"], done["pos"]), ("done", [x, 0, 5]))
        client.call("act", bot=bot, action="shove", target=well, args={"distance": 1})
        self.assertEqual(client.call("thing.get", id=well)["pos"], [8.5, 0, 5])
        client.call("act", bot=bot, action="leap", args={"distance": 5})
        self.assertTrue(client.call("history.verify", world=world)["ok"])
        self.assertEqual(server.terminate(), 0)

    def test_the_build_folder_is_found_too_and_the_printed_commands_say_where(self):
        made = self.scaffold("vault", program=harness.BINARY)
        configure = next(command for command in made["next"] if command.startswith("cmake -B"))
        folder = self.root / "vault"
        source = folder / "vault.cpp"
        self.assertIn(ONCE, source.read_text())
        source.write_text(source.read_text().replace(ONCE, LOUD))
        run("sh", "-c", configure + " -DCMAKE_DISABLE_FIND_PACKAGE_Catch2=ON", cwd=folder)
        self.assertIn(str(BUILD), configure)
        run("cmake", "--build", "build", cwd=folder)
        run("ctest", "--output-on-failure", cwd=folder / "build")
        self.assertEqual(exported(folder / "build/vault.so"),
                         [("OBJECT", "GLOBAL", "unscripted_plugin")])
        again = self.scaffold("again")
        configure = next(command for command in again["next"] if command.startswith("cmake -B"))
        self.assertIn(str(self.prefix), configure)

    def test_a_folder_that_is_not_empty_is_left_alone(self):
        taken = self.root / "taken"
        taken.mkdir()
        (taken / "mine.txt").write_text("mine")
        (self.root / "file").write_text("a file")
        for options in (["taken"], ["hop", "--dir", "taken"], ["file"]):
            refused = self.unscripted("plugin", "new", *options)
            self.assertEqual((refused.returncode, refused.stdout), (node.REFUSED, ""))
            self.assertRegex(refused.stderr, r"^unscripted: `\w+` is there already .*--dir\n$")
        self.assertEqual([file.name for file in taken.iterdir()], ["mine.txt"])

    def test_a_folder_may_be_named_and_nothing_in_it_names_this_machine(self):
        made = self.scaffold("hop", "--dir", "deep/down/here", "--id", "net.example.hop")
        folder = self.root / "deep/down/here"
        self.assertEqual(sorted(made["files"]), sorted(file.name for file in folder.iterdir()))
        for file in folder.iterdir():
            text = file.read_text()
            self.assertNotRegex(text, r"@[A-Z]+@", file)
            for named in (self.root, BUILD, harness.ROOT):
                self.assertNotIn(str(named), text, file)
        self.assertIn('"net.example.hop"', (folder / "hop.cpp").read_text())

    # -- check -------------------------------------------------------------------------------------

    def test_what_a_server_would_refuse_check_refuses_in_the_same_line(self):
        wrong = self.root / "wrong.so"
        wrong.write_text("no library")
        for file, line in ((wrong, "wrong.so: not a shared library; build it with -shared"),
                           (self.root / "nowhere.so", "nowhere.so: no such file; check the name")):
            refused = self.unscripted("plugin", "check", file)
            self.assertEqual((refused.returncode, refused.stdout, refused.stderr),
                             (node.REFUSED, "", f"unscripted: {line}\n"))
            as_json = self.unscripted("plugin", "check", file, "--json")
            self.assertEqual(as_json.returncode, node.REFUSED)
            answer = json.loads(as_json.stdout)
            self.assertEqual((answer["ok"], answer["refusal"]), (False, line))

    def test_a_plugin_stands_in_for_the_shipped_one_of_its_id(self):
        shipped = self.prefix / "lib/unscripted/plugins/walk.so"
        checked = self.unscripted("plugin", "check", shipped)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        self.assertIn("OK walk.so\n", checked.stdout)
        self.assertRegex(checked.stdout, r"org\.unscripted\.walk 1\.")
        self.assertRegex(checked.stdout, r"angle +number in \[0, 1\] turn, else 0")

    def test_check_tries_a_plugin_beside_those_of_other_folders(self):
        taken = self.root / "same"
        self.scaffold("same", "--id", "org.example.another.same")
        others = self.root / "others"
        others.mkdir()
        shutil.copy(self.build("jump"), others / "first.so")
        twin = self.root / "twin.so"
        source = taken / "same.cpp"
        source.write_text(source.read_text().replace('"same"', '"jump"')
                          .replace("org.example.another.same", "org.example.zzz"))
        run("g++", "-std=c++20", "-shared", "-fPIC", "-ffp-contract=off",
            f"-I{self.prefix}/include/unscripted", source, "-o", twin, cwd=self.root)
        self.assertEqual(self.unscripted("plugin", "check", twin).returncode, 0)
        refused = self.unscripted("plugin", "check", twin, "--plugins", others)
        self.assertEqual(refused.returncode, node.REFUSED)
        self.assertIn("action `jump`: first.so has the same action", refused.stderr)


if __name__ == "__main__":
    harness.main()
