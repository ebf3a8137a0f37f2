// Places, sizes and named numbers on a command line.
#pragma once

#include "gateway/json_writer.hpp"

#include <optional>
#include <string>
#include <vector>

namespace unscripted::cli {

/// X,Y,Z in metres; X,Z is X,0,Z. Throws wrong_usage, naming `option`, where it is neither.
std::vector<double> parse_place(const std::string& option, const std::string& text);

/// As parse_place(), but X,Z has the height of 10 m: for the size of a world.
std::vector<double> parse_dims(const std::string& option, const std::string& text);

/// X,Y,Z in metres: the size of a thing.
std::vector<double> parse_size(const std::string& option, const std::string& text);

void write_place(gateway::json_writer& json, const std::vector<double>& metres);

}  // namespace unscripted::cli
