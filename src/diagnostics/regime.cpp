#include <vdn/diagnostics/regime.hpp>

#include <algorithm>
#include <cmath>

namespace vdn {

void RegimeRecord::remember(StateArchive& archive) {
  for (const NeuronFigure& figure : neuron_figures) archive.list(this->*figure.values);
  for (double* number : {&mu2_mean, &sigma_mean, &kl_mean, &info_sum, &alive, &macro_kl, &frac_low, &frac_high, &inside,
                         &active_units, &alive_kl_mean, &autocorrelation_mean}) {
    archive.value(*number);
  }
}

double neuron_information(double variance, double noise) {
  return 0.5 * std::log1p(std::max(0.0, variance) / noise);
}

RegimeSums::RegimeSums(const neuron::NeuronLayer& layer, control::Activity activity)
    : dims_(layer.dims()), pool_factor_(layer.pool_factor()), pooled_(activity == control::Activity::pooled) {
  for (auto* sums : {&mu_, &mu2_, &sigma_, &sigma2_}) sums->resize(layer.neurons() * dims_);
  for (auto* sums : {&kl_, &ratio_, &activity_, &paid_}) sums->resize(layer.neurons());
}

void RegimeSums::add(ConstMatrix<float> mu, ConstMatrix<float> sigma, ConstMatrix<float> kl, Range rows) {
  for (std::size_t b = rows.begin; b < rows.end; ++b) add_row(mu.row(b), sigma.row(b), kl.row(b));
  rows_ += rows.size();
}

void RegimeSums::add_row(std::span<const float> mu, std::span<const float> sigma, std::span<const float> kl) {
  const double share = 1.0 / static_cast<double>(dims_);
  for (std::size_t i = 0; i < kl.size(); ++i) {
    double pooled = 0.0, ratio = 0.0, squares = 0.0;
    for (std::size_t c = i * dims_; c < (i + 1) * dims_; ++c) {
      const double m = mu[c], s = sigma[c], m2 = m * m, s2 = s * s;
      mu_[c] += m;
      mu2_[c] += m2;
      sigma_[c] += s;
      sigma2_[c] += s2;
      pooled += m;
      squares += m2;
      ratio += m2 / s2;
    }
    const double activity = pool_factor_ * pooled;
    activity_[i] += pooled_ ? activity * activity : squares * share;
    ratio_[i] += ratio * share;
    const double price = kl[i];
    kl_[i] += price;
    if (price > alive_price) paid_[i] += 1.0;
  }
}

void RegimeSums::add(const RegimeSums& other) {
  rows_ += other.rows_;
  for (auto sums : {&RegimeSums::mu_, &RegimeSums::mu2_, &RegimeSums::sigma_, &RegimeSums::sigma2_, &RegimeSums::kl_,
                    &RegimeSums::ratio_, &RegimeSums::activity_, &RegimeSums::paid_}) {
    for (std::size_t c = 0; c < (this->*sums).size(); ++c) (this->*sums)[c] += (other.*sums)[c];
  }
}

RegimeRecord RegimeSums::record() const {
  RegimeRecord r;
  const double one = 1.0 / static_cast<double>(rows_), N = static_cast<double>(kl_.size());
  r.alive_kl_mean = 0.0;
  for (std::size_t i = 0; i < kl_.size(); ++i) {
    double sigma = 0.0, variance = 0.0, noise = 0.0;  // the last two summed over the K dimensions
    for (std::size_t c = i * dims_; c < (i + 1) * dims_; ++c) {
      const double mean = mu_[c] * one;
      sigma += sigma_[c] * one / static_cast<double>(dims_);
      variance += mu2_[c] * one - mean * mean;
      noise += sigma2_[c] * one;
    }
    const double activity = activity_[i] * one, kl = kl_[i] * one, info = neuron_information(variance, noise);
    r.mu2_mean += activity / N;
    r.sigma_mean += sigma / N;
    r.kl_mean += kl / N;
    r.info_sum += info;
    r.alive += info > alive_information ? 1.0 / N : 0.0;
    r.alive_kl_mean += paid_[i] * one / N;
    r.mu2.push_back(static_cast<float>(activity));
    r.sigma.push_back(static_cast<float>(sigma));
    r.kl.push_back(static_cast<float>(kl));
    r.info.push_back(static_cast<float>(info));
    r.variance.push_back(static_cast<float>(std::max(0.0, variance)));
    r.ratio.push_back(static_cast<float>(ratio_[i] * one));
    r.alive_kl.push_back(static_cast<float>(paid_[i] * one));
  }
  return r;
}

void add_bands(RegimeRecord& regime, const control::Bands& bands, std::span<const double> targets) {
  const std::vector<double> activity(regime.mu2.begin(), regime.mu2.end());
  const control::Occupancy shares = control::occupancy(bands, activity);
  regime.frac_low = shares.low;
  regime.frac_high = shares.high;
  regime.inside = shares.inside();
  regime.band_low.assign(bands.low.begin(), bands.low.end());
  regime.band_high.assign(bands.high.begin(), bands.high.end());
  regime.active_units = 0.0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (static_cast<double>(regime.variance[i]) > 0.01 * targets[i]) {
      regime.active_units += 1.0 / static_cast<double>(targets.size());
    }
  }
}

void add_autocorrelation(RegimeRecord& regime, std::vector<float> autocorrelation) {
  double sum = 0.0, count = 0.0;
  for (const float value : autocorrelation) {
    if (!std::isfinite(value)) continue;
    sum += value;
    count += 1.0;
  }
  regime.autocorrelation_mean = sum / count;  // NaN of none
  regime.autocorrelation = std::move(autocorrelation);
}

control::Bands bands_of(const NeuronFigures& figures) {
  return {{figures.band_low.begin(), figures.band_low.end()}, {figures.band_high.begin(), figures.band_high.end()}};
}

}  // namespace vdn
