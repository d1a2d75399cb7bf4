/* The floor under `dynamutex run NAME -- true`: two requests by bare libcurl on one connection, and between them one fork of `true`.
 *
 *   process_floor URL
 */
#include <curl/curl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char body[] =
    "{\"TableName\":\"locks\",\"Item\":{\"key\":{\"S\":\"bench\"},\"ownerName\":{\"S\":\"host-1:4711:0123456789abcdef\"},"
    "\"recordVersionNumber\":{\"S\":\"0123456789abcdef0123456789abcdef\"},\"leaseDuration\":{\"S\":\"20000\"},"
    "\"expiresAt\":{\"N\":\"1800000000000\"},\"ttl\":{\"N\":\"1800604800\"}},\"ConditionExpression\":\"attribute_not_exists(#k)\","
    "\"ExpressionAttributeNames\":{\"#k\":\"key\"},\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\"}";

static const char *const headers[] = {
    "Content-Type: application/x-amz-json-1.0",
    "X-Amz-Date: 20150830T123600Z",
    "X-Amz-Target: DynamoDB_20120810.PutItem",
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
    "Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
};

static size_t drop(char *data, size_t size, size_t count, void *self) {
  (void)data;
  (void)self;
  return size * count;
}

static int send_once(CURL *easy) {
  long status = 0;
  if (curl_easy_perform(easy) != CURLE_OK) return 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  return status == 200;
}

static int run_true(void) {
  static char *const command[] = {"true", NULL};
  int status = 0;
  const pid_t child = fork();
  if (child == 0) {
    execvp(command[0], command);
    _exit(127);
  }
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(int argc, char **argv) {
  struct curl_slist *list = NULL;
  CURL *easy;
  size_t i;
  int good;
  if (argc != 2) {
    fprintf(stderr, "usage: process_floor URL\n");
    return 64;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  easy = curl_easy_init();
  for (i = 0; i < sizeof headers / sizeof *headers; ++i) list = curl_slist_append(list, headers[i]);
  curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
  good = send_once(easy) && run_true() && send_once(easy);
  curl_slist_free_all(list);
  curl_easy_cleanup(easy);
  curl_global_cleanup();
  return good ? 0 : 1;
}
