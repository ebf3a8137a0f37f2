#include "cli/export_file.hpp"

#include "cli/failure.hpp"

#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <utility>

namespace unscripted::cli {

export_file::export_file(std::string name) : name_(std::move(name)) {
  if (name_.empty()) {
    file_ = stdout;
    return;
  }
  partial_ = partial_of(name_);
  file_ = std::fopen(partial_.c_str(), "wb");
  if (file_ == nullptr) fail(errno);
}

export_file::~export_file() {
  if (file_ == nullptr || file_ == stdout) return;
  std::fclose(file_);
  std::remove(partial_.c_str());
}

void export_file::fail(int error) const {
  const std::string why = std::strerror(error);
  if (name_.empty()) {
    throw failed("standard output takes no more (" + why + "): the export is not whole");
  }
  throw failed("cannot write " + partial_ + ": " + why + "; there is no " + name_ +
               " of this export");
}

void export_file::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail(errno);
  bytes_ += bytes.size();
}

void export_file::finish() {
  if (std::fflush(file_) != 0) fail(errno);
  if (file_ == stdout) return;
  if (fsync(fileno(file_)) != 0) fail(errno);
  if (std::fclose(std::exchange(file_, nullptr)) != 0 ||
      std::rename(partial_.c_str(), name_.c_str()) != 0) {
    const int error = errno;
    std::remove(partial_.c_str());
    fail(error);
  }
}

}  // namespace unscripted::cli
