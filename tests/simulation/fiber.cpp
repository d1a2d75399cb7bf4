#include "simulation/fiber.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#define SIMULATION_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define SIMULATION_TSAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SIMULATION_ASAN 1
#elif __has_feature(thread_sanitizer)
#define SIMULATION_TSAN 1
#endif
#endif

// Valgrind has to know where a stack ends, or takes a switch for a huge frame.
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(start, end) 0U
#define VALGRIND_STACK_DEREGISTER(id) static_cast<void>(id)
#endif

#ifdef SIMULATION_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef SIMULATION_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace dynamutex::simulation {
namespace {

#if defined(SIMULATION_ASAN) || defined(SIMULATION_TSAN)
constexpr std::size_t kStackSize = std::size_t{512} * 1024;
#else
constexpr std::size_t kStackSize = std::size_t{128} * 1024;
#endif

/// Stacks that are used again and again, each with a page below it that nobody may touch.
class StackPool {
 public:
  ~StackPool() {
    for (const Stack& stack : all_) {
      VALGRIND_STACK_DEREGISTER(stack.valgrind_id);
      ::munmap(stack.bottom - guard_, kStackSize + guard_);
    }
  }

  void* take() {
    if (free_.empty()) map();
    void* const stack = free_.back();
    free_.pop_back();
    return stack;
  }

  void give_back(void* stack) {
#ifdef SIMULATION_ASAN
    __asan_unpoison_memory_region(stack, kStackSize);
#endif
    free_.push_back(stack);
  }

 private:
  struct Stack {
    char* bottom;
    unsigned valgrind_id;
  };

  void map() {
    void* const memory = ::mmap(nullptr, kStackSize + guard_, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED || ::mprotect(memory, guard_, PROT_NONE) != 0) {
      std::perror("no memory for a fiber's stack");
      std::abort();
    }
    char* const bottom = static_cast<char*>(memory) + guard_;
    all_.push_back({bottom, static_cast<unsigned>(VALGRIND_STACK_REGISTER(bottom, bottom + kStackSize))});
    free_.push_back(bottom);
  }

  const std::size_t guard_ = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::vector<Stack> all_;
  std::vector<void*> free_;
};

StackPool& stacks() {
  static StackPool pool;
  return pool;
}

}  // namespace

Fiber::Fiber(std::function<void()> body) : body_(std::move(body)), stack_(stacks().take()) {
  inside_.begin(
      stack_, kStackSize, [](void* self) { static_cast<Fiber*>(self)->run(); }, this);
#ifdef SIMULATION_TSAN
  sanitizer_inside_ = __tsan_create_fiber(0);
#endif
}

Fiber::~Fiber() {
#ifdef SIMULATION_TSAN
  __tsan_destroy_fiber(sanitizer_inside_);
#endif
  stacks().give_back(stack_);
}

void Fiber::run() {
#ifdef SIMULATION_ASAN
  __sanitizer_finish_switch_fiber(nullptr, &outside_stack_, &outside_stack_size_);
#endif
  body_();
  done_ = true;
  suspend();
}

void Fiber::resume() {
#if defined(SIMULATION_ASAN)
  __sanitizer_start_switch_fiber(&sanitizer_outside_, stack_, kStackSize);
#elif defined(SIMULATION_TSAN)
  sanitizer_outside_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(sanitizer_inside_, 0);
#endif
  StackPosition::go(outside_, inside_);
#ifdef SIMULATION_ASAN
  __sanitizer_finish_switch_fiber(sanitizer_outside_, nullptr, nullptr);
#endif
}

void Fiber::suspend() {
#if defined(SIMULATION_ASAN)
  __sanitizer_start_switch_fiber(done_ ? nullptr : &sanitizer_inside_, outside_stack_, outside_stack_size_);
#elif defined(SIMULATION_TSAN)
  __tsan_switch_to_fiber(sanitizer_outside_, 0);
#endif
  StackPosition::go(inside_, outside_);
#ifdef SIMULATION_ASAN
  __sanitizer_finish_switch_fiber(sanitizer_inside_, &outside_stack_, &outside_stack_size_);
#endif
}

}  // namespace dynamutex::simulation
