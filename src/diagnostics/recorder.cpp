#include <vdn/diagnostics/recorder.hpp>

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <system_error>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

static_assert(std::endian::native == std::endian::little, "neurons.bin is little-endian, as is memory");

constexpr char magic[8] = {'V', 'D', 'N', 'N', 'E', 'U', 'R', 'O'};
constexpr std::uint32_t version = 1;
constexpr std::size_t fixed_bytes = 28;  // magic, version, N, Q, settings, length of the names
constexpr std::uint32_t most_names = 1u << 16;

void put(std::vector<char>& bytes, std::uint32_t number) {
  bytes.resize(bytes.size() + 4);
  std::memcpy(bytes.data() + bytes.size() - 4, &number, 4);
}

std::uint32_t get(std::span<const char> bytes, std::size_t at) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, 4);
  return number;
}

std::string cause() {
  return std::generic_category().message(errno);
}

std::vector<char> make_header(std::size_t neurons, std::uint32_t settings) {
  std::string names;
  for (const NeuronFigure& figure : neuron_figures) names += std::string(figure.name) + "\n";
  std::vector<char> bytes(magic, magic + sizeof(magic));
  for (const std::uint32_t number :
       {version, static_cast<std::uint32_t>(neurons), static_cast<std::uint32_t>(neuron_figures.size()), settings,
        static_cast<std::uint32_t>(names.size())}) {
    put(bytes, number);
  }
  bytes.insert(bytes.end(), names.begin(), names.end());
  put(bytes, crc32_of(bytes));
  return bytes;
}

/// The file as it is read, from its beginning.
class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {
    errno = 0;
    file_.open(path, std::ios::binary);
    std::error_code problem;
    if (!file_ || std::filesystem::is_directory(path, problem)) {
      throw Error(ErrorKind::no_input, path, "cannot be read: " + (errno ? cause() : std::string("it is a folder")),
                  "'vdn fit' writes it into its --out folder");
    }
    size_ = static_cast<std::size_t>(std::filesystem::file_size(path, problem));
    if (problem) throw Error(ErrorKind::no_input, path, "cannot be read: " + problem.message());
  }

  NeuronHistory read() {
    NeuronHistory history;
    read_header(history);
    const std::size_t numbers = history.figures.size() * history.neurons, bytes = 8 + 4 * numbers;
    const std::size_t records = (size_ - used_) / bytes;
    history.cut = records * bytes != size_ - used_;
    if (records == 0) return history;  // a forged number of neurons allocates nothing
    history.values.reserve(records * numbers);
    std::vector<char> record(bytes);
    for (std::size_t r = 0; r < records; ++r) {
      if (!file_.read(record.data(), static_cast<std::streamsize>(bytes))) {
        history.cut = true;  // made shorter meanwhile
        break;
      }
      take_record(record, numbers, history);
    }
    return history;
  }

 private:
  [[noreturn]] void refuse(const std::string& problem) const {
    throw Error(ErrorKind::data, path_, problem, "give the neurons.bin of a 'vdn fit'");
  }

  void more(std::vector<char>& bytes, std::size_t count) {
    if (size_ - used_ < count) refuse("ends within its header");
    const std::size_t before = bytes.size();
    bytes.resize(before + count);
    file_.read(bytes.data() + before, static_cast<std::streamsize>(count));
    if (!file_) refuse("ends within its header");
    used_ += count;
  }

  void read_header(NeuronHistory& history) {
    std::vector<char> bytes;
    more(bytes, fixed_bytes);
    if (std::memcmp(bytes.data(), magic, sizeof(magic)) != 0) refuse("is not a record of neurons");
    if (const std::uint32_t found = get(bytes, 8); found != version) {
      refuse("has version " + std::to_string(found) + ", this vdn reads version " + std::to_string(version));
    }
    const std::uint32_t figures = get(bytes, 16), length = get(bytes, 24);
    if (length > most_names) refuse("has a damaged header");
    more(bytes, length + 4);
    if (get(bytes, fixed_bytes + length) != crc32_of(std::span<const char>(bytes).first(fixed_bytes + length))) {
      refuse("has a damaged header");
    }
    history.neurons = get(bytes, 12);
    history.settings = get(bytes, 20);
    std::string name;
    for (const char c : std::span<const char>(bytes).subspan(fixed_bytes, length)) {
      if (c != '\n') {
        name += c;
      } else {
        history.figures.push_back(std::exchange(name, {}));
      }
    }
    if (history.figures.size() != figures || !name.empty()) refuse("has a damaged header");
  }

  static void take_record(std::span<const char> record, std::size_t numbers, NeuronHistory& history) {
    const std::size_t body = record.size() - 4;
    if (get(record, body) != crc32_of(record.first(body))) {
      ++history.damaged;
      return;
    }
    history.epochs.push_back(get(record, 0));
    const std::size_t before = history.values.size();
    history.values.resize(before + numbers);
    if (numbers > 0) std::memcpy(history.values.data() + before, record.data() + 4, 4 * numbers);
  }

  std::string path_;
  std::ifstream file_;
  std::size_t size_ = 0, used_ = 0;
};

}  // namespace

std::uint32_t crc32_of(std::span<const char> bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

NeuronRecorder::NeuronRecorder(std::string path, std::size_t neurons, std::uint32_t settings)
    : path_(std::move(path)), neurons_(neurons) {
  errno = 0;
  file_.open(path_, std::ios::trunc | std::ios::binary);
  const std::vector<char> header = make_header(neurons, settings);
  if (file_) file_.write(header.data(), static_cast<std::streamsize>(header.size())).flush();
  if (!file_) {
    throw Error(ErrorKind::cannot_create, path_, "cannot be written: " + cause(), "choose a place you may write to");
  }
}

void NeuronRecorder::append(std::size_t epoch, const NeuronFigures& figures) {
  record_.clear();
  put(record_, static_cast<std::uint32_t>(epoch));
  const std::vector<float> unknown(neurons_, std::numeric_limits<float>::quiet_NaN());
  for (const NeuronFigure& figure : neuron_figures) {
    const std::vector<float>& known = figures.*figure.values;
    if (!known.empty() && known.size() != neurons_) {
      throw Error(ErrorKind::software, path_, std::string(figure.name) + " is of another number of neurons");
    }
    const auto* bytes = reinterpret_cast<const char*>((known.empty() ? unknown : known).data());
    record_.insert(record_.end(), bytes, bytes + 4 * neurons_);
  }
  put(record_, crc32_of(record_));
  errno = 0;
  file_.write(record_.data(), static_cast<std::streamsize>(record_.size())).flush();
  if (!file_) throw Error(ErrorKind::io, path_, "cannot be written: " + cause(), "is the disk full?");
}

std::span<const float> NeuronHistory::figure(std::size_t e, std::string_view name) const {
  const auto found = std::find(figures.begin(), figures.end(), name);
  if (found == figures.end()) return {};
  const auto q = static_cast<std::size_t>(found - figures.begin());
  return std::span<const float>(values).subspan((e * figures.size() + q) * neurons, neurons);
}

NeuronFigures NeuronHistory::at(std::size_t e) const {
  NeuronFigures all;
  for (const NeuronFigure& known : neuron_figures) {
    const auto recorded = figure(e, known.name);
    if (std::all_of(recorded.begin(), recorded.end(), [](float value) { return std::isnan(value); })) continue;
    (all.*known.values).assign(recorded.begin(), recorded.end());
  }
  return all;
}

NeuronHistory read_neurons(const std::string& path) {
  return Reader(path).read();
}

}  // namespace vdn
