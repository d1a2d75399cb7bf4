// Memory for a program of one thread that takes and gives back the same few sizes without end: the operators new and delete of
// `simulate` in release builds. Elsewhere the usual ones stay, for what sanitizers and valgrind see by them.

#include <sys/mman.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t kGrain = 16;
constexpr std::size_t kPooledMax = 1024;
constexpr std::size_t kSizes = kPooledMax / kGrain + 1;
/// A slab holds pieces of one size.
constexpr std::size_t kSlab = std::size_t{64} * 1024;
/// Address space only: pages come when they are touched.
constexpr std::size_t kReserved = std::size_t{4} * 1024 * 1024 * 1024;

struct Piece {
  Piece* next;
};

// All zero before any constructor runs, as operator new may be called by one.
std::array<Piece*, kSizes> free_pieces;
std::array<std::uint8_t, kReserved / kSlab> size_of_slab;
char* reserved;
std::size_t slabs_used;

static_assert(kSizes <= 256);

/// The first of a new slab's pieces; null where there is no room for one.
Piece* cut_slab(std::size_t index) {
  if (reserved == nullptr) {
    void* const memory = ::mmap(nullptr, kReserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    reserved = static_cast<char*>(memory);
  }
  if (slabs_used == size_of_slab.size()) return nullptr;
  char* const slab = reserved + slabs_used * kSlab;
  size_of_slab[slabs_used++] = static_cast<std::uint8_t>(index);
  const std::size_t size = index * kGrain;
  Piece* first = nullptr;
  for (std::size_t count = kSlab / size; count > 0; --count) {
    first = ::new (static_cast<void*>(slab + (count - 1) * size)) Piece{first};
  }
  return first;
}

void* take(std::size_t size) {
  if (size > kPooledMax) return std::malloc(size);
  const std::size_t index = size == 0 ? 1 : (size + kGrain - 1) / kGrain;
  Piece* piece = free_pieces[index];
  if (piece == nullptr) {
    piece = cut_slab(index);
    if (piece == nullptr) return std::malloc(size);
  }
  free_pieces[index] = piece->next;
  return piece;
}

void give_back(void* memory) {
  if (memory == nullptr) return;
  const std::size_t offset = static_cast<std::size_t>(static_cast<char*>(memory) - reserved);
  if (reserved == nullptr || offset >= kReserved) return std::free(memory);
  const std::size_t index = size_of_slab[offset / kSlab];
  free_pieces[index] = ::new (memory) Piece{free_pieces[index]};
}

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = take(size);
  if (memory == nullptr) {
    std::perror("no memory");
    std::abort();
  }
  return memory;
}
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
