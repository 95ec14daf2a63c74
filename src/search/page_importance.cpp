// How much each setting did to the scores.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <vdn/search/importance.hpp>

#include "report/run_sections.hpp"
#include "report/svg.hpp"
#include "search/page_sections.hpp"

namespace vdn::search {
namespace {

using report::number;
using report::percent_text;

/// A bar of the share, with a stroke where chance alone would end it.
std::string importance_bar(const DimensionImportance& dimension) {
  constexpr double width = 150;
  return fmt::format(
      "<svg class=\"vc k0\" width=\"150\" height=\"14\" viewBox=\"0 0 150 14\" aria-hidden=\"true\">"
      "<path class=\"g\" style=\"stroke-width:10\" d=\"M0 7h150\"/>"
      "<rect class=\"f\" y=\"2\" width=\"{}\" height=\"10\" opacity=\".75\"/><path "
      "style=\"stroke:var(--ink);stroke-width:1.5\" d=\"M{} 0v14\"/></svg>",
      number(width * dimension.share), number(width * std::min(1.0, dimension.chance)));
}

}  // namespace

void add_importance(HtmlPage& page, const Findings& found) {
  page.section("Importance");
  const auto dimensions =
      importance_of(found.view.definition.space, found.search, found.view.epochs, found.first_rung());
  HtmlTable table{
      "Share: squared rank correlation with the score, for choices the correlation ratio of ranks. The "
      "stroke in a bar is what chance alone gives on average.",
      {"setting", "", "share", "by chance", "trials"},
      {},
      2};
  bool known = false;
  for (const DimensionImportance& d : dimensions) {
    const bool here = std::isfinite(d.share);
    known = known || here;
    table.rows.push_back({d.key, here ? HtmlCell::picture(importance_bar(d)) : HtmlCell(""), percent_text(d.share),
                          percent_text(d.chance), std::to_string(d.trials)});
  }
  if (!known) {
    page.paragraph("Too few trials have reached the first rung to compare their settings.");
    return;
  }
  page.paragraph(fmt::format(
      "How much of the spread of the scores after epoch {} goes with each setting alone. Take it as a hint where to "
      "look "
      "next: a setting that does nothing has the share of chance on average, and one in twenty such settings has three "
      "to four times that. Shares do not add up; what two settings do only together is not seen, nor a number that is "
      "best in the middle of its range.",
      found.first_rung()));
  page.table(table);
}

}  // namespace vdn::search
