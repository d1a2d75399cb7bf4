#include "dynamutex/dynamo/attribute_value.hpp"

namespace dynamutex::dynamo {

// Defined here, where Attribute is complete.
AttributeValue::AttributeValue(List list) : storage_(std::move(list)) {}
AttributeValue::AttributeValue(Map map) : storage_(std::move(map)) {}
AttributeValue::AttributeValue(const AttributeValue&) = default;
AttributeValue::AttributeValue(AttributeValue&&) noexcept = default;
AttributeValue& AttributeValue::operator=(const AttributeValue&) = default;
AttributeValue& AttributeValue::operator=(AttributeValue&&) noexcept = default;
AttributeValue::~AttributeValue() = default;

void Item::set(std::string_view name, AttributeValue value) {
  for (Attribute& attribute : attributes_) {
    if (attribute.name == name) {
      attribute.value = std::move(value);
      return;
    }
  }
  attributes_.push_back({std::string(name), std::move(value)});
}

const AttributeValue* Item::find(std::string_view name) const noexcept {
  for (const Attribute& attribute : attributes_) {
    if (attribute.name == name) return &attribute.value;
  }
  return nullptr;
}

}  // namespace dynamutex::dynamo
