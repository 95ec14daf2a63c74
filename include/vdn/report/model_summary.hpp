#pragma once
// What a model file holds, for people and for scripts.

#include <cstddef>
#include <string>
#include <vector>

#include <vdn/model/forecaster.hpp>
#include <vdn/model/naive_pool.hpp>

namespace vdn {

/// A setting as the model has it.
struct SettingRow {
  std::string name, value, origin;  ///< origin: "preset default", "--set" ...; "" when not recorded
  std::string preset_value;         ///< what the model's preset says
  bool changed = false;             ///< value and preset_value differ
};

/// Every setting, those that differ from the preset first, each group in order of declaration. A preset this program
/// does not know is taken for "default".
std::vector<SettingRow> setting_rows(const Forecaster& model);

/// Trainable numbers, padding not counted.
std::size_t parameter_count(const Forecaster& model);

/// The weights of a pool, in a line: "last value 20%, last season 5%, the network the rest".
std::string pool_text(const NaivePool& pool);

/// The kind of model, its data, training, regime, settings with their origins and sizes of tensors. `file_bytes` is the
/// length of its file.
std::string model_summary_text(const Forecaster& model, const std::string& path, std::size_t file_bytes);

/// The same as one JSON object: {"model", "bytes", "preset", "twin", "horizon", "lookback", "neurons", "dims",
/// "parameters", "version", "data", "training", "regime", "settings", "tensors"}. What is not known is null.
std::string model_summary_json(const Forecaster& model, const std::string& path, std::size_t file_bytes);

}  // namespace vdn
