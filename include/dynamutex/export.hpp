#pragma once
// What a shared library shows: the layers are compiled with hidden visibility, and each public declaration says otherwise.

#define DYNAMUTEX_EXPORT __attribute__((visibility("default")))
