// The rows of the table of methods that are about the past.
#include "gateway/method_table.hpp"

namespace unscripted::gateway {

using namespace schema;

void methods::add_histories(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"history.stats",
       &methods::history_stats,
       role::observer,
       "How much history a world has.",
       {{"world", text, true}}},
      {"history.read",
       &methods::history_read,
       role::owner,
       "Records, from a sequence on.",
       {{"world", text, true},
        {"from", whole, true},
        {"to", whole},
        {"limit", limit},
        {"bot", id},
        {"thing", id},
        {"action", text},
        {"outcome", R"("enum":["done","refused","fault"])"}}},
      {"history.state",
       &methods::history_state,
       role::observer,
       "A world as it was at any moment.",
       {{"world", text, true},
        {"at", moment},
        {"kind", text},
        {"limit", R"("type":"integer","minimum":1,"maximum":100000,"default":1000)"},
        {"after", id}}},
      {"history.replay",
       &methods::history_replay,
       role::owner,
       "Applies the effects of a history again, checking every hash.",
       {{"world", text, true}, {"from", moment}, {"to", moment}, {"progress", flag}}},
      {"history.verify",
       &methods::history_verify,
       role::owner,
       "Decides every command of a history again, and compares: with the builds that it names "
       "where they are kept, or with those of the present.",
       {{"world", text, true},
        {"from", moment},
        {"to", moment},
        {"count_all", flag},
        {"present", flag},
        {"progress", flag}}},
  };
  all.insert(all.end(), some);
}

void methods::add_findings(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"history.diff",
       &methods::history_diff,
       role::owner,
       "What differs between two moments, and where two forks part.",
       {{"world", text, true},
        {"at", moment},
        {"other", text, true},
        {"other_at", moment},
        {"limit", R"("type":"integer","minimum":0,"maximum":10000,"default":1000)"},
        {"progress", flag}}},
      {"history.explain",
       &methods::history_explain,
       role::owner,
       "Why a thing is as it is.",
       {{"id", id, true}, {"at", moment}, {"progress", flag}}},
      {"history.bisect",
       &methods::history_bisect,
       role::owner,
       "The first tick at which something holds.",
       {{"world", text, true},
        {"when", text, true},
        {"from", moment},
        {"to", moment},
        {"scan", flag},
        {"progress", flag}}},
  };
  all.insert(all.end(), some);
}

void methods::add_keeping(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"history.prune",
       &methods::history_prune,
       role::owner,
       "Takes the records before a moment away.",
       {{"world", text, true}, {"before", moment, true}},
       "world"},
      {"history.retain",
       &methods::history_retain,
       role::owner,
       "How many days the records of a world are kept; 0: for ever.",
       {{"world", text, true}, {"keep_days", whole, true}},
       "world"},
      {"history.export",
       &methods::history_export,
       role::owner,
       "A history as JSON objects, page by page.",
       {{"world", text, true},
        {"what", R"("enum":["records","things","deaths","population"])"},
        {"from", moment},
        {"to", moment},
        {"every", whole},
        {"limit", R"("type":"integer","minimum":1,"maximum":10000,"default":1000)"}}},
      {"history.import",
       &methods::history_import,
       role::admin,
       "Begins a world with a history that was exported as records.",
       {{"file", text, true}, {"name", text}, {"progress", flag}},
       "file"},
  };
  all.insert(all.end(), some);
}

}  // namespace unscripted::gateway
