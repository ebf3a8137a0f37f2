// Answers and events as JSON, straight from the world's state: nothing is copied in between.
//
// Shared by all connections; holds nothing that changes but the text of the present catalogue.
// [any thread], while the world that a view shows stands still.
#pragma once

#include "actors/request.hpp"
#include "gateway/catalogue_text.hpp"
#include "gateway/json_writer.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace unscripted::gateway {

/// Bits of actors::ticket::flags.
inline constexpr std::uint32_t echo_jsonrpc = 1;  // the request said "jsonrpc"
inline constexpr std::uint32_t wants_token = 2;   // the answer shows a bot's token, too
/// Above these bits: the number of an act that is audited; 0: it is not.
inline constexpr unsigned audit_shift = 8;

class encoder {
public:
  explicit encoder(core::catalogue_ptr catalogue);

  /// The text of this catalogue; built where it is not the one that was asked for last.
  std::shared_ptr<const catalogue_text> text_of(const core::catalogue_ptr& catalogue) const;

  /// A whole line: {"id":…,"result":…} or {"id":…,"error":…}, and a newline.
  /// `token`: a further member of the thing that is shown.
  void answer(std::string& out, const actors::ticket& t, const actors::answer& a,
              const actors::view* seen, std::string_view token = {}) const;
  /// The value alone, as an item of a list: a result, or {"error":…}. Without `sees`, what an actor
  /// perceives is null.
  void item(std::string& out, const actors::answer& a, const actors::view* seen,
            bool sees = true) const;
  void event(std::string& out, const actors::event& e, const actors::view& seen) const;

private:
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const catalogue_text> text_;
};

/// {"id":…,"result":RESULT} and a newline, for answers that no world gives.
void write_result(std::string& out, const actors::ticket& t, std::string_view result);
/// The error object.
void write_problem(json_writer& json, const core::problem& p);

}  // namespace unscripted::gateway
