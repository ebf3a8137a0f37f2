#include "core/lookout.hpp"

namespace unscripted::core {

namespace {

// In bots: what is fetched then is read so many looks later, and needed to fetch what is next.
constexpr std::size_t a_while = 4;
constexpr std::size_t farthest = 3 * a_while;

}  // namespace

void lookout::begin(const world& w, std::span<const serial> bots) {
  world_ = &w;
  bots_ = bots;
  now_ = 0;
  sight_ = sight_of(w);
  for (std::size_t bot = 0; bot < farthest; ++bot) have_fetched(bot);
  glance_of(0);
}

const std::vector<offer>& lookout::look() {
  have_fetched(now_ + farthest);
  glance_of(now_ + 1);
  list_offers(*world_, who(), seen_[now_ % 2], offers_);
  ++now_;
  return offers_;
}

// Of this bot itself, and of those before it what comes after that. There is none before the first:
// less than 0 is more than all.
void lookout::have_fetched(std::size_t bot) const {
  if (world_->fits_caches()) return;
  const std::size_t nearer = bot - a_while, nearest = nearer - a_while;
  if (bot < bots_.size()) world_->prefetch(bots_[bot]);
  if (nearer < bots_.size()) world_->prefetch_target_cells(bots_[nearer], sight_);
  if (nearest < bots_.size()) world_->prefetch_targets(bots_[nearest], sight_);
}

void lookout::glance_of(std::size_t bot) {
  if (bot < bots_.size()) glance(*world_, *world_->find(bots_[bot]), seen_[bot % 2]);
}

}  // namespace unscripted::core
