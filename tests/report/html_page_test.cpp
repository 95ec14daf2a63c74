#include <gtest/gtest.h>

#include <string>

#include <vdn/report/html_page.hpp>

#include "report/markup.hpp"

namespace vdn {
namespace {

using test::count;
using test::well_formed;

constexpr const char* hostile = "a<b>&\"c'\x01 \xff \xc3\xa9</td></svg><script>alert(1)</script>";

/// A page with everything a page can have, all of its text being `text`.
std::string full_page(const std::string& text) {
  HtmlPage page(text, text);
  page.paragraph(text).section(text).note(text).note(text, HtmlNote::warning).list({text, text});
  page.facts({{text, text, text}}).legend({{text, 3}});
  const HtmlTable table{text, {text, text, text}, {{text, text, {text, true}}, {text}}, 2, 3};
  page.table(table).folded_table(text, table);
  page.figures({{text, "<svg><title>x</title></svg>", text, {{text, 0}}, true}, {text, "<svg></svg>", "", {}}});
  return page.html(text);
}

TEST(HtmlPage, IsWellFormedAndLoadsNothing) {
  const std::string html = full_page("plain");
  EXPECT_TRUE(well_formed(html));
  for (const char* word : {"<script", "url(", "@import", "<image", "<img", "<link", "src=", "http://", "https://"}) {
    EXPECT_EQ(count(html, word), 0u) << word;
  }
  for (const char* word : {"<!DOCTYPE html>", "lang=\"en\"", "name=\"viewport\"", "@media print",
                           "@media (prefers-color-scheme:dark)", "@media (max-width:600px)", "default-src 'none'"}) {
    EXPECT_EQ(count(html, word), 1u) << word;
  }
}

TEST(HtmlPage, EscapesAllText) {
  const std::string html = full_page(hostile);
  EXPECT_TRUE(well_formed(html));
  EXPECT_EQ(count(html, "<script"), 0u);
  EXPECT_EQ(count(html, "</svg>"), 4u) << "two figures and two legends";
  EXPECT_EQ(html.find('\x01'), std::string::npos);
  EXPECT_EQ(html.find('\xff'), std::string::npos);
}

TEST(HtmlPage, CutsLongNamesAndKeepsThemAsTitles) {
  std::string name;
  for (int i = 0; i < 300; ++i) name += "\xc3\xa9";
  HtmlPage page("t", "");
  page.table({"", {"series", "MSE"}, {{name, "1"}}});
  const std::string html = page.html();
  EXPECT_TRUE(well_formed(html));
  EXPECT_EQ(count(html, "title=\"" + name + "\">"), 1u);
  EXPECT_EQ(count(html, "\xE2\x80\xA6</th>"), 1u);
}

TEST(HtmlPage, TablesHaveHeadersForReaders) {
  HtmlPage page("t", "");
  page.table({"what it is", {"series", "MSE", "MAE"}, {{"a", "1", {"2", true}}, {"b", "3"}}, 1, 7});
  const std::string html = page.html();
  EXPECT_EQ(count(html, "<th scope=\"col\""), 3u);
  EXPECT_EQ(count(html, "<th scope=\"row\""), 2u);
  EXPECT_EQ(count(html, "<caption>what it is</caption>"), 1u);
  EXPECT_EQ(count(html, "<td class=\"b\">2</td>"), 1u);
  EXPECT_EQ(count(html, "<td></td>"), 1u) << "a short row is filled";
  EXPECT_EQ(count(html, "colspan=\"3\">and 7 more<"), 1u);
}

TEST(HtmlPage, SectionsAreTheContents) {
  HtmlPage page("t", "s");
  page.section("First").paragraph("x").section("Second & last").paragraph("y");
  const std::string html = page.html();
  EXPECT_TRUE(well_formed(html));
  EXPECT_EQ(count(html, "<a href=\"#s1\">First</a><a href=\"#s2\">Second &amp; last</a>"), 1u);
  EXPECT_EQ(count(html, "<section id=\"s2\""), 1u);
  EXPECT_EQ(count(HtmlPage("t", "s").html(), "<nav"), 0u);
}

}  // namespace
}  // namespace vdn
