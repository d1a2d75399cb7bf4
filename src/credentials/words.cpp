#include "credentials/words.hpp"

#include "credentials/outcome.hpp"

namespace dynamutex::credentials {

Result<std::vector<std::string>> split_words(std::string_view command) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (c == '\0') return make_error(ErrorKind::invalid, "the command has a null byte in it");
    const bool escapes = c == '\\' && quote != '\'';
    if (escapes) {
      if (i + 1 == command.size()) return make_error(ErrorKind::invalid, "the command ends with a backslash");
      const char next = command[i + 1];
      if (quote == '\0' || next == '"' || next == '\\') {
        word += next;
        ++i;
      } else {
        word += c;
      }
      in_word = true;
    } else if (quote != '\0') {
      if (c == quote) quote = '\0';
      else word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != '\0') return make_error(ErrorKind::invalid, "the command has a quotation mark without its pair");
  if (in_word) words.push_back(std::move(word));
  if (words.empty() || words.front().empty()) return make_error(ErrorKind::invalid, "the command is empty");
  return words;
}

}  // namespace dynamutex::credentials
