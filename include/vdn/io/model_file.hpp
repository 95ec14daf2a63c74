#pragma once
// The model file: everything a Forecaster is, versioned and checked.

#include <cstdint>
#include <string>
#include <string_view>

#include <vdn/model/forecaster.hpp>

namespace vdn {

/// Writes the forecaster to a temporary name and renames it; folders that are missing are made. The layout is
/// docs/file_format.md. Throws Error (cannot_create, io), Error (software) for a forecaster that load_model would not
/// take.
void save_model(const Forecaster& forecaster, const std::string& path);

/// The bytes save_model writes. `place` names them in messages. Throws Error (software) as it does.
std::string model_bytes(const Forecaster& forecaster, const std::string& place = "model");

/// Reads it back: everything but the buffers is equal to what was saved. Files of every earlier version are read too;
/// what they did not hold is as a Forecaster has it at first. Throws Error: (no_input) when there is no such file,
/// (data) when it is no model file, of a newer version, truncated or corrupt. Sizes are checked against the file's
/// length before anything is allocated.
Forecaster load_model(const std::string& path);

/// The forecaster of such bytes: a second one of a model, which cannot be copied, or one that came over a wire. `place`
/// names them in messages. Throws Error (data) as load_model does.
Forecaster model_of_bytes(std::string_view bytes, const std::string& place = "model");

/// True when the file can be read and begins as model files do.
bool is_model_file(const std::string& path);

inline constexpr std::uint32_t model_file_version = 2;

}  // namespace vdn
