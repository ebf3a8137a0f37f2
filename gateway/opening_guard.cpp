#include "gateway/opening_guard.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace unscripted::gateway {

namespace {

// Written before the handler is installed: a handler may do no more than copy it out.
std::array<char, 1024> last_words;

extern "C" void say_last_words(int) {
  static_cast<void>(!write(STDERR_FILENO, last_words.data(), std::strlen(last_words.data())));
  _exit(1);
}

}  // namespace

opening_guard::opening_guard(const std::filesystem::path& folder) {
  std::snprintf(last_words.data(), last_words.size(),
                "data folder '%s' is damaged beyond what can be read (see the line above): nothing "
                "was changed; restore it from a backup, or choose another folder with --data\n",
                folder.string().substr(0, 512).c_str());
  std::signal(SIGABRT, say_last_words);
}

opening_guard::~opening_guard() { std::signal(SIGABRT, SIG_DFL); }

}  // namespace unscripted::gateway
