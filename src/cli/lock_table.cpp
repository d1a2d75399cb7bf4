#include "cli/lock_table.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/console.hpp"
#include "cli/duration.hpp"
#include "cli/style.hpp"
#include "cli/utf8.hpp"

namespace dynamutex::cli {
namespace {

enum Column : std::size_t { name, state, holder, left, renewed, token, data, column_count };

constexpr std::size_t kGap = 2;
constexpr std::size_t kDataShown = 64;

using Cells = std::array<std::string, column_count>;
using Widths = std::array<std::size_t, column_count>;  // 0 for a column that is left out

struct Row {
  Cells cells;
  Tone tone;  ///< Of the state.
};

Row to_row(const LockView& view) {
  const auto duration = [](const std::optional<Duration>& value) { return value ? human_duration(*value) : "-"; };
  const bool taken = view.state != LockState::free;
  const bool held = view.state == LockState::held;
  const auto& record = *view.record;
  std::string shown_name = printable(view.name.key);
  if (!view.name.sort_key.empty()) shown_name += " / " + printable(view.name.sort_key);
  return {{std::move(shown_name), record_state(view), taken ? printable(record.owner) : "-", held ? duration(view.left) : "-",
           duration(view.age), record.fencing_token ? std::to_string(record.fencing_token->value) : "-",
           record.data ? cut_to_width(printable(*record.data), kDataShown) : "-"},
          tone_of(view)};
}

std::size_t width_of(const Widths& widths) {
  std::size_t sum = 0;
  for (const std::size_t width : widths) sum += width == 0 ? 0 : width + kGap;
  return sum == 0 ? 0 : sum - kGap;
}

/// Makes the columns narrower, the least telling first, until they fit.
void fit(Widths& widths, std::size_t columns) {
  const auto shrink = [&](Column column, std::size_t least) {
    const std::size_t all = width_of(widths);
    if (all <= columns || widths[column] <= least) return;
    widths[column] = std::max(least, widths[column] - std::min(widths[column], all - columns));
  };
  shrink(data, 8);
  shrink(holder, 12);
  shrink(name, 12);
  for (const Column column : {data, renewed, token, holder}) {
    if (width_of(widths) > columns) widths[column] = 0;
  }
  shrink(name, 1);
}

void add_line(std::string& text, const Row& row, const Widths& widths, bool colored, bool title) {
  std::string line;
  for (std::size_t i = 0; i < column_count; ++i) {
    if (widths[i] == 0) continue;
    const std::string cell = cut_to_width(row.cells[i], widths[i]);
    const Tone tone = title ? Tone::strong : i == state ? row.tone : Tone::plain;
    line += painted(cell, tone, colored) + std::string(widths[i] - display_width(cell) + kGap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  text += line + "\n";
}

}  // namespace

std::string to_table(const std::vector<LockView>& views, const TextPlace& place) {
  const Row title{{"NAME", "STATE", "HOLDER", "LEFT", "RENEWED", "TOKEN", "DATA"}, Tone::strong};
  std::vector<Row> rows;
  rows.reserve(views.size());
  for (const LockView& view : views) rows.push_back(to_row(view));
  Widths widths{};
  const auto widen = [&](const Row& row) {
    for (std::size_t i = 0; i < column_count; ++i) widths[i] = std::max(widths[i], display_width(row.cells[i]));
  };
  widen(title);
  for (const Row& row : rows) widen(row);
  if (place.columns) fit(widths, *place.columns);
  std::string text;
  add_line(text, title, widths, place.colored, true);
  for (const Row& row : rows) add_line(text, row, widths, place.colored, false);
  return text;
}

}  // namespace dynamutex::cli
