// `history verify`: decides a history again and compares, with the plugins of the server or with
// others.

#include "cli/verification.hpp"

#include <memory>

namespace unscripted::cli {

void add_history_verify(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "verify", "Decide a history again, and compare",
                        "unscripted history verify eden --plugins ./my-plugins\n\n"
                        "Ends with 0 where every record comes out as it was recorded, else with 1 "
                        "and the\nfirst difference. With --plugins these builds are tried, in this "
                        "process and not in\nthe server: it says how many records would differ.");
  auto o = std::make_shared<verify_options>();
  add_range_options(*verb, *o);
  verb->add_option("--plugins", o->plugins,
                   "Folder of plugins, before those that come with the program; may be repeated")
      ->type_name("DIR")
      ->allow_extra_args(false);
  verb->add_flag("--count-all", o->count_all, "Go on after the first difference, and count them");
  verb->callback([o, &chosen] { chosen = [o] { return verify_history(*o); }; });
}

}  // namespace unscripted::cli
