#pragma once
// A certificate authority of the test's own, made anew for each run.

#include <string>

namespace dynamutex::testing {

/// Makes certificates in a temporary folder, which goes with it. Every path is that of a PEM file.
class Certificates {
 public:
  struct Pair {
    std::string certificate;
    std::string key;
  };

  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  std::string ca;          ///< Signed the pairs below.
  std::string foreign_ca;  ///< Signed nothing.
  Pair localhost;          ///< For "localhost" and 127.0.0.1.
  Pair elsewhere;          ///< For "elsewhere.example".
  Pair client;             ///< Subject "CN=appliance".

 private:
  std::string folder_;
};

}  // namespace dynamutex::testing
