#pragma once
// The version of these headers. Semantic versioning; before 1.0 a new minor version may break callers.

#define DYNAMUTEX_VERSION_MAJOR 0
#define DYNAMUTEX_VERSION_MINOR 1
#define DYNAMUTEX_VERSION_PATCH 0
/// For the preprocessor: `#if DYNAMUTEX_VERSION_NUMBER >= 102` is "0.1.2 or newer".
#define DYNAMUTEX_VERSION_NUMBER (DYNAMUTEX_VERSION_MAJOR * 10000 + DYNAMUTEX_VERSION_MINOR * 100 + DYNAMUTEX_VERSION_PATCH)
#define DYNAMUTEX_VERSION "0.1.0"

static_assert(DYNAMUTEX_VERSION_MAJOR < 1000 && DYNAMUTEX_VERSION_MINOR < 100 && DYNAMUTEX_VERSION_PATCH < 100,
              "two decimal digits each");
