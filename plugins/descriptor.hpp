// A file descriptor that is closed with the object.
#pragma once

#include <unistd.h>
#include <utility>

namespace unscripted::plugins {

class descriptor {
public:
  /// Takes what open() gave; a negative number is none.
  explicit descriptor(int number = -1) noexcept : number_(number) {}
  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  descriptor& operator=(descriptor&&) = delete;
  ~descriptor() { close(); }

  explicit operator bool() const noexcept { return number_ >= 0; }
  int number() const noexcept { return number_; }
  void close() noexcept {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

private:
  int number_;
};

}  // namespace unscripted::plugins
