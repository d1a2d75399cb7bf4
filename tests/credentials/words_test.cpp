#include "credentials/words.hpp"

#include <doctest/doctest.h>

using dynamutex::credentials::split_words;
using Words = std::vector<std::string>;

TEST_CASE("a command is split into words, and nothing in it is expanded") {
  CHECK(*split_words("a") == Words{"a"});
  CHECK(*split_words("  a\tb \n c ") == Words{"a", "b", "c"});
  CHECK(*split_words(R"("/path to/x" "two words" 'single "quoted"')") == Words{"/path to/x", "two words", R"(single "quoted")"});
  CHECK(*split_words(R"(a"b c"d '' "")") == Words{"ab cd", "", ""});
  CHECK(*split_words(R"(a\ b "q\"\\\n" '\')") == Words{"a b", R"(q"\\n)", "\\"});
  CHECK(*split_words(R"('\\')") == Words{R"(\\)"});
  CHECK(*split_words("a $HOME `id` $(id) ; b | c > d ~ *") ==
        Words{"a", "$HOME", "`id`", "$(id)", ";", "b", "|", "c", ">", "d", "~", "*"});
}

TEST_CASE("a command without an end, or without a program, is refused") {
  for (const char* command : {"", "  ", "\"a", "a 'b", "a\\", "\"\"", "'' b"}) {
    CAPTURE(command);
    CHECK_FALSE(split_words(command).ok());
  }
  CHECK_FALSE(split_words(std::string_view("a\0b", 3)).ok());
}
