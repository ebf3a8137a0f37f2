#include "gateway/access/audit.hpp"

#include "core/text.hpp"
#include "gateway/log.hpp"

namespace unscripted::gateway {

namespace {

constexpr std::size_t open_max = 1024;
constexpr std::uint32_t number_max = (1u << 24) - 1;  // as many bits as a ticket has for it
constexpr std::size_t target_bytes_max = 128;

void write(const audited_act& act, std::string outcome, bool is_refused) {
  log_fields fields = {
      {"principal", std::to_string(act.principal)}, {"address", act.address}, {"what", act.what}};
  if (!act.target.empty())
    fields.emplace_back("target", core::cut_text(act.target, target_bytes_max));
  if (!act.made.empty()) fields.emplace_back("made", act.made);
  fields.emplace_back("outcome", std::move(outcome));
  logbook& log = process_log();
  if (!is_refused) return log.write_each(log_level::info, "audit", fields);
  log.write_about("principal " + std::to_string(act.principal), log_level::info, "audit", fields);
}

}  // namespace

void write_audit(const audited_act& act, const core::problem* why) {
  write(act, why ? core::reason(why->code) : "done", why != nullptr);
}

std::uint32_t audit_trail::begin(audited_act act) {
  const std::lock_guard lock{mutex_};
  if (open_.size() >= open_max) {  // what is refused is so at once, and does not wait here
    write(act, "asked", false);
    return 0;
  }
  last_ = last_ == number_max ? 1 : last_ + 1;
  open_[last_] = std::move(act);
  return last_;
}

void audit_trail::note(std::uint32_t number, std::string what_came) {
  const std::lock_guard lock{mutex_};
  const auto found = open_.find(number);
  if (found != open_.end()) found->second.made = std::move(what_came);
}

void audit_trail::end(std::uint32_t number, const core::problem* why) {
  const std::lock_guard lock{mutex_};
  const auto found = open_.find(number);
  if (found == open_.end()) return;
  write_audit(found->second, why);
  open_.erase(found);
}

}  // namespace unscripted::gateway
