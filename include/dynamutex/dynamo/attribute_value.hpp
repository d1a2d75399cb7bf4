#pragma once
// DynamoDB's attribute values and items.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "dynamutex/export.hpp"

namespace dynamutex::dynamo {

struct Attribute;

/// A number as its decimal text: DynamoDB's numbers have 38 digits, more than any C++ type.
struct Number {
  std::string decimal;
  friend bool operator==(const Number& a, const Number& b) { return a.decimal == b.decimal; }
};
/// Bytes; base64 on the wire only.
struct Binary {
  std::string bytes;
  friend bool operator==(const Binary& a, const Binary& b) { return a.bytes == b.bytes; }
};
struct Null {
  friend bool operator==(Null, Null) { return true; }
};
struct StringSet {
  std::vector<std::string> values;
};
struct NumberSet {
  std::vector<std::string> values;  ///< Decimal texts.
};
struct BinarySet {
  std::vector<std::string> values;  ///< Bytes.
};

/// One attribute's value: S, N, B, BOOL, NULL, SS, NS, BS, L or M. A value type.
class DYNAMUTEX_EXPORT AttributeValue {
 public:
  using List = std::vector<AttributeValue>;
  using Map = std::vector<Attribute>;
  using Storage = std::variant<std::string, Number, Binary, bool, Null, StringSet, NumberSet, BinarySet, List, Map>;

  AttributeValue(std::string text);
  AttributeValue(std::string_view text);
  AttributeValue(const char* text);
  AttributeValue(Number number);
  AttributeValue(Binary binary);
  AttributeValue(bool flag);
  AttributeValue(Null null);
  AttributeValue(StringSet set);
  AttributeValue(NumberSet set);
  AttributeValue(BinarySet set);
  AttributeValue(List list);
  AttributeValue(Map map);
  AttributeValue(const AttributeValue&);
  AttributeValue(AttributeValue&&) noexcept;
  AttributeValue& operator=(const AttributeValue&);
  AttributeValue& operator=(AttributeValue&&) noexcept;
  ~AttributeValue();

  /// The value if it has type T (one of Storage's alternatives), or null.
  template <class T>
  [[nodiscard]] const T* get_if() const noexcept {
    return std::get_if<T>(&storage_);
  }
  [[nodiscard]] const Storage& storage() const noexcept { return storage_; }

 private:
  Storage storage_;
};

/// A named value.
struct Attribute {
  std::string name;
  AttributeValue value;
};

// Here, as each may destroy a half-built map of Attributes, which has to be complete by then.
inline AttributeValue::AttributeValue(std::string text) : storage_(std::move(text)) {}
inline AttributeValue::AttributeValue(std::string_view text) : storage_(std::string(text)) {}
inline AttributeValue::AttributeValue(const char* text) : storage_(std::string(text)) {}
inline AttributeValue::AttributeValue(Number number) : storage_(std::move(number)) {}
inline AttributeValue::AttributeValue(Binary binary) : storage_(std::move(binary)) {}
inline AttributeValue::AttributeValue(bool flag) : storage_(flag) {}
inline AttributeValue::AttributeValue(Null null) : storage_(null) {}
inline AttributeValue::AttributeValue(StringSet set) : storage_(std::move(set)) {}
inline AttributeValue::AttributeValue(NumberSet set) : storage_(std::move(set)) {}
inline AttributeValue::AttributeValue(BinarySet set) : storage_(std::move(set)) {}

/// An item, or a key: attributes in the order in which they were set; no name occurs twice.
class DYNAMUTEX_EXPORT Item {
 public:
  Item() = default;
  /// Takes attributes of which the caller knows that no name occurs twice.
  explicit Item(std::vector<Attribute> distinct) : attributes_(std::move(distinct)) {}

  /// Makes room for so many attributes in all.
  void reserve(std::size_t count) { attributes_.reserve(count); }
  /// Sets or replaces an attribute.
  void set(std::string_view name, AttributeValue value);
  /// The attribute's value, or null.
  [[nodiscard]] const AttributeValue* find(std::string_view name) const noexcept;
  /// The attribute's value if it is there and has type T, or null.
  template <class T>
  [[nodiscard]] const T* find_as(std::string_view name) const noexcept {
    const AttributeValue* value = find(name);
    return value == nullptr ? nullptr : value->get_if<T>();
  }

  [[nodiscard]] const std::vector<Attribute>& attributes() const noexcept { return attributes_; }
  [[nodiscard]] bool empty() const noexcept { return attributes_.empty(); }

 private:
  std::vector<Attribute> attributes_;
};

}  // namespace dynamutex::dynamo
