#include "dynamutex/credentials/profile_source.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "credentials/outcome.hpp"
#include "dynamutex/credentials/container_source.hpp"
#include "dynamutex/credentials/imds_source.hpp"
#include "dynamutex/credentials/process_source.hpp"
#include "dynamutex/credentials/profile_files.hpp"
#include "dynamutex/credentials/sts.hpp"

namespace dynamutex::credentials {
namespace {

constexpr std::size_t kChainMax = 16;

class FixedSource final : public Source {
 public:
  explicit FixedSource(Fetched fetched) : fetched_(std::move(fetched)) {}
  FetchOutcome fetch(MonotonicTime /*deadline*/, const Cancellation* /*cancellation*/) override { return fetched_; }
  std::string name() const override { return "profile"; }

 private:
  Fetched fetched_;
};

class AbsentSource final : public Source {
 public:
  explicit AbsentSource(std::string reason) : reason_(std::move(reason)) {}
  FetchOutcome fetch(MonotonicTime /*deadline*/, const Cancellation* /*cancellation*/) override { return Absent{reason_}; }
  std::string name() const override { return "profile"; }

 private:
  std::string reason_;
};

using SourceResult = Result<std::unique_ptr<Source>>;

std::string value_or_empty(const Section& section, std::string_view name) {
  const std::string* const value = section.find(name);
  return value != nullptr ? *value : std::string();
}

/// Turns a profile into the sources that it describes.
class Resolver {
 public:
  Resolver(const World& world, const ProfileFiles& files, std::string region)
      : world_(world), files_(files), region_(std::move(region)) {}

  SourceResult resolve(const std::string& name) {
    const Section* const section = files_.profile(name);
    if (section == nullptr) return wrong(name, "there is no such profile");
    // A profile that names itself as its source means its own keys (AWS, "Assume role credential provider").
    const bool own_keys = !visited_.empty() && visited_.back() == name;
    if (!own_keys && std::find(visited_.begin(), visited_.end(), name) != visited_.end()) {
      return wrong(name, "its source_profile leads back to itself");
    }
    if (visited_.size() >= kChainMax) return wrong(name, "the chain of source_profile is too long");
    visited_.push_back(name);
    if (!own_keys && section->find("role_arn") != nullptr) return role(name, *section);
    return keys(name, *section);
  }

 private:
  static Error wrong(const std::string& name, const std::string& what) {
    return make_error(ErrorKind::invalid, "profile '" + printable(name) + "': " + what);
  }

  SourceResult keys(const std::string& name, const Section& section) {
    const std::string* const id = section.find("aws_access_key_id");
    const std::string* const key = section.find("aws_secret_access_key");
    if (id != nullptr && key != nullptr) {
      const std::string* const token = section.find("aws_session_token");
      const std::string_view token_text = token != nullptr ? std::string_view(*token) : std::string_view();
      return done(std::make_unique<FixedSource>(make_fetched({*id, Secret(*key), Secret(token_text)}, std::nullopt)));
    }
    if (id != nullptr) return wrong(name, "it has aws_access_key_id, but no aws_secret_access_key");
    if (key != nullptr) return wrong(name, "it has aws_secret_access_key, but no aws_access_key_id");
    if (const std::string* const command = section.find("credential_process")) return process(name, *command);
    if (section.find("sso_session") != nullptr || section.find("sso_start_url") != nullptr) {
      return wrong(
          name,
          "sign-in by browser (sso) is not supported; add credential_process = aws configure export-credentials --profile " +
              printable(name));
    }
    return done(std::make_unique<AbsentSource>("profile '" + printable(name) + "' has no credentials in it"));
  }

  SourceResult process(const std::string& name, const std::string& command) {
#if DYNAMUTEX_CREDENTIALS_PROCESS
    static_cast<void>(name);
    return done(make_process_source(*world_.clock, command));
#else
    static_cast<void>(command);
    return wrong(name, "credential_process was left out of this build");
#endif
  }

  SourceResult role(const std::string& name, const Section& section) {
#if DYNAMUTEX_CREDENTIALS_STS
    if (section.find("mfa_serial") != nullptr)
      return wrong(name, "mfa_serial is not supported: there is nobody to ask for a code");
    Role wanted;
    wanted.arn = value_or_empty(section, "role_arn");
    wanted.session_name = value_or_empty(section, "role_session_name");
    wanted.external_id = value_or_empty(section, "external_id");
    const std::string duration = value_or_empty(section, "duration_seconds");
    for (const char c : duration) {
      if (c < '0' || c > '9' || duration.size() > 5) return wrong(name, "duration_seconds is not a number from 900 to 43200");
      wanted.duration_seconds = wanted.duration_seconds * 10 + (c - '0');
    }
    StsOptions options = complete(name, section);
    if (const std::string* const file = section.find("web_identity_token_file")) {
#if DYNAMUTEX_CREDENTIALS_WEB_IDENTITY
      return done(make_web_identity_source(world_, *file, std::move(wanted), std::move(options)));
#else
      return wrong(name, "web identity was left out of this build");
#endif
    }
    auto from = source_of_role(name, section);
    if (!from) return from;
    return done(make_assume_role_source(world_, *std::move(from), std::move(wanted), std::move(options)));
#else
    static_cast<void>(section);
    return wrong(name, "role assumption was left out of this build");
#endif
  }

  StsOptions complete(const std::string& name, const Section& section) const {
    StsOptions options;
    options.region = region_;
    for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
      if (options.region.empty()) options.region = world_.environment(variable).value_or("");
    }
    if (options.region.empty()) options.region = value_or_empty(section, "region");
    options.endpoint_url = configured_endpoint_url(world_.environment, files_, name, "sts").value_or("");
    return options;
  }

  SourceResult source_of_role(const std::string& name, const Section& section) {
    const std::string* const profile = section.find("source_profile");
    const std::string* const place = section.find("credential_source");
    if ((profile == nullptr) == (place == nullptr)) {
      return wrong(name, "role_arn needs either source_profile or credential_source, and not both");
    }
    if (profile != nullptr) return resolve(*profile);
    if (*place == "Environment") return done(make_environment_source(world_.environment));
#if DYNAMUTEX_CREDENTIALS_IMDS
    if (*place == "Ec2InstanceMetadata") return done(make_imds_source(world_));
#endif
#if DYNAMUTEX_CREDENTIALS_CONTAINER
    if (*place == "EcsContainer") return done(make_container_source(world_));
#endif
    return wrong(name, "credential_source is unknown, or was left out of this build");
  }

  static SourceResult done(std::unique_ptr<Source> source) { return SourceResult(std::move(source)); }

  const World& world_;
  const ProfileFiles& files_;
  const std::string region_;
  std::vector<std::string> visited_;
};

class ProfileSource final : public Source {
 public:
  ProfileSource(World world, std::string profile, std::string region)
      : world_(std::move(world)), profile_(std::move(profile)), region_(std::move(region)) {}

  FetchOutcome fetch(MonotonicTime deadline, const Cancellation* cancellation) override {
    auto files = load_profile_files(world_.environment);
    if (!files) return std::move(files).error();
    const std::string name = profile_.empty() ? profile_name(world_.environment) : profile_;
    const bool chosen = !profile_.empty() || !world_.environment("AWS_PROFILE").value_or("").empty();
    if (files->profile(name) == nullptr && !chosen) return Absent{"there is no profile '" + printable(name) + "'"};
    auto source = Resolver(world_, *files, region_).resolve(name);
    if (!source) return std::move(source).error();
    return (*source)->fetch(deadline, cancellation);
  }

  std::string name() const override { return "shared files"; }

 private:
  const World world_;
  const std::string profile_;
  const std::string region_;
};

}  // namespace

std::unique_ptr<Source> make_profile_source(World world, std::string profile, std::string region) {
  return std::make_unique<ProfileSource>(std::move(world), std::move(profile), std::move(region));
}

}  // namespace dynamutex::credentials
