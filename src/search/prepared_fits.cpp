#include <vdn/search/prepared_fits.hpp>

namespace vdn::search {
namespace {

constexpr std::size_t most_kept = 8;  // each holds the table in single precision

}  // namespace

std::shared_ptr<const PreparedFit> PreparedFits::get(const FitJob& job, Scheduler& scheduler) {
  const std::string key = preparation_key(job);
  const std::lock_guard lock(mutex_);
  for (const auto& [known, prepared] : kept_) {
    if (known == key) return prepared;
  }
  kept_.emplace_front(key, std::make_shared<const PreparedFit>(prepare_fit(data_, job, scheduler)));
  if (kept_.size() > most_kept) kept_.pop_back();
  return kept_.front().second;
}

}  // namespace vdn::search
