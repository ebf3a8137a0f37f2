// The files of a new plugin, from the templates in sdk/template/, which are a part of the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace unscripted::cli {

/// A file of sdk/template/.
struct template_file {
  std::string_view name;  // "world.cpp.in"
  std::string_view text;
};

/// All of them; made by the build (cmake/UnscriptedEmbed.cmake).
const std::vector<template_file>& template_files();

/// What a new plugin is to be.
struct plugin_wish {
  std::string name;    // of the action, the library and the sources
  std::string id;      // "org.example.jump"
  std::string target;  // the kind that the action is aimed at; it is brought by the plugin itself
                       // where it is none of those that ship
  bool in_c = false;
};

struct made_file {
  std::string name;
  std::string text;
};

/// Sorted by name. Nothing in a source is named by the plugin's name, so that it may be a keyword.
/// [pure]
std::vector<made_file> make_plugin(const plugin_wish& wish);

}  // namespace unscripted::cli
