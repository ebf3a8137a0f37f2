// The terminal while a picture lives in it: taken over, drawn on, and given back as it was.
#pragma once

#include <string>
#include <string_view>
#include <termios.h>
#include <vector>

namespace unscripted::cli {

/// Rows and columns of the terminal at standard output; else of COLUMNS and LINES, or 80 x 24.
struct screen_size {
  std::size_t columns, rows;
};
screen_size size_of_screen();

/// Whether standard output takes colours, and nobody said NO_COLOR.
bool has_colours();

/// What a person pressed.
enum class key { quit, pause, closer, farther, left, right, up, down, follow, whole };

/// Reads keys out of what a terminal sent; sequences may be cut anywhere.
class key_reader {
public:
  std::vector<key> take(std::string_view bytes);

private:
  std::string rest_;  // the beginning of a sequence
};

/// The terminal at standard input, opened once more, so that whoever shares it with us does not
/// find it non-blocking; -1 where there is none.
int open_keyboard();

/// Standard output must be a terminal. Not thread-safe; one at a time.
class screen {
public:
  /// Takes the terminal over: another page, no echo, no cursor. Throws failed.
  screen();
  /// Gives it back, whatever happened.
  ~screen();
  screen(const screen&) = delete;
  screen& operator=(const screen&) = delete;

  /// Draws the lines that differ from those drawn before. False once nobody can see them.
  bool draw(const std::vector<std::string>& lines);
  /// Draws all anew the next time.
  void forget() { drawn_.clear(); }

private:
  termios before_{};
  std::vector<std::string> drawn_;
};

}  // namespace unscripted::cli
