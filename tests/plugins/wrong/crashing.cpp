// Loads without complaint; its actions end the process, or never end.
#include "plugins/plugin.hpp"

#include <csignal>
#include <cstdlib>

using namespace unscripted::plugin;

static volatile int sink = 0;

static volatile std::uintptr_t wild = 16;

static outcome follow(context&) {
  *reinterpret_cast<volatile int*>(wild) = 1;
  return done;
}
static int deeper(volatile char* above) {
  volatile char here[4096] = {};
  here[0] = above[0];
  return wild != 0 ? deeper(here) + here[0] : 0;
}
static outcome dig(context&) {
  volatile char top[1] = {};
  sink = deeper(top);
  return done;
}
static outcome despair(context&) { std::abort(); }
static outcome trap(context&) { __builtin_trap(); }
static outcome divide(context&) { return std::raise(SIGFPE); }
static outcome misalign(context&) { return std::raise(SIGBUS); }
static outcome leave(context&) { std::exit(7); }
static outcome hang(context&) {
  for (;;) sink = sink + 1;
}
// An exception past a wall that is noexcept.
static void throwing() {
  if (wild != 0) throw 7;
}
static void closed() noexcept { throwing(); }
static outcome burst(context&) {
  closed();
  return done;
}

UNSCRIPTED_PLUGIN("org.wrong.crashing", "1.0.0",
                  action<follow>("world", "follow", "Follow a wild pointer."),
                  action<dig>("world", "dig", "Use up the stack."),
                  action<despair>("world", "despair", "Abort."),
                  action<trap>("world", "trap", "Run what is no instruction."),
                  action<divide>("world", "divide", "Divide by zero."),
                  action<misalign>("world", "misalign", "Read where no memory is."),
                  action<burst>("world", "burst", "Throw where nothing may be thrown."),
                  action<leave>("world", "leave", "Exit."),
                  action<hang>("world", "hang", "Never end."));
