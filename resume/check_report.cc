// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_report.h"

#include <stdio.h>

#include <algorithm>

#include "resume/json_writer.h"

namespace nvresume {
namespace {

// Chosen: the longest name of a check and a blank; the line of a terminal that was never resized.
constexpr size_t kNameColumns = 15;
constexpr size_t kLineColumns = 80;
constexpr size_t kTextColumn = 6 + kNameColumns;

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kWarn:
      return "warn";
    case Verdict::kFail:
      return "fail";
  }
  return "";
}

/// Appends `text` behind what the line holds already, broken between words; what follows stands in
/// the text's column.
void put_wrapped(std::string& out, std::string_view text, size_t indent) {
  size_t column = indent;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (column > indent && column + 1 + end > kLineColumns) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      out += ' ';
      column++;
    }
    out += text.substr(0, end);
    column += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  out += '\n';
}

void put_row(std::string& out, const CheckRow& row) {
  char head[64];
  ::snprintf(head, sizeof(head), "%-4s  %-*s", verdict_name(row.finding.verdict),
             static_cast<int>(kNameColumns), row.name);
  out += head;
  put_wrapped(out, row.finding.found, kTextColumn);
  if (row.finding.remedy.empty()) return;
  out += std::string(kTextColumn, ' ') + "-> ";
  put_wrapped(out, row.finding.remedy, kTextColumn + 3);
}

void put_boot(std::string& out, const BootChange& boot) {
  char head[64];
  ::snprintf(head, sizeof(head), "boot  %-*llu", static_cast<int>(kNameColumns),
             static_cast<unsigned long long>(boot.boot));
  out += head;
  put_wrapped(out, boot.reason == Reason::kNone ? "as the boot before" : boot.change, kTextColumn);
}

void add_row(JsonWriter& json, const CheckRow& row) {
  const Finding& finding = row.finding;
  json.open_object();
  json.add("name", row.name);
  json.add("verdict", verdict_name(finding.verdict));
  json.add("looked_at", finding.looked_at);
  json.add("found", finding.found);
  if (finding.reason != Reason::kNone) json.add("reason", reason_name(finding.reason));
  if (!finding.remedy.empty()) json.add("remedy", finding.remedy);
  json.close_object();
}

void add_boot(JsonWriter& json, const BootChange& boot) {
  json.open_object();
  json.add("boot", boot.boot);
  json.add("changed", boot.reason != Reason::kNone);
  if (boot.reason != Reason::kNone) {
    json.add("reason", reason_name(boot.reason));
    json.add("change", boot.change);
  }
  json.close_object();
}

}  // namespace

std::string check_text(const CheckReport& report) {
  std::string out;
  for (const CheckRow& row : report.rows) put_row(out, row);
  if (!report.history.empty()) out += '\n';
  for (const BootChange& boot : report.history) put_boot(out, boot);
  out += '\n';
  if (!report.direct_text.empty()) out += "direct resume: " + report.direct_text + "\n";
  out += summarize(report.rows) + "\n";
  return out;
}

std::string check_json(const CheckReport& report) {
  JsonWriter json;
  json.open_object();
  json.add("ready", find_failure(report.rows) == nullptr);
  json.add("summary", summarize(report.rows));
  json.open_array("checks");
  for (const CheckRow& row : report.rows) add_row(json, row);
  json.close_array();
  json.open_array("boots");
  for (const BootChange& boot : report.history) add_boot(json, boot);
  json.close_array();
  if (!report.direct_text.empty()) {
    json.open_object("direct_resume");
    json.add("tried", report.direct_tried);
    json.add("text", report.direct_text);
    json.close_object();
  }
  json.close_object();
  return json.text() + "\n";
}

}  // namespace nvresume
