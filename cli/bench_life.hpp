// How fast bots live: those with minds in the server, and both kinds in the measure that counts.
//
// Whatever is kept is checked: after the measure the server is stopped and its histories are gone
// through, and must end in the states that it showed. Everything runs on one machine and in one
// process, the clients included.
#pragma once

#include "cli/stop_flag.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::cli {

struct hosted_bench_settings {
  std::uint32_t bots = 10;  // in each world
  std::uint32_t worlds = 1;
  unsigned threads = 0;       // of the server; 0: one a core
  std::string pace = "free";  // or lockstep
  std::string durability = "wal";
  std::optional<double> sight = {};    // m, how far bots see; else 50, which is hundreds of things
  double seconds = 5;                  // of measuring, after a tenth of it to warm up
  std::optional<std::uint64_t> ticks;  // exactly so many of each world instead, and no warming up
  std::uint64_t seed = 1;              // of the first world; the next has the next one
  bool disk = false;                   // tell the bytes on disk, which takes a compaction
};

struct hosted_bench_result {
  double seconds = 0;
  std::uint64_t actions = 0;  // in all worlds
  double actions_per_s = 0;   // in all worlds
  double ticks_per_s = 0;     // of one world, on average
  std::uint64_t records = 0;  // in the histories, which were checked; 0: none is kept
  double disk_bytes = 0;      // a record, after compaction; 0 where not asked for
  double bot_bytes = 0;       // of memory that a bot took, standing still; 0: too few to tell
  double busy_bot_bytes = 0;  // the same at the end of the measure, with all that was written
  std::string hash;           // of all worlds at the end
};

/// Bots with random minds in the server. In lockstep, with the same seed, bots, worlds and ticks,
/// the states at the end are the same on any number of threads.
/// Throws failed, refused or cannot_connect. [blocking]
hosted_bench_result bench_hosted(const hosted_bench_settings& settings, const stop_flag& stop);

/// A table of one row, or an object in one line.
void print_bench(const hosted_bench_settings& settings, const hosted_bench_result& result,
                 bool json);

struct life_bench_settings {
  std::vector<std::uint32_t> bots{10, 1000};  // in a world; each is measured by itself
  double seconds = 5;                         // of each measure
  unsigned threads = 0;                       // of the server; 0: one a core
  std::uint64_t seed = 1;
};

struct life_bench_row {
  std::uint32_t bots = 0;
  bool is_hosted = false;
  double actions_per_s = 0, ticks_per_s = 0;
  std::uint64_t records = 0;
  std::string hash;

  /// That all bots together live in an hour of this machine.
  double years_per_hour() const;
  /// How many times faster than life the world goes.
  double times_life() const;
};

/// The headline: bots that live at random, remote (over TCP, each with its whole perception before
/// each choice) and hosted, pace free, every step in a write-ahead log.
/// Throws failed, refused or cannot_connect. [blocking]
std::vector<life_bench_row> bench_life(const life_bench_settings& settings, stop_flag& stop);

void print_bench(const life_bench_settings& settings, const std::vector<life_bench_row>& rows,
                 bool json);

}  // namespace unscripted::cli
