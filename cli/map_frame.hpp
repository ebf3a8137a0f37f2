// A world drawn for a terminal: from above, x to the right and z down, as the page shows it.
#pragma once

#include "cli/living_map.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace unscripted::cli {

/// From where, and on how much, a map is drawn. Lengths in metres.
struct map_view {
  std::size_t columns = 80, rows = 24;  // of the terminal
  double zoom = 1;                      // 1: the whole world
  double x = 0, z = 0;                  // of the middle
  std::string followed;                 // id of a bot; empty: none
  bool has_colour = false;
  bool is_paused = false;
  bool has_keys = true;  // say which
  std::string notice;    // what a person should know now; empty: nothing

  /// Shows all of it again.
  void fit(const living_map& map);
  /// Moves by a part of what is seen, -1 to 1.
  void pan(const living_map& map, double right, double down);
  void zoom_by(double factor);
  /// Puts the bot that is followed in the middle; its heir, where it died. Stops where there is
  /// none.
  void follow(const living_map& map);
};

inline constexpr std::size_t columns_min = 20, rows_min = 6, lines_max = 1000;

/// One line for each row of the terminal, or one of words where it is too small. With has_colour
/// the lines hold colours, never anything else that moves a cursor.
std::vector<std::string> draw(const living_map& map, const map_view& view,
                              tick_rate::clock::time_point now);

/// Tick, speed, population and deaths in one line.
std::string status_line(const living_map& map, tick_rate::clock::time_point now);

}  // namespace unscripted::cli
