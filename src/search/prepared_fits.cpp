#include <vdn/search/prepared_fits.hpp>

namespace vdn::search {
namespace {

constexpr std::size_t most_kept = 8;  // each holds the table in single precision

}  // namespace

std::shared_ptr<const PreparedFit> PreparedFits::get(const FitJob& job, Scheduler& scheduler) {
  const std::string key = preparation_key(job);
  std::promise<std::shared_ptr<const PreparedFit>> promise;
  Future known;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, future] : kept_) {
      if (name == key) known = future;
    }
    if (!known.valid()) {
      kept_.emplace_front(key, promise.get_future().share());
      if (kept_.size() > most_kept) kept_.pop_back();
    }
  }
  if (known.valid()) return known.get();
  try {
    auto prepared = std::make_shared<const PreparedFit>(prepare_fit(data_, job, scheduler));
    promise.set_value(prepared);
    return prepared;
  } catch (...) {
    promise.set_exception(std::current_exception());
    throw;
  }
}

}  // namespace vdn::search
