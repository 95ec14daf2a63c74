#pragma once
// Sample paths of a forecaster: one fresh latent draw each (docs/method.md).

#include <cstdint>
#include <span>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/evaluate/future_density.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// Draws paths of a forecaster's windows in scaled units. Path n of a window comes from latent draw n, one component of
/// it held over the horizon, with residuals dependent in time as the model has learned (PathDependence). The
/// latent draw and the normals are pure functions of (seed, series, origin, n). The component depends on how many paths
/// share out the weights (sample_paths), and the map of a calibrated model moves draws about the mean of those drawn
/// together: asked for another number of paths, path n is near, not equal. When latent draws are shared, paths n of an
/// origin's series are one future of them, and which path is number n depends on all that are drawn (pair_paths).
class PathSampler {
 public:
  /// `forecaster` must outlive the sampler.
  explicit PathSampler(Forecaster& forecaster);

  /// out [B*N, H]: path n of window b is row b*N + n. `density`, which may be null, is of the same windows and paths
  /// and is told every mixture they are drawn from.
  void sample(ConstMatrix<float> scaled, std::span<const Window> windows, std::size_t paths, Matrix<float> out,
              Scheduler& scheduler, FutureDensity* density = nullptr);
  /// The same marginals with every step drawn by itself.
  void sample_independent(ConstMatrix<float> scaled, std::span<const Window> windows, std::size_t paths,
                          Matrix<float> out, Scheduler& scheduler);

 private:
  template <class Draw>
  void each_chunk(ConstMatrix<float> scaled, std::span<const Window> windows, std::size_t paths, Scheduler& scheduler,
                  const Draw& draw);

  void pair(std::span<const Window> windows, std::size_t paths, Matrix<float> out) const;

  Forecaster& forecaster_;
  StreamKey stream_;
  std::vector<float> factor_;  ///< [H,H]
  ForecastBatch forecast_;
};

}  // namespace vdn
