// Why storage could not do what was asked: one line for a person (what, where, why, what to do) and
// a kind for the program. No exception leaves this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace unscripted::storage {

enum class failure_kind : std::uint8_t {
  unusable_folder,  // not creatable, not writable, a file in its place
  in_use,           // another process has the folder open
  newer_format,     // written by a newer version
  corrupt,          // bytes on disk are not what was written
  not_found,        // no such world, no such sequence
  misuse,           // the caller broke the contract; nothing was changed
  no_room,          // the disk is full; nothing was promised
  io,               // the disk or the operating system refused; nothing was promised
  broken,           // a write failed earlier, its outcome is unknown: exit and start again
};

struct failure {
  failure_kind kind = failure_kind::io;
  std::string message;
};

/// A value, or why there is none.
template <class T>
class [[nodiscard]] result {
public:
  result(T value) : content_(std::move(value)) {}
  result(failure why) : content_(std::move(why)) {}

  explicit operator bool() const { return content_.index() == 0; }
  T& operator*() { return std::get<0>(content_); }
  const T& operator*() const { return std::get<0>(content_); }
  T* operator->() { return &std::get<0>(content_); }
  const T* operator->() const { return &std::get<0>(content_); }
  failure& why() { return std::get<1>(content_); }
  const failure& why() const { return std::get<1>(content_); }

private:
  std::variant<T, failure> content_;
};

}  // namespace unscripted::storage
