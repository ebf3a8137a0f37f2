// Runs the real program, as a shell would.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::tests {

struct finished {
  int exit_code = -1;  // 128 + the signal's number where one ended it
  std::string out, err;
};

/// A running program, ended at the latest with this object. Not thread-safe.
class process {
public:
  /// `environment` is added to ours, as NAME=value; variables UNSCRIPTED_* of ours are left out.
  explicit process(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& environment = {});
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// Reads until a line of standard output begins so, and returns the rest of that line.
  /// Throws std::runtime_error where the output ends first, or nothing comes for a minute.
  std::string wait_for_line(std::string_view beginning);

  void send(int signal);

  /// Reads all output until the program ends. Throws std::runtime_error after a minute without any.
  finished finish();

private:
  bool read_some();  // false once both outputs have ended

  int pid_ = -1;
  int out_pipe_ = -1, err_pipe_ = -1;
  std::string out_, err_;
  std::size_t looked_at_ = 0;  // lines before this were offered to wait_for_line()
};

/// Runs it to its end.
finished run(const std::vector<std::string>& arguments,
             const std::vector<std::string>& environment = {});

/// A server on a free port with its own data folder; stopped and removed with this object.
class test_server {
public:
  explicit test_server(std::vector<std::string> more_arguments = {});
  ~test_server();

  /// HOST:PORT.
  const std::string& address() const { return address_; }
  /// Runs a client verb against it.
  finished ask(std::vector<std::string> arguments) const;
  process& program() { return program_; }

private:
  std::filesystem::path data_;
  process program_;
  std::string address_;
};

/// A new empty folder.
std::filesystem::path fresh_folder();

/// The bool, number or text of a member of a JSON object, as it stands there; empty if there is
/// none.
std::string member(const std::string& json, std::string_view name);

}  // namespace unscripted::tests
