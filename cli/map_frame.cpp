#include "cli/map_frame.hpp"

#include "cli/table.hpp"
#include "core/ids.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace unscripted::cli {

namespace {

constexpr double zoom_max = 1000;
constexpr double rows_per_column = 0.5;  // a cell is about twice as high as it is wide
constexpr std::size_t side_columns = 30, side_from_columns = 70;
constexpr std::size_t title_rows = 1, foot_rows = 2;

constexpr std::string_view keys =
    "q quit · space pause · + - zoom · arrows move · f follow · 0 whole world";

// -- colours -------------------------------------------------------------------------------------

// The terminal's own colours, which its owner can read on its own background.
constexpr const char* plain_colour = "";
constexpr const char* dim = "2";
constexpr const char* quenched = "32";     // green
constexpr const char* thirsty = "33";      // yellow
constexpr const char* parched = "1;31";    // bold red
constexpr const char* marked = "7";        // reversed
constexpr const char* well_colour = "34";  // blue
constexpr std::array kind_colours{"36", "35", "94", "95", "96", "90"};

const char* colour_of_thirst(const mapped_thing& bot) {
  if (!bot.drink) return plain_colour;
  if (*bot.drink > 0.5) return quenched;
  return *bot.drink > 0.2 ? thirsty : parched;
}

const char* colour_of_kind(const std::string& kind, char letter) {
  if (kind == "well") return well_colour;
  return kind_colours[static_cast<unsigned char>(letter) % kind_colours.size()];
}

std::string coloured(bool has_colour, const char* colour, std::string_view text) {
  if (!has_colour || *colour == 0 || text.empty()) return std::string(text);
  return "\033[" + std::string(colour) + 'm' + std::string(text) + "\033[0m";
}

/// Cut to so many columns, between code points, or filled up with blanks.
std::string fitted(std::string_view text, std::size_t columns) {
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t size = 1;
    while (i + size < text.size() && (static_cast<unsigned char>(text[i + size]) & 0xC0U) == 0x80U)
      ++size;
    if (used == columns) break;
    out += text.substr(i, size);
    i += size;
    ++used;
  }
  return out + std::string(columns - used, ' ');
}

// -- the map -------------------------------------------------------------------------------------

struct cell {
  std::string_view glyph = " ";
  const char* colour = plain_colour;
  std::size_t bots = 0;
  bool is_followed = false;
};

/// The letters that cells show, each as a text of its own.
std::string_view glyph_of(char letter) {
  static const std::string all = [] {
    std::string some;
    for (int c = 0; c < 128; ++c) some += static_cast<char>(c);
    return some;
  }();
  return std::string_view(all).substr(static_cast<unsigned char>(letter) % 128U, 1);
}

char letter_of_bot(const mapped_thing& bot) {
  const char first = bot.name.empty() ? '@' : bot.name.front();
  if (first >= 'a' && first <= 'z') return static_cast<char>(first - 'a' + 'A');
  return first >= 'A' && first <= 'Z' ? first : '@';
}

struct span {
  long first, last;
};

class ground {
public:
  ground(const living_map& map, const map_view& view, std::size_t columns, std::size_t rows)
    : map_(map), view_(view), columns_(columns), rows_(rows), cells_(columns * rows) {
    const double across = map.width() / static_cast<double>(std::max<std::size_t>(columns, 3) - 2);
    const double down =
        map.depth() * rows_per_column / static_cast<double>(std::max<std::size_t>(rows, 3) - 2);
    metres_per_column_ = std::max({across, down, 1e-9}) / view.zoom;
    metres_per_row_ = metres_per_column_ / rows_per_column;
    // Walls stand between cells, so that what is beside one is seen beside it.
    const auto middle = [](std::size_t cells) { return static_cast<double>(cells) / 2; };
    west_ = std::round(middle(columns) - view.x / metres_per_column_);
    north_ = std::round(middle(rows) - view.z / metres_per_row_);
    inside_x_ = {edge(column_at(0)), edge(column_at(map.width())) - 1};
    inside_z_ = {edge(row_at(0)), edge(row_at(map.depth())) - 1};
    // Of a world like a plank something must be seen, too.
    inside_x_.last = std::max(inside_x_.first, inside_x_.last);
    inside_z_.last = std::max(inside_z_.first, inside_z_.last);
    draw_walls();
    draw_things();
    draw_bots();
  }

  std::string line(std::size_t row) const {
    std::string out;
    for (std::size_t c = 0; c < columns_; ++c) {
      const cell& at = cells_[row * columns_ + c];
      const char* colour = at.is_followed ? marked : at.colour;
      out += coloured(view_.has_colour, colour, at.glyph);
    }
    return out;
  }

private:
  double column_at(double x) const { return west_ + x / metres_per_column_; }
  double row_at(double z) const { return north_ + z / metres_per_row_; }
  /// Far outside of the picture it does not matter how far.
  static long edge(double x) { return std::lround(std::clamp(x, -1e6, 1e6)); }
  static long floor_of(double x) { return static_cast<long>(std::floor(std::clamp(x, -1e6, 1e6))); }

  cell* at(long column, long row) {
    const auto c = static_cast<std::size_t>(column), r = static_cast<std::size_t>(row);
    if (column < 0 || row < 0 || c >= columns_ || r >= rows_) return nullptr;
    return &cells_[r * columns_ + c];
  }
  void put(long column, long row, std::string_view glyph, const char* colour) {
    if (auto* found = at(column, row)) *found = {glyph, colour, 0, false};
  }

  void draw_walls() {
    const span x{inside_x_.first - 1, inside_x_.last + 1};
    const span z{inside_z_.first - 1, inside_z_.last + 1};
    const auto last_column = static_cast<long>(columns_), last_row = static_cast<long>(rows_);
    for (long c = std::max(x.first, 0L); c <= std::min(x.last, last_column); ++c) {
      put(c, z.first, "─", dim);
      put(c, z.last, "─", dim);
    }
    for (long r = std::max(z.first, 0L); r <= std::min(z.last, last_row); ++r) {
      put(x.first, r, "│", dim);
      put(x.last, r, "│", dim);
    }
    put(x.first, z.first, "┌", dim);
    put(x.last, z.first, "┐", dim);
    put(x.first, z.last, "└", dim);
    put(x.last, z.last, "┘", dim);
  }

  /// All that its ground covers, at least one cell.
  void draw_things() {
    for (const auto& [id, t] : map_.things()) {
      if (t.is_bot() || t.is_carried) continue;
      const char letter = map_.letter_of(t.kind);
      const auto x = covered(column_at(t.x - t.width / 2), column_at(t.x + t.width / 2), columns_);
      const auto z = covered(row_at(t.z - t.depth / 2), row_at(t.z + t.depth / 2), rows_);
      for (long r = z.first; r <= z.last; ++r)
        for (long c = x.first; c <= x.last; ++c)
          put(c, r, glyph_of(letter), colour_of_kind(t.kind, letter));
    }
  }

  /// Cells of which most is covered; the one in the middle where that is none.
  static span covered(double from, double to, std::size_t size) {
    span cells{edge(from), edge(to) - 1};
    if (cells.last < cells.first) cells.first = cells.last = floor_of((from + to) / 2);
    const long last = static_cast<long>(size) - 1;
    if (cells.last < 0 || cells.first > last) return {0, -1};
    return {std::max(cells.first, 0L), std::min(cells.last, last)};
  }

  /// The most thirsty one of those in a cell gives it its colour.
  void draw_bots() {
    static constexpr std::array<std::string_view, 10> counts{"",  "",  "2", "3", "4",
                                                             "5", "6", "7", "8", "9"};
    std::vector<const mapped_thing*> shown(cells_.size());
    for (const auto& [id, bot] : map_.things()) {
      if (!bot.is_bot() || bot.is_carried) continue;
      const long column = std::clamp(floor_of(column_at(bot.x)), inside_x_.first, inside_x_.last);
      const long row = std::clamp(floor_of(row_at(bot.z)), inside_z_.first, inside_z_.last);
      auto* here = at(column, row);
      if (here == nullptr) continue;
      auto& most = shown[static_cast<std::size_t>(here - cells_.data())];
      if (most == nullptr || bot.drink.value_or(1) < most->drink.value_or(1)) most = &bot;
      ++here->bots;
      if (here->bots == 1) here->glyph = glyph_of(letter_of_bot(bot));
      else here->glyph = here->bots < std::size(counts) ? counts[here->bots] : "+";
      here->colour = colour_of_thirst(*most);
      here->is_followed = here->is_followed || id == view_.followed;
    }
  }

  const living_map& map_;
  const map_view& view_;
  std::size_t columns_, rows_;
  std::vector<cell> cells_;
  double metres_per_column_ = 1, metres_per_row_ = 2;
  double west_ = 0, north_ = 0;  // the walls at x = 0 and z = 0
  span inside_x_{0, 0}, inside_z_{0, 0};
};

// -- beside and below it -------------------------------------------------------------------------

/// How full, how old, and who: its name, or the number by which `history explain` knows it.
std::string bot_line(const std::string& id, const mapped_thing& bot) {
  std::array<char, 32> numbers;
  const double full = std::clamp(bot.drink.value_or(0), 0.0, 1.0) * 100;
  std::snprintf(numbers.data(), numbers.size(), "%4.0f %%%9llu  ", full,
                static_cast<unsigned long long>(std::min<std::uint64_t>(bot.age, 999'999'999)));
  std::string line = bot.drink ? numbers.data() : "     -" + std::string(numbers.data()).substr(6);
  const auto known = core::parse_id(id);
  line += letter_of_bot(bot);
  line += ' ';
  return line + (bot.name.empty() && known ? "bot " + std::to_string(known->thing) : bot.name);
}

/// At the right edge, where a wide name is cut by the terminal and shifts nothing.
std::vector<std::string> side_list(const living_map& map, const map_view& view, std::size_t rows) {
  std::vector<const living_map::things_by_id::value_type*> bots;
  std::size_t followed = 0;
  for (const auto& entry : map.things()) {
    if (!entry.second.is_bot()) continue;
    if (entry.first == view.followed) followed = bots.size();
    bots.push_back(&entry);
  }
  std::vector<std::string> lines{fitted(" drink      age  bot", side_columns)};
  const bool is_cut = bots.size() + 1 > rows;
  const auto shown = std::min(bots.size(), rows - (is_cut ? 2 : 1));
  const auto first = followed < shown ? 0 : followed + 1 - shown;
  for (std::size_t i = first; i < first + shown; ++i) {
    const auto& [id, bot] = *bots[i];
    const auto* colour = id == view.followed ? marked : colour_of_thirst(bot);
    lines.push_back(coloured(view.has_colour, colour, fitted(bot_line(id, bot), side_columns)));
  }
  if (is_cut) lines.push_back("      and " + grouped(std::uint64_t{bots.size() - shown}) + " more");
  lines.resize(rows);
  return lines;
}

std::string legend(const living_map& map, const map_view& view) {
  std::string text = "@ bot";
  for (const auto& [kind, letter] : map.letters()) {
    text += "  ";
    text += coloured(view.has_colour, colour_of_kind(kind, letter), std::string(1, letter));
    text += ' ' + kind;
  }
  return text;
}

std::string foot_line(const living_map& map, const map_view& view) {
  auto notice = view.notice;
  if (notice.empty() && view.is_paused) notice = "the view stands still; space lets it go on";
  if (notice.empty()) return legend(map, view);
  return coloured(view.has_colour, marked, fitted(notice, view.columns));
}

}  // namespace

void map_view::fit(const living_map& map) {
  zoom = 1;
  x = map.width() / 2;
  z = map.depth() / 2;
  followed.clear();
}

void map_view::pan(const living_map& map, double right, double down) {
  followed.clear();
  x = std::clamp(x + right * map.width() / zoom, 0.0, map.width());
  z = std::clamp(z + down * map.depth() / zoom, 0.0, map.depth());
}

void map_view::zoom_by(double factor) { zoom = std::clamp(zoom * factor, 1.0, zoom_max); }

void map_view::follow(const living_map& map) {
  if (followed.empty()) return;
  auto found = map.things().find(followed);
  if (found == map.things().end()) {
    followed = map.heir_of(followed);
    found = map.things().find(followed);
  }
  if (found == map.things().end()) return followed.clear();
  if (zoom <= 1) return;
  x = found->second.x;
  z = found->second.z;
}

std::string status_line(const living_map& map, tick_rate::clock::time_point now) {
  return printable(map.name()) + " · tick " + grouped(map.tick()) + " · " +
         grouped(map.rate().per_s(now)) + " ticks/s · " + grouped(std::uint64_t{map.population()}) +
         " bots · deaths: " + deaths_text(map.deaths());
}

std::vector<std::string> draw(const living_map& map, const map_view& view,
                              tick_rate::clock::time_point now) {
  if (view.columns < columns_min || view.rows < rows_min) {
    return {fitted("too small", view.columns)};
  }
  const auto rows = std::min(view.rows, lines_max) - title_rows - foot_rows;
  const bool has_side = view.columns >= side_from_columns;
  const auto columns = std::min(view.columns, lines_max) - (has_side ? side_columns + 1 : 0);
  std::vector<std::string> lines{fitted(status_line(map, now), view.columns)};
  const ground drawn(map, view, columns, rows);
  const auto side = has_side ? side_list(map, view, rows) : std::vector<std::string>(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    lines.push_back(drawn.line(r) + (side[r].empty() ? "" : ' ' + side[r]));
  }
  lines.push_back(foot_line(map, view));
  lines.push_back(view.has_keys ? fitted(keys, view.columns) : "");
  return lines;
}

}  // namespace unscripted::cli
