// What credential services and processes answer, under any bytes.
// What must hold: credentials are complete or there are none; errors are printable and quote no body; the answer's text is wiped.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "credentials/iso8601.hpp"
#include "credentials/json_answer.hpp"
#include "credentials/sts_answer.hpp"

namespace {

using namespace dynamutex::credentials;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const dynamutex::Result<Fetched>& result, bool must_expire) {
  if (result) {
    require(!result->credentials->access_key_id.empty() && !result->credentials->secret_access_key.empty());
    require(!must_expire || (result->expires && !result->credentials->session_token.empty()));
    return;
  }
  require(result.error().kind == dynamutex::ErrorKind::not_applied || result.error().kind == dynamutex::ErrorKind::denied);
  for (const char c : result.error().message) require((c >= ' ' || c < '\0') && c != '\x7f');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const JsonForm& form : {kMetadataForm, kProcessForm, kIotForm}) {
    std::string answer(text);
    check(parse_json_credentials(answer, form), form.expires);
    require(answer.empty());
  }
  std::string xml(text);
  check(parse_sts_credentials(xml), true);
  require(xml == std::string(size, '\0'));
  const auto error = parse_sts_error(text, 400);
  require(error.message.size() < 1000);
  const auto time = parse_iso8601(text);
  if (time) require(time->time_since_epoch() > std::chrono::hours(-24) && size >= 20);
  return 0;
}
