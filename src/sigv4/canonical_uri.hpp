#pragma once
// Canonical path and canonical query (AWS, "Create a signed AWS API request", step 1).

#include <string>
#include <string_view>

#include "dynamutex/sigv4/request.hpp"
#include "sigv4/failure.hpp"
#include "sigv4/writer.hpp"

namespace dynamutex::sigv4 {

/// Every byte but RFC 3986's unreserved characters as %XX with upper-case digits.
void append_percent_encoded(std::string& out, std::string_view text);

/// `path` as in the request line. Single encoding keeps its escapes (with upper-case digits, unreserved characters plain)
/// and encodes what ought to have been encoded; double encoding treats '%' as a character like any other.
/// Errors: `invalid` for a path that does not start with '/', holds '?', '#' or a control character or, singly encoded, a
/// '%' without two hexadecimal digits.
[[nodiscard]] Failure append_canonical_path(Writer& out, std::string_view path, const Options& options);

/// `query` as in the request line. Parameters are decoded, encoded anew and sorted by name, then by value; '+' is a plus;
/// a name without '=' has an empty value; empty pieces ("a&&b") are no parameters.
/// Errors: `invalid` for '#', a control character, or a '%' without two hexadecimal digits.
[[nodiscard]] Failure append_canonical_query(Writer& out, std::string_view query);

}  // namespace dynamutex::sigv4
