#pragma once
// The skeleton of every page vdn writes: one file, no script, nothing loaded from elsewhere; light, dark, phone, paper.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vdn {

/// A cell of a table. Text converts to one.
struct HtmlCell {
  std::string text;
  bool strong = false;  ///< stands out: the best of its column, say

  HtmlCell(std::string words, bool stands_out = false) : text(std::move(words)), strong(stands_out) {}
  HtmlCell(const char* words) : text(words) {}
};

/// The first cell of a row names the row. Rows shorter than the headings end with empty cells.
struct HtmlTable {
  std::string caption{};                ///< what the figures are of and in which units; may be empty
  std::vector<std::string> headings{};  ///< of the columns, that of the row names first
  std::vector<std::vector<HtmlCell>> rows{};
  std::size_t text_columns = 1;  ///< so many columns from the left hold words; the others hold figures, set right
  std::size_t more = 0;          ///< rows left out: "and 850 more" below the last
};

/// A labelled figure of a page's head line: {"CRPS", "0.135", "seasonal naive 0.197"}.
struct HtmlFact {
  std::string label{}, value{}, remark{};
};

/// An entry of a legend; `style` as in the charts (line_chart.hpp).
struct HtmlLegendEntry {
  std::string text{};
  std::size_t style = 0;
};

/// A chart with words. `svg` comes from a chart function and is taken as it is; everything else is text.
struct HtmlFigure {
  std::string title{}, svg{}, caption{};
  std::vector<HtmlLegendEntry> legend{};
  bool wide = false;  ///< takes the whole width of the page on a laptop
};

enum class HtmlNote { plain, warning };

/// A page grows from top to bottom. All text is plain text and escaped here: names of series and files may hold
/// anything. What is too long for its place is cut, the whole being shown where the pointer rests.
class HtmlPage {
 public:
  HtmlPage(std::string_view title, std::string_view subtitle);

  /// Begins a section; its heading is also an entry of the contents at the top.
  HtmlPage& section(std::string_view heading);
  HtmlPage& paragraph(std::string_view text);
  HtmlPage& note(std::string_view text, HtmlNote kind = HtmlNote::plain);
  HtmlPage& list(const std::vector<std::string>& items);
  HtmlPage& facts(const std::vector<HtmlFact>& facts);
  HtmlPage& table(const HtmlTable& table);
  /// A table behind its summary, opened with a click; no script needed.
  HtmlPage& folded_table(std::string_view summary, const HtmlTable& table);
  HtmlPage& legend(const std::vector<HtmlLegendEntry>& entries);
  /// Figures side by side where there is room, below each other on a phone.
  HtmlPage& figures(const std::vector<HtmlFigure>& figures);

  /// The document. `footer`: who made it of what.
  std::string html(std::string_view footer = {}) const;

 private:
  std::string title_, subtitle_, body_;
  std::vector<std::string> headings_;
};

}  // namespace vdn
