#include "pairs_bare.hpp"

namespace bench {
namespace {

std::size_t drop(char* /*data*/, std::size_t size, std::size_t count, void* /*self*/) { return size * count; }

}  // namespace

SentRequest copy_of(const dynamutex::http::Request& request) {
  SentRequest copy{std::string(request.url), {}, std::string(request.body)};
  for (std::size_t i = 0; i < request.header_count; ++i) {
    copy.headers.push_back(std::string(request.headers[i].name) + ": " + std::string(request.headers[i].value));
  }
  return copy;
}

BarePair::BarePair(const std::vector<SentRequest>& requests) : easy_(::curl_easy_init()) {
  for (const SentRequest& request : requests) {
    curl_slist* headers = nullptr;
    for (const std::string& header : request.headers) headers = ::curl_slist_append(headers, header.c_str());
    prepared_.push_back({request.body, ::curl_slist_append(headers, "Accept:")});
    ::curl_easy_setopt(easy_, CURLOPT_URL, request.url.c_str());
  }
  ::curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  ::curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");  // Otherwise it is looked up in the environment for each request.
  ::curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &drop);
}

BarePair::~BarePair() {
  ::curl_easy_cleanup(easy_);
  for (const Prepared& each : prepared_) ::curl_slist_free_all(each.headers);
}

std::string BarePair::send() {
  for (const Prepared& each : prepared_) {
    ::curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, each.headers);
    ::curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, each.body.c_str());
    ::curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(each.body.size()));
    if (const CURLcode code = ::curl_easy_perform(easy_); code != CURLE_OK) return ::curl_easy_strerror(code);
    long status = 0;
    ::curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) return "HTTP status " + std::to_string(status);
  }
  return {};
}

}  // namespace bench
