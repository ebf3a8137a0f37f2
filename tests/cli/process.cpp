#include "tests/cli/process.hpp"

#include "cli/document.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace unscripted::tests {

namespace {

constexpr int silence_ms_max = 60'000;

bool says_http(const std::string& variable) { return variable.starts_with("UNSCRIPTED_HTTP="); }

std::vector<std::string> environment_of(const std::vector<std::string>& added) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("UNSCRIPTED_")) all.emplace_back(*entry);
  }
  // Servers of many tests at once don't fight for one port.
  if (std::none_of(added.begin(), added.end(), says_http)) all.emplace_back("UNSCRIPTED_HTTP=off");
  all.insert(all.end(), added.begin(), added.end());
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

process::process(const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment) {
  std::array<int, 2> out{}, err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error(std::strerror(errno));
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err[1], 2);

  std::vector<std::string> words{UNSCRIPTED_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto variables = environment_of(environment);
  const int error = posix_spawn(&pid_, UNSCRIPTED_BINARY, &actions, nullptr, pointers(words).data(),
                                pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  out_pipe_ = out[0];
  err_pipe_ = err[0];
  if (error != 0) throw std::runtime_error(std::strerror(error));
}

process::~process() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (out_pipe_ >= 0) close(out_pipe_);
  if (err_pipe_ >= 0) close(err_pipe_);
}

bool process::read_some() {
  std::array<pollfd, 2> pipes{{{out_pipe_, POLLIN, 0}, {err_pipe_, POLLIN, 0}}};
  if (out_pipe_ < 0 && err_pipe_ < 0) return false;
  const int ready = poll(pipes.data(), pipes.size(), silence_ms_max);
  if (ready == 0) throw std::runtime_error("nothing came for a minute; so far: " + out_ + err_);
  for (std::size_t i = 0; i < pipes.size(); ++i) {
    if (pipes[i].revents == 0) continue;
    std::array<char, 4096> bytes;
    const auto size = read(pipes[i].fd, bytes.data(), bytes.size());
    auto& pipe = i == 0 ? out_pipe_ : err_pipe_;
    if (size > 0) {
      (i == 0 ? out_ : err_).append(bytes.data(), static_cast<std::size_t>(size));
    } else if (size == 0 || errno != EINTR) {
      close(pipe);
      pipe = -1;
    }
  }
  return out_pipe_ >= 0 || err_pipe_ >= 0;
}

std::string process::wait_for_line(std::string_view beginning) {
  for (bool is_open = true;; is_open = read_some()) {
    for (auto end = out_.find('\n', looked_at_); end != out_.npos;
         end = out_.find('\n', looked_at_)) {
      const auto line = out_.substr(looked_at_, end - looked_at_);
      looked_at_ = end + 1;
      if (line.starts_with(beginning)) return line.substr(beginning.size());
    }
    if (!is_open) break;
  }
  throw std::runtime_error("no line \"" + std::string(beginning) + "\" in: " + out_ + err_);
}

void process::send(int signal) {
  if (pid_ > 0) kill(pid_, signal);
}

finished process::finish() {
  while (read_some()) {
    // Until both outputs end, which they do with the program.
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, out_, err_};
}

finished run(const std::vector<std::string>& arguments,
             const std::vector<std::string>& environment) {
  return process(arguments, environment).finish();
}

std::filesystem::path fresh_folder() {
  auto name = (std::filesystem::temp_directory_path() / "unscripted-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error(std::strerror(errno));
  return name;
}

namespace {

std::vector<std::string> serve_arguments(const std::filesystem::path& data,
                                         const std::vector<std::string>& more) {
  std::vector<std::string> all{"serve", "--data", data.string(), "--tcp", "127.0.0.1:0"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

test_server::test_server(std::vector<std::string> more_arguments)
  : data_(fresh_folder()), program_(serve_arguments(data_, more_arguments)),
    address_(program_.wait_for_line("listening on ")) {}

test_server::~test_server() {
  program_.send(SIGKILL);
  std::error_code ignored;
  std::filesystem::remove_all(data_, ignored);
}

finished test_server::ask(std::vector<std::string> arguments) const {
  return run(arguments, {"UNSCRIPTED_SERVER=" + address_});
}

std::string member(const std::string& json, std::string_view name) {
  const auto text = cli::raw_member(json, name);
  const bool is_text = text.size() >= 2 && text.front() == '"';
  return std::string(is_text ? text.substr(1, text.size() - 2) : text);
}

}  // namespace unscripted::tests
