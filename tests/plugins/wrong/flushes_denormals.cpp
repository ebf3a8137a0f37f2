// Changes how the processor rounds, as libraries linked with fast mathematics do.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

__attribute__((constructor)) static void flush() {
#ifdef __x86_64__
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#endif
}

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.flushes_denormals", "1.0.0",
                  action<nothing>("world", "fly", "Fly."));
