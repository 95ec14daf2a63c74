#pragma once
// The model file: everything a Forecaster is, versioned and checked.

#include <cstdint>
#include <string>

#include <vdn/model/forecaster.hpp>

namespace vdn {

/// Writes the forecaster to a temporary name and renames it. Layout, little-endian: "VDNMODEL", u32 version, u32 0,
/// u64 length of a JSON header, the header, zeros to a multiple of 64, then the tensors the header lists (name, shape,
/// offset from the first one; f32 parameters, f64 linear path), each at a multiple of 64, and last u32 CRC-32 of
/// everything before it. Throws Error (cannot_create, io), Error (software) for a forecaster that load_model would not
/// take.
void save_model(const Forecaster& forecaster, const std::string& path);

/// Reads it back: settings, preset, scaler, data record, linear path, parameters and training record, all equal to what
/// was saved. Throws Error: (no_input) when there is no such file, (data) when it is no model file, of a newer version,
/// truncated or corrupt. Sizes are checked against the file's length before anything is allocated.
Forecaster load_model(const std::string& path);

inline constexpr std::uint32_t model_file_version = 1;

}  // namespace vdn
