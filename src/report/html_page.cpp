#include <vdn/report/html_page.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <vdn/report/line_chart.hpp>

#include "report/fan_style.hpp"
#include "report/page_style.hpp"
#include "report/svg.hpp"

namespace vdn {
namespace {

constexpr std::size_t cell_limit = 64, heading_limit = 160;  // characters
constexpr std::size_t text_limit = 4000;

std::string text_of(std::string_view text, std::size_t limit = text_limit) {
  return report::xml_text(text, limit);
}

/// The opening of an element around `text`: what `limit` cuts off is kept as its title.
std::string titled(std::string_view text, std::size_t limit) {
  const std::string shown = text_of(text, limit), all = text_of(text, 1000);
  return (shown == all ? ">" : " title=\"" + all + "\">") + shown;
}

std::string heading_cells(const HtmlTable& table) {
  std::string html;
  for (std::size_t c = 0; c < table.headings.size(); ++c) {
    html += fmt::format("<th scope=\"col\"{}{}</th>", c < table.text_columns ? " class=\"w\"" : "",
                        titled(table.headings[c], cell_limit));
  }
  return html;
}

std::string row_cells(const HtmlTable& table, const std::vector<HtmlCell>& row) {
  std::string html;
  for (std::size_t c = 0; c < std::max(table.headings.size(), row.size()); ++c) {
    const HtmlCell cell = c < row.size() ? row[c] : HtmlCell("");
    const bool words = c < table.text_columns;
    if (c == 0) {
      html += fmt::format("<th scope=\"row\" class=\"w\"{}</th>", titled(cell.text, cell_limit));
      continue;
    }
    if (!cell.svg.empty()) {
      html += fmt::format("<td class=\"w\">{}{}</td>", cell.svg, text_of(cell.text));
      continue;
    }
    const char* classes = cell.strong && words ? " class=\"w b\"" : cell.strong ? " class=\"b\"" : "";
    // Words may fill lines; figures are never cut.
    html += fmt::format("<td{}{}</td>", words && !cell.strong ? " class=\"w\"" : classes,
                        titled(cell.text, words ? 4 * cell_limit : 1000));
  }
  return html;
}

std::string table_html(const HtmlTable& table) {
  std::string html = "<div class=\"scroll\"><table>\n";
  if (!table.caption.empty()) html += "<caption><span>" + text_of(table.caption) + "</span></caption>\n";
  html += "<thead><tr>" + heading_cells(table) + "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) html += "<tr>" + row_cells(table, row) + "</tr>\n";
  if (table.more > 0) {
    html += fmt::format("<tr><td class=\"n\" colspan=\"{}\">and {} more</td></tr>\n",
                        std::max<std::size_t>(1, table.headings.size()), table.more);
  }
  return html + "</tbody>\n</table></div>\n";
}

std::string legend_html(const std::vector<HtmlLegendEntry>& entries) {
  if (entries.empty()) return "";
  std::string html = "<ul class=\"legend\">";
  for (const HtmlLegendEntry& entry : entries) {
    const std::string line = fmt::format(
        "<svg class=\"vc k{}\" width=\"26\" height=\"8\" aria-hidden=\"true\"><path class=\"l\" d=\"M0 4h26\"/></svg>",
        line_style(entry.style));
    html += fmt::format("<li>{}<span{}</span></li>", entry.swatch.empty() ? line : entry.swatch,
                        titled(entry.text, cell_limit));
  }
  return html + "</ul>\n";
}

std::string figure_html(const HtmlFigure& figure) {
  std::string html = figure.wide ? "<figure class=\"wide\">" : "<figure>";
  if (!figure.title.empty()) html += fmt::format("<h3{}</h3>", titled(figure.title, cell_limit));
  html += legend_html(figure.legend) + "\n" + figure.svg;
  if (!figure.caption.empty()) html += "<figcaption>" + text_of(figure.caption) + "</figcaption>";
  return html + "</figure>\n";
}

}  // namespace

HtmlPage::HtmlPage(std::string_view title, std::string_view subtitle)
    : title_(text_of(title, heading_limit)), subtitle_(text_of(subtitle)) {}

HtmlPage& HtmlPage::section(std::string_view heading) {
  if (!headings_.empty()) body_ += "</section>\n";
  headings_.push_back(text_of(heading, heading_limit));
  body_ += fmt::format("<section id=\"s{0}\" aria-labelledby=\"h{0}\">\n<h2 id=\"h{0}\">{1}</h2>\n", headings_.size(),
                       headings_.back());
  return *this;
}

HtmlPage& HtmlPage::paragraph(std::string_view text) {
  body_ += "<p>" + text_of(text) + "</p>\n";
  return *this;
}

HtmlPage& HtmlPage::note(std::string_view text, HtmlNote kind) {
  body_ += fmt::format("<p class=\"note{}\" role=\"note\">{}</p>\n", kind == HtmlNote::warning ? " warning" : "",
                       text_of(text));
  return *this;
}

HtmlPage& HtmlPage::list(const std::vector<std::string>& items) {
  if (items.empty()) return *this;
  body_ += "<ul>";
  for (const std::string& item : items) body_ += "<li>" + text_of(item) + "</li>";
  body_ += "</ul>\n";
  return *this;
}

HtmlPage& HtmlPage::facts(const std::vector<HtmlFact>& facts) {
  if (facts.empty()) return *this;
  body_ += "<dl class=\"facts\">\n";
  for (const HtmlFact& fact : facts) {
    body_ += fmt::format("<div><dt>{}</dt><dd class=\"v\"{}</dd>", text_of(fact.label), titled(fact.value, cell_limit));
    if (!fact.remark.empty()) body_ += fmt::format("<dd class=\"x\"{}</dd>", titled(fact.remark, heading_limit));
    body_ += "</div>\n";
  }
  body_ += "</dl>\n";
  return *this;
}

HtmlPage& HtmlPage::table(const HtmlTable& table) {
  body_ += table_html(table);
  return *this;
}

HtmlPage& HtmlPage::folded_table(std::string_view summary, const HtmlTable& table) {
  body_ += "<details><summary>" + text_of(summary) + "</summary>\n" + table_html(table) + "</details>\n";
  return *this;
}

HtmlPage& HtmlPage::legend(const std::vector<HtmlLegendEntry>& entries) {
  body_ += legend_html(entries);
  return *this;
}

HtmlPage& HtmlPage::figures(const std::vector<HtmlFigure>& figures) {
  if (figures.empty()) return *this;
  body_ += "<div class=\"figures\">\n";
  for (const HtmlFigure& figure : figures) body_ += figure_html(figure);
  body_ += "</div>\n";
  return *this;
}

std::string HtmlPage::html(std::string_view footer) const {
  std::string contents;
  for (std::size_t i = 0; i < headings_.size(); ++i) {
    contents += fmt::format("<a href=\"#s{}\">{}</a>", i + 1, headings_[i]);
  }
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>{}{}{}</style>\n</head>\n<body>\n"
      "<div class=\"page\">\n<header>\n<h1>{}</h1>\n<p>{}</p>\n",
      title_, report::chart_style, report::page_style, report::fan_style, title_, subtitle_);
  if (headings_.size() > 1) html += "<nav aria-label=\"Contents\">" + contents + "</nav>\n";
  html += "</header>\n<main>\n" + body_ + (headings_.empty() ? "" : "</section>\n") + "</main>\n";
  if (!footer.empty()) html += "<footer>" + text_of(footer) + "</footer>\n";
  return html + "</div>\n</body>\n</html>\n";
}

}  // namespace vdn
