#include <vdn/study/published.hpp>

#include <string_view>

namespace vdn {
namespace {

struct Row {
  std::string_view data;
  std::size_t horizon;
  const char* model;
  double mse, mae;
};

constexpr Row best[] = {
    {"etth1", 96, "DUET", .352, .384},        {"etth1", 192, "PDF", .392, .414},
    {"etth1", 336, "DUET", .414, .426},       {"etth1", 720, "SparseTSF", .426, .448},
    {"etth2", 96, "DUET", .270, .336},        {"etth2", 192, "DUET", .332, .374},
    {"etth2", 336, "DUET", .353, .397},       {"etth2", 720, "FITS", .378, .423},
    {"weather", 96, "xPatch", .144, .184},    {"weather", 192, "xPatch", .188, .227},
    {"weather", 336, "DUET", .234, .268},     {"weather", 720, "DUET", .305, .319},
    {"exchange", 96, "PatchTST", .079, .200}, {"exchange", 192, "PatchTST", .159, .289},
    {"exchange", 336, "DUET", .294, .392},    {"exchange", 720, "DUET", .583, .580},
};

struct CrpsRow {
  std::string_view data;
  std::size_t horizon;
  const char* model;
  double crps;
};

constexpr CrpsRow best_crps[] = {
    {"etth1", 96, "iTransformer", .321}, {"etth1", 192, "iTransformer", .359}, {"etth1", 336, "PatchTST", .384},
    {"etth1", 720, "K2VAE", .314},       {"etth2", 96, "CSDI", .164},          {"etth2", 192, "PatchTST", .201},
    {"etth2", 336, "PatchTST", .240},    {"etth2", 720, "PatchTST", .252},     {"exchange", 96, "PatchTST", .023},
    {"exchange", 192, "PatchTST", .034}, {"exchange", 336, "PatchTST", .048},  {"exchange", 720, "K2VAE", .069},
    {"weather", 96, "CSDI", .068},       {"weather", 192, "CSDI", .068},       {"weather", 336, "CSDI", .083},
    {"weather", 720, "K2VAE", .084},
};

}  // namespace

std::optional<PublishedError> best_published(const std::string& data, std::size_t horizon) {
  for (const Row& row : best) {
    if (row.data == data && row.horizon == horizon) return PublishedError{row.model, row.mse, row.mae};
  }
  return std::nullopt;
}

std::optional<PublishedCrps> best_published_crps(const std::string& data, std::size_t horizon) {
  for (const CrpsRow& row : best_crps) {
    if (row.data == data && row.horizon == horizon) return PublishedCrps{row.model, row.crps};
  }
  return std::nullopt;
}

}  // namespace vdn
