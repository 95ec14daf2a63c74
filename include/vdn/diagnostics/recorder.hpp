#pragma once
// neurons.bin: what every neuron did in every epoch, appended as training goes (docs/file_format.md).

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vdn/diagnostics/regime.hpp>

namespace vdn {

/// Writes the file: a header, then one record of fixed size an epoch, flushed each.
class NeuronRecorder {
 public:
  /// Begins the file anew. `settings` is a checksum that tells runs apart (NeuronHistory::settings). Throws Error
  /// (cannot_create) when it cannot be opened.
  NeuronRecorder(std::string path, std::size_t neurons, std::uint32_t settings);
  /// Figures that are not known are recorded as NaN. Throws Error (io) when the record cannot be written, Error
  /// (software) when a figure is of another number of neurons.
  void append(std::size_t epoch, const NeuronFigures& figures);

 private:
  std::string path_;
  std::size_t neurons_;
  std::ofstream file_;
  std::vector<char> record_;
};

/// A file read back: E epochs of Q figures of N neurons.
struct NeuronHistory {
  std::size_t neurons = 0;             ///< N
  std::uint32_t settings = 0;          ///< the checksum given to the recorder
  std::vector<std::string> figures{};  ///< Q names
  std::vector<std::size_t> epochs{};   ///< E epoch numbers
  std::vector<float> values{};         ///< [E][Q][N]
  std::size_t damaged = 0;             ///< records passed over: their checksum is wrong
  bool cut = false;                    ///< the last record is not whole

  /// A figure in record e, [N]; empty when it was not recorded.
  std::span<const float> figure(std::size_t e, std::string_view name) const;
  /// All figures of record e; one of NaN alone becomes empty.
  NeuronFigures at(std::size_t e) const;
};

/// Reads a file that may still be written to: a last record that is not whole is left out. Throws Error (no_input) when
/// it cannot be read, Error (data) when it is no such file or its header is damaged.
NeuronHistory read_neurons(const std::string& path);

/// CRC-32 (that of zlib), the checksum of header and records.
std::uint32_t crc32_of(std::span<const char> bytes);

}  // namespace vdn
