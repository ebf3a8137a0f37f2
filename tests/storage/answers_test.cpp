// Answers to keyed actions, kept beside the records.
#include "core/bytes.hpp"
#include "storage/engine.hpp"
#include "storage/kept_answer.hpp"
#include "storage/keys.hpp"
#include "tests/storage/test_world.hpp"

#include <random>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

kept_answer an_answer(std::uint64_t seq, core::outcome outcome = core::outcome::done) {
  kept_answer told;
  told.seq = seq;
  told.tick = 3 * seq;
  told.bot = 7;
  told.key = "key-" + std::to_string(seq);
  told.wish = 0xfeed'0000'0000'0000u + seq;
  told.outcome = outcome;
  if (outcome != core::outcome::done) told.reason = "not_in_reach";
  if (outcome == core::outcome::fault) told.plugin = "org.example.probe";
  if (seq % 2) told.pos = core::vec3{-1, 2'000'000, core::vec3{}.z + 5};
  return told;
}

struct with_answers {
  temp_folder folder;
  std::unique_ptr<store> s = open_store(folder.path());
  core::world_number number = new_world(*s, "eden");
  living_world w{*s, number, 1};

  with_answers() {
    w.found("eden");
    w.live(10);
    core::record r;
    r.seq = w.state().seq() + 1;
    r.command = core::advance_command{};
    commit_builder builder;
    builder.add(r, w.state().shared_catalogue());
    builder.keep(an_answer(r.seq - 1));
    builder.keep(an_answer(r.seq));
    must(w.past().append(builder, r.tick, w.state().hash()));
    CHECK(builder.answers().empty());
  }
  std::vector<kept_answer> answers() { return must(history_reader(*s, number).answers()); }
};

}  // namespace

TEST_CASE("a kept answer is what was kept") {
  for (const auto outcome : {core::outcome::done, core::outcome::refused, core::outcome::fault}) {
    for (std::uint64_t seq = 1; seq < 3; ++seq) {
      const kept_answer told = an_answer(seq, outcome);
      std::string bytes;
      encode_answer(told, bytes);
      CHECK(decode_answer(seq, bytes) == told);
    }
  }
}

TEST_CASE("a kept answer that is cut or too long is not believed") {
  std::string bytes;
  encode_answer(an_answer(1, core::outcome::fault), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(decode_answer(1, std::string_view(bytes).substr(0, size)));
  CHECK_FALSE(decode_answer(1, bytes + 'x'));
}

TEST_CASE("random bytes are no kept answer, or one that encodes to itself") {
  const std::uint64_t seed = a_seed();
  CAPTURE(seed);
  std::mt19937_64 chance(seed);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(chance() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(chance());
    if (bytes.size() > 3) bytes[0] = 1, bytes[1] &= 7, bytes[2] &= 3, bytes[3] &= 15;
    const auto told = decode_answer(1, bytes);
    if (!told) continue;
    CHECK(told->key.size() <= core::key_bytes_max);
    std::string again;
    encode_answer(*told, again);
    CHECK(decode_answer(1, again) == told);
  }
}

TEST_CASE_METHOD(with_answers, "answers are there after a restart, in order") {
  const auto before = answers();
  CHECK(before == std::vector{an_answer(14), an_answer(15)});
  s.reset();
  s = open_store(folder.path());
  CHECK(answers() == before);
}

TEST_CASE_METHOD(with_answers, "the answers of a deleted world leave the disk") {
  must(s->delete_world(number));
  must(s->wait_for_reclaim());
  const auto it = s->internals().iterate(family::answers, rocksdb::ReadOptions());
  it->SeekToFirst();
  CHECK_FALSE(it->Valid());
}

TEST_CASE_METHOD(with_answers, "an answer that is not readable stops its world, and is told") {
  engine& in = s->internals();
  rocksdb::WriteBatch batch;
  batch.Put(in.handle(family::answers), seq_key(number, 15), "nonsense");
  must(in.write(batch));
  const auto read = history_reader(*s, number).answers();
  REQUIRE_FALSE(read);
  CHECK(read.why().kind == failure_kind::corrupt);
  CHECK(read.why().message.find("seq 15") != std::string::npos);
}
