#include <fmt/format.h>

#include <vdn/core/error.hpp>

#include "protocol_rules.hpp"

namespace vdn {

void require_source_borders(const Forecaster& model, const LoadedData& data, const TestPart& part) {
  const DataRecord& record = model.data();
  const auto refuse = [&](const std::string& problem, const std::string& hint) {
    throw Error(ErrorKind::data, table_name(data), problem, hint);
  };
  if (record.split != split_name(Split::source)) {
    refuse(
        fmt::format("protocol source draws its windows behind a model's own training windows, {} was fitted with split "
                    "{}",
                    model.name(), record.split),
        "fit with --split source, or score with --protocol auto");
  }
  const Range own = record.borders.test();
  if (own.begin != part.rows.begin || own.end != part.rows.end) {
    refuse(fmt::format("the drawn windows of {} begin in rows [{}, {}), those of the table's first model in [{}, {})",
                       model.name(), own.begin, own.end, part.rows.begin, part.rows.end),
           "compare models of one look-back, horizon and encoder.stride");
  }
  const std::size_t seen = seen_rows(Split::source, record.borders, model.horizon());
  const auto& times = data.series.times;
  if (own.end > times.size() || times[seen - 1] != record.seen_until) {
    refuse(fmt::format("its row {} is not the {} that {} was validated up to", seen,
                       format_time(record.seen_until, record.step), model.name()),
           "give the table the model was fitted on: " + record.source);
  }
}

}  // namespace vdn
