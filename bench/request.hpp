#pragma once
// The request that all signers here are timed with: a DynamoDB PutItem of 300 bytes with the four usual headers.

#include <string>
#include <string_view>

namespace bench {

inline constexpr std::string_view access_key_id = "AKIDEXAMPLE";
inline constexpr std::string_view secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
inline constexpr std::string_view region = "us-east-1";
inline constexpr std::string_view service = "dynamodb";
inline constexpr std::string_view amz_date = "20150830T123600Z";
inline constexpr std::string_view content_type = "application/x-amz-json-1.0";
inline constexpr std::string_view host = "dynamodb.us-east-1.amazonaws.com";
inline constexpr std::string_view target = "DynamoDB_20120810.PutItem";

inline std::string put_item_body() {
  std::string body =
      R"({"TableName":"locks","Item":{"key":{"S":"deploy"},"ownerName":{"S":"host-1:4711:0123456789abcdef"},)"
      R"("leaseDuration":{"S":"20000"},"recordVersionNumber":{"S":"0123456789abcdef0123456789abcdef"},"data":{"B":")";
  constexpr std::string_view end = R"("}}})";
  body.append(300 - body.size() - end.size(), 'A');
  body += end;
  return body;
}

}  // namespace bench
