#include "gateway/http/process_figures.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace unscripted::gateway {

namespace {

// Places in /proc/self/stat, counted from the process's state, which is the third: its name before
// that may have blanks in it.
enum stat_place : std::size_t { user_ticks = 11, system_ticks, thread_count = 17, start = 19 };
constexpr std::size_t resident_pages = 21;

std::vector<double> read_stat() {
  std::ifstream file{"/proc/self/stat"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto name_end = text.rfind(") ");
  if (name_end == text.npos) return {};
  std::istringstream words{text.substr(name_end + 4)};  // behind the state's letter
  std::vector<double> values{0};
  for (double x = 0; words >> x;) values.push_back(x);
  return values;
}

double boot_time() {
  std::ifstream file{"/proc/stat"};
  for (std::string word; file >> word;)
    if (double seconds = 0; word == "btime" && file >> seconds) return seconds;
  return 0;
}

double count_fds() {
  std::error_code ignored;
  double count = 0;
  for (std::filesystem::directory_iterator it{"/proc/self/fd", ignored}, end; it != end;
       it.increment(ignored))
    ++count;
  return count > 0 ? count - 1 : 0;  // one of them was that of the look
}

}  // namespace

process_figures measure_process() {
  process_figures found;
  const auto stat = read_stat();
  const auto ticks_a_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  if (stat.size() > resident_pages) {
    found.cpu_seconds = (stat[user_ticks] + stat[system_ticks]) / ticks_a_second;
    found.threads = stat[thread_count];
    found.start_time_seconds = boot_time() + stat[start] / ticks_a_second;
    found.resident_bytes = stat[resident_pages] * static_cast<double>(sysconf(_SC_PAGESIZE));
  }
  found.open_fds = count_fds();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) found.max_fds = static_cast<double>(limit.rlim_cur);
  return found;
}

}  // namespace unscripted::gateway
