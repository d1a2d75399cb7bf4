// The least that a static program with HTTPS can be: one GET by libcurl, printed. What the command is measured beside.

#include <curl/curl.h>

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  CURL* const curl = curl_easy_init();
  if (curl == nullptr) return 1;
  curl_easy_setopt(curl, CURLOPT_URL, argv[1]);
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_cleanup(curl);
  return code == CURLE_OK ? 0 : 1;
}
