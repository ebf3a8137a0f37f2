// One piece of a history, decided again. Internal to storage.
#pragma once

#include "core/mirror.hpp"
#include "storage/playback.hpp"
#include "storage/verify.hpp"

#include <deque>

namespace unscripted::storage {

/// Used by one thread.
class verify_piece {
public:
  verify_piece(const verify_options& options, playback at);

  /// Decides the next record, and applies what the history says. Not at the end.
  result<std::optional<divergence>> step();

  const playback& at() const { return at_; }
  /// The plugins that other builds stood in for, so far.
  const std::vector<plugin_change>& changes() const { return changes_; }

private:
  std::optional<failure> choose_world();
  void choose_plugins();
  std::optional<core::mismatch> decide_again(const core::record& r);
  std::optional<failure> advance();
  void note_changes();
  divergence describe(const core::record& r, core::mismatch difference) const;
  void remember(const core::record& r);

  const verify_options& options_;
  core::catalogue_ptr with_;  // decides now
  playback at_;
  std::optional<core::mirror> mirror_;  // where plugins describe themselves otherwise than there
  core::record decided_;                // reused
  std::deque<named_record> recent_;     // the last few
  std::vector<plugin_change> changes_;
};

}  // namespace unscripted::storage
