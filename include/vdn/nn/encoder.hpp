#pragma once
// The encoder: a window, or a pair of windows, becomes a context vector (docs/method.md).

#include <vdn/core/arena.hpp>
#include <vdn/nn/embedding.hpp>
#include <vdn/nn/linear.hpp>

namespace vdn::nn {

struct EncoderShape {
  std::size_t lookback = 336;       ///< L
  std::size_t width = 256;          ///< C
  std::size_t moving_average = 25;  ///< width of the trend's centred average
  bool pair = true;                 ///< sees the window and the one `stride_ar` steps earlier
  std::size_t series = 0;           ///< D it tells apart; 0: none
};

/// h(x) = W_s seasonal(x) + b_s + W_t trend(x) + b_t + e_d, the same for both windows of a pair; e_d in R^C is learned,
/// one for every series, 0 at first (none where series are not told apart).
/// pair:    gate = sigmoid(G [h_cur, h_prev, h_cur - h_prev] + b_g)
///          a = P (h_cur + h_prev)/2 + b_p + gate * (I (h_cur - h_prev) + b_i)
/// no pair: a = P h_cur + b_p
/// context = LayerNorm(GELU(a)).
///
/// Computed as algebra allows: with A the averaging matrix of the trend, h(x) = (W_s + (W_t - W_s) A) x + b_s + b_t is
/// one product with a folded weight, made once a step (`prepare`); and the gate's third part goes into the other two,
/// G [a, b, a - b] = [G_1 + G_3, G_2 - G_3] [a, b]. Gradients are those of the parameters as declared.
///
/// Asked for it, a pair encoder also gives the context of the earlier window alone, read as the pair (prev, prev): the
/// ar1 prior compares the two. Its rows stand behind the others, so that a weight's gradient is one sum over all rows.
class Encoder {
 public:
  Encoder() = default;
  Encoder(ParameterLayout& layout, const EncoderShape& shape);

  const EncoderShape& shape() const { return shape_; }
  /// Windows per batch row: 2 with the pair, else 1.
  std::size_t windows() const { return shape_.pair ? 2 : 1; }

  /// Buffers for B rows; P = windows(). Rows b*P (current) and b*P + 1 (previous) of x belong to batch row b.
  /// E = 2 with the earlier context, else 1: row b is of batch row b, row B + b of its earlier window.
  template <class Real>
  struct Workspace {
    std::size_t rows = 0;                               ///< B
    bool earlier = false;                               ///< gives the earlier context too
    Matrix<Real> folded, folded_gate;                   ///< [C, L], [C, 2C], made by prepare
    std::span<Real> folded_bias;                        ///< [C]
    std::span<Real> folded_panels, gate_panels;         ///< the two packed (kernels/packed_linear.hpp)
    std::span<Real> gate_transposed;                    ///< the gate packed by inputs; empty but in training
    Matrix<Real> x;                                     ///< [B*P, L], filled by the caller
    std::span<std::uint32_t> series;                    ///< [B*P], below D, filled by the caller
    Matrix<Real> h;                                     ///< [B*P, C]
    Matrix<Real> both;                                  ///< [E*B, 2C]: h_cur, h_prev
    Matrix<Real> stable, change;                        ///< [E*B, C]: mean and difference of the pair
    Matrix<Real> gate, innovation, activation, hidden;  ///< [E*B, C]; activation is a, hidden GELU(a)
    Matrix<Real> context;                               ///< [E*B, C], the output
    std::span<Real> mean, inverse_deviation;            ///< [E*B]
    Matrix<Real> dcontext;                              ///< [E*B, C], filled by the caller before backward
    Matrix<Real> dactivation, dgate, dinnovation;       ///< [E*B, C]
    Matrix<Real> dboth, dstable, dchange, dh;           ///< as above; dh [B*P, C]
    Matrix<Real> dfolded, dfolded_gate;                 ///< as folded, folded_gate
  };
  /// `earlier` needs the pair.
  template <class Real>
  Workspace<Real> bind(ArenaCursor& cursor, std::size_t rows, bool training, bool earlier = false) const;

  /// What all rows share, for outputs (0 .. C) of the folded maps: before forward, anew whenever parameters changed.
  template <class Real>
  void prepare(const ConstParameters<Real>& p, const Workspace<Real>& w, Range outputs) const;
  /// `rows` are batch rows; their earlier windows come with them.
  template <class Real>
  void forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  template <class Real>
  void backward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  template <class Real>
  void add_weight_tasks(TaskList& tasks, const Workspace<Real>& w, const Parameters<Real>& gradient) const;

 private:
  template <class Real>
  void read(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  template <class Real>
  void read_backward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  template <class Real>
  void add_folded_tasks(TaskList& tasks, const Workspace<Real>& w, const Parameters<Real>& gradient) const;

  EncoderShape shape_;
  Linear seasonal_, trend_, persist_, innovation_, gate_;
  LayerNorm norm_;
  Embedding series_;
};

}  // namespace vdn::nn
