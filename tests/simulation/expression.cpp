#include "simulation/expression.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <vector>

namespace dynamutex::simulation {
namespace {

using dynamo::AttributeValue;
using dynamo::Expression;
using dynamo::Item;
using dynamo::Number;

[[noreturn]] void unknown_form(std::string_view text, const char* what) {
  std::fprintf(stderr, "simulation: expression not understood (%s): %.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

/// An expression, taken apart.
struct Words {
  std::vector<std::string> all;           ///< Words, placeholders and signs.
  std::vector<std::string> placeholders;  ///< Each once.
};

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Words split(std::string_view text) {
  Words words;
  std::size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == ' ') {
      ++i;
      continue;
    }
    std::size_t end = i + 1;
    const auto is_word = [](char letter) {
      return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
             letter == '_' || letter == '#' || letter == ':';
    };
    if (is_word(c)) {
      while (end < text.size() && is_word(text[end])) ++end;
    }
    const std::string& word = words.all.emplace_back(text.substr(i, end - i));
    if ((c == '#' || c == ':') && !contains(words.placeholders, word)) words.placeholders.push_back(word);
    i = end;
  }
  return words;
}

/// Expressions come in few forms: each is split once.
const Words& words_of(std::string_view text) {
  static std::map<std::string, Words, std::less<>> known;
  const auto found = known.find(text);
  if (found != known.end()) return found->second;
  return known.emplace(std::string(text), split(text)).first->second;
}

std::int64_t integer(const Number& number) {
  std::int64_t value = 0;
  const char* const end = number.decimal.data() + number.decimal.size();
  const auto parsed = std::from_chars(number.decimal.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) unknown_form(number.decimal, "no 64-bit integer");
  return value;
}

bool equal(const AttributeValue& a, const AttributeValue& b) {
  const auto* const text_a = a.get_if<std::string>();
  const auto* const text_b = b.get_if<std::string>();
  if (text_a != nullptr && text_b != nullptr) return *text_a == *text_b;
  const auto* const number_a = a.get_if<Number>();
  const auto* const number_b = b.get_if<Number>();
  return number_a != nullptr && number_b != nullptr && integer(*number_a) == integer(*number_b);
}

bool less(const AttributeValue& a, const AttributeValue& b) {
  const auto* const number_a = a.get_if<Number>();
  const auto* const number_b = b.get_if<Number>();
  return number_a != nullptr && number_b != nullptr && integer(*number_a) < integer(*number_b);
}

/// Those of DynamoDB's reserved words that a record or a table of these tests has for an attribute.
bool is_reserved(std::string_view word) { return word == "data" || word == "key" || word == "ttl"; }

/// Reads words from left to right.
class Reader {
 public:
  Reader(std::string_view text, const Expression& terms, const Item* item)
      : text_(text), words_(words_of(text).all), terms_(terms), item_(item) {}

  [[nodiscard]] bool at_end() const { return next_ == words_.size(); }
  [[nodiscard]] bool sees(const char* word) const { return !at_end() && words_[next_] == word; }
  bool skip(const char* word) {
    if (!sees(word)) return false;
    ++next_;
    return true;
  }
  void expect(const char* word) {
    if (!skip(word)) unknown_form(text_, word);
  }
  const std::string& take() {
    if (at_end()) unknown_form(text_, "it ends early");
    return words_[next_++];
  }
  const std::string& attribute_name() {
    const std::string& word = take();
    for (const auto& [placeholder, name] : terms_.names) {
      if (placeholder == word) return name;
    }
    if (word.front() == '#' || is_reserved(word)) unknown_form(text_, "an attribute that needs a # placeholder");
    return word;
  }
  const AttributeValue* attribute() {
    const std::string& name = attribute_name();
    return item_ == nullptr ? nullptr : item_->find(name);
  }
  const AttributeValue& value() {
    const std::string& word = take();
    for (const auto& [placeholder, value] : terms_.values) {
      if (placeholder == word) return value;
    }
    unknown_form(text_, "a value without a : placeholder");
  }
  [[nodiscard]] bool sees_value() const { return !at_end() && words_[next_].front() == ':'; }

  bool any_of() {
    bool result = all_of();
    while (skip("OR")) result = all_of() || result;
    return result;
  }
  const AttributeValue* operand() {
    if (sees_value()) return &value();
    if (!skip("if_not_exists")) return attribute();
    expect("(");
    const AttributeValue* const present = attribute();
    expect(",");
    const AttributeValue* const otherwise = operand();
    expect(")");
    return present != nullptr ? present : otherwise;
  }
  [[noreturn]] void fail(const char* what) const { unknown_form(text_, what); }

 private:
  bool all_of() {
    bool result = one();
    while (skip("AND")) result = one() && result;
    return result;
  }
  bool one() {
    if (skip("(")) {
      const bool result = any_of();
      expect(")");
      return result;
    }
    if (sees("attribute_exists") || sees("attribute_not_exists")) {
      const bool wanted = take() == "attribute_exists";
      expect("(");
      const bool exists = attribute() != nullptr;
      expect(")");
      return exists == wanted;
    }
    const AttributeValue* const left = attribute();
    const std::string& sign = take();
    const bool differs = sign == "<" && skip(">");
    const AttributeValue* const right = sees_value() ? &value() : attribute();
    if (sign != "=" && sign != "<") unknown_form(text_, "only =, < and <> are known");
    if (left == nullptr || right == nullptr) return false;
    if (differs) return !equal(*left, *right);
    return sign == "=" ? equal(*left, *right) : less(*left, *right);
  }

  const std::string_view text_;
  const std::vector<std::string>& words_;
  const Expression& terms_;
  const Item* const item_;
  std::size_t next_ = 0;
};

/// One "name = operand [+ operand]" of SET; false where it reads what is not there.
bool assign(Reader& reader, Item& result) {
  const std::string& name = reader.attribute_name();
  reader.expect("=");
  const AttributeValue* const first = reader.operand();
  if (!reader.skip("+")) {
    if (first == nullptr) return false;
    result.set(name, *first);
    return true;
  }
  const AttributeValue* const second = reader.operand();
  if (first == nullptr || second == nullptr) return false;
  const auto* const a = first->get_if<Number>();
  const auto* const b = second->get_if<Number>();
  if (a == nullptr || b == nullptr) return false;
  result.set(name, Number{std::to_string(integer(*a) + integer(*b))});
  return true;
}

void remove_attribute(Item& item, const std::string& name) {
  std::vector<dynamo::Attribute> kept;
  for (const dynamo::Attribute& attribute : item.attributes()) {
    if (attribute.name != name) kept.push_back(attribute);
  }
  item = Item(std::move(kept));
}

}  // namespace

bool holds(std::string_view condition, const Expression& terms, const Item* item) {
  if (condition.empty()) return true;
  Reader reader(condition, terms, item);
  const bool result = reader.any_of();
  if (!reader.at_end()) reader.fail("it goes on");
  return result;
}

std::optional<Item> updated(const Expression& update, const Item& item) {
  // All operands are read from the item as it was.
  Item result = item;
  Reader reader(update.text, update, &item);
  if (reader.skip("SET")) {
    do {
      if (!assign(reader, result)) return std::nullopt;
    } while (reader.skip(","));
  }
  if (reader.skip("REMOVE")) {
    do {
      remove_attribute(result, reader.attribute_name());
    } while (reader.skip(","));
  }
  if (!reader.at_end()) reader.fail("only SET and REMOVE, in this order, are known");
  return result;
}

bool placeholders_match(std::string_view condition, const Expression& terms, std::string_view update) {
  const auto defined = [&terms](const std::string& placeholder) {
    const auto has_it = [&placeholder](const auto& term) { return term.first == placeholder; };
    return std::any_of(terms.names.begin(), terms.names.end(), has_it) ||
           std::any_of(terms.values.begin(), terms.values.end(), has_it);
  };
  const std::vector<std::string>& in_condition = words_of(condition).placeholders;
  std::size_t used = 0;
  for (const std::string& placeholder : in_condition) {
    if (!defined(placeholder)) return false;
    ++used;
  }
  for (const std::string& placeholder : words_of(update).placeholders) {
    if (contains(in_condition, placeholder)) continue;
    if (!defined(placeholder)) return false;
    ++used;
  }
  // All that is used is defined: what is defined and not used, or twice, would make the numbers differ.
  return used == terms.names.size() + terms.values.size();
}

}  // namespace dynamutex::simulation
