#pragma once
// The credentials and the scope of AWS's examples.

#include <string>
#include <string_view>
#include <vector>

#include "dynamutex/sigv4/signer.hpp"

namespace sigv4_test {

using namespace dynamutex::sigv4;

inline AmzDate example_date() { return AmzDate::parse("20150830T123600Z").value(); }

inline Scope example_scope() { return {example_date(), "us-east-1", "service"}; }

inline Credentials example_credentials(std::string_view token = {}) {
  return {"AKIDEXAMPLE", dynamutex::Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), dynamutex::Secret(token)};
}

inline std::vector<Header> example_headers() { return {{"host", "example.amazonaws.com"}, {"x-amz-date", "20150830T123600Z"}}; }

inline Request example_request(const std::vector<Header>& headers) { return {"GET", "/", "", headers, {}}; }

/// True if the result is an error of kind `invalid` whose message is one line and holds `part`.
template <class T>
bool refused(const dynamutex::Result<T>& result, std::string_view part) {
  return !result.ok() && result.error().kind == dynamutex::ErrorKind::invalid &&
         result.error().message.find(part) != std::string::npos && result.error().message.find('\n') == std::string::npos;
}

}  // namespace sigv4_test
