// The strict mapper from the params of a request to typed values: what is missing, unknown, twice,
// of the wrong type or out of range is a problem that names the parameter and says what would do.
// The first problem stays; reading goes on with defaults, so that callers need no branch after each
// read.
#pragma once

#include "core/ids.hpp"
#include "core/problem.hpp"
#include "core/resolve.hpp"

#include <boost/container/small_vector.hpp>
#include <simdjson.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace unscripted::gateway {

class params_reader {
public:
  /// Reads the members of `object`, which must outlive the reader. `within` is put before names in
  /// messages ("acts[3].").
  params_reader(simdjson::dom::object object, std::string within);
  /// Of a request, which may have none.
  explicit params_reader(const std::optional<simdjson::dom::object>& params);
  params_reader(const params_reader&) = delete;  // what is read in place need not be moved
  params_reader& operator=(const params_reader&) = delete;

  bool has(std::string_view name) const { return find(name) != nullptr; }

  // Each parameter is asked for once. What most requests have is looked for here, where its name is
  // known when this is compiled: it is compared without a call.
  std::string text(std::string_view name) { return to_text(take(name), name); }  // required
  std::optional<std::string> optional_text(std::string_view name) {
    const member* m = take(name);
    return m ? to_optional_text(*m) : std::nullopt;
  }
  core::thing_id id(std::string_view name) { return to_id(take(name), name); }  // required
  std::optional<core::thing_id> optional_id(std::string_view name) {
    const member* m = take(name);
    return m ? to_optional_id(*m) : std::nullopt;
  }
  /// A text or a whole number as text, where there is a good one, without reading the parameter.
  std::optional<std::string> peek_text(std::string_view name) const;
  bool flag(std::string_view name, bool otherwise) {
    const member* m = take(name);
    return m ? to_flag(*m, otherwise) : otherwise;
  }
  std::optional<double> number(std::string_view name, double minimum, double maximum,
                               std::string_view unit);
  std::optional<std::uint64_t> integer(std::string_view name, std::uint64_t minimum,
                                       std::uint64_t maximum);
  /// Three lengths in metres.
  std::optional<core::vec3> place(std::string_view name);
  /// The members of an object, loosely typed.
  core::named_values values(std::string_view name) {
    const member* m = take(name);
    return m ? to_values(*m) : core::named_values{};
  }
  std::optional<simdjson::dom::object> object(std::string_view name);
  std::optional<simdjson::dom::array> array(std::string_view name);
  /// Whether it is there and null: reads it then.
  bool take_null(std::string_view name);

  void complain(core::problem p);
  void expect(std::string_view name, std::string expected);
  /// After all reads: the first problem, or that of a parameter that nobody asked for.
  std::optional<core::problem> finish();

private:
  struct member {
    member(std::string_view n, simdjson::dom::element v) : name(n), value(v) {}

    std::string_view name;
    simdjson::dom::element value;
    bool used = false;
  };

  void read(simdjson::dom::object object);
  /// Null where it is not there.
  const member* take(std::string_view name) {
    assert(std::find(asked_.begin(), asked_.end(), name) == asked_.end());
    asked_.emplace_back(name.data(), name.size());
    // Most clients write them in the order in which they are asked for.
    if (next_ < members_.size() && members_[next_].name == name) return use(next_);
    return used_ == members_.size() ? nullptr : take_elsewhere(name);
  }
  const member* take_elsewhere(std::string_view name);
  const member* use(std::size_t index) {
    next_ = index + 1;
    member& m = members_[index];
    if (!std::exchange(m.used, true)) ++used_;
    return &m;
  }
  const member* find(std::string_view name) const {
    for (const member& m : members_)
      if (m.name == name) return &m;
    return nullptr;
  }

  std::optional<std::string_view> view_text(const member& m);
  std::string to_text(const member* m, std::string_view name);
  std::optional<std::string> to_optional_text(const member& m);
  core::thing_id to_id(const member* m, std::string_view name);
  std::optional<core::thing_id> to_optional_id(const member& m);
  bool to_flag(const member& m, bool otherwise);
  core::named_values to_values(const member& m);

  // Most methods have fewer, and most requests are small: no memory is asked for then.
  boost::container::small_vector<member, 8> members_;
  boost::container::small_vector<std::string_view, 8> asked_;
  std::size_t next_ = 0;  // of members_, behind the one that was taken last
  std::size_t used_ = 0;  // so many of them were taken
  std::string within_;
  std::optional<core::problem> problem_;
};

}  // namespace unscripted::gateway
