#include <vdn/train/events.hpp>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

// Fields stay in the order they are written in; a figure that is not finite becomes null.
using Json = nlohmann::ordered_json;

std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string cause() {
  return std::generic_category().message(errno);
}

}  // namespace

EventLog::EventLog(std::string path) : path_(std::move(path)) {
  std::error_code ignored;  // opening gives the better message
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), ignored);
  errno = 0;
  file_.open(path_, std::ios::trunc | std::ios::binary);
  if (!file_) {
    throw Error(ErrorKind::cannot_create, path_, "cannot be opened: " + cause(), "choose a place you may write to");
  }
}

void EventLog::start(const Settings& settings, const std::string& preset, const std::string& source) {
  Json values = Json::object();
  for (const auto& parameter : settings_table().parameters()) values[parameter.name] = parameter.print(settings);
  line(to_line({{"event", "start"},
                {"source", source},
                {"preset", preset},
                {"horizon", settings.horizon},
                {"twin", twin_name(settings.twin)},
                {"settings", values}}));
}

void EventLog::epoch(const EpochReport& r) {
  line(to_line({{"event", "epoch"},
                {"epoch", r.epoch},
                {"epochs", r.epochs},
                {"steps", r.steps},
                {"train_loss", r.train_loss},
                {"train_nll", r.train_nll},
                {"train_kl", r.train_kl},
                {"gradient_norm", r.gradient_norm},
                {"validation_nll", r.validation_nll},
                {"validation_mse", r.validation_mse},
                {"best", r.best},
                {"mu2_mean", r.mu2_mean},
                {"sigma_mean", r.sigma_mean},
                {"kl_mean", r.kl_mean},
                {"info_sum", r.info_sum},
                {"alive", r.alive},
                {"seconds", r.seconds}}));
}

void EventLog::end(std::size_t epochs, std::size_t best_epoch, double seconds, bool interrupted) {
  line(to_line({{"event", "end"},
                {"epochs", epochs},
                {"best_epoch", best_epoch},
                {"seconds", seconds},
                {"interrupted", interrupted}}));
}

void EventLog::line(const std::string& json) {
  errno = 0;
  file_ << json << '\n';
  file_.flush();
  if (!file_) throw Error(ErrorKind::io, path_, "cannot be written: " + cause(), "is the disk full?");
}

}  // namespace vdn
