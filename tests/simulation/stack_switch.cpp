#include "simulation/stack_switch.hpp"

#include <cstdint>

#if defined(__x86_64__)

// System V AMD64 ABI, section 3.2.1: rbx, rbp, rsp and r12 to r15 belong to the caller. The control words of the
// floating-point units do too; nobody here changes them.
asm(R"(
.text
.p2align 4
.globl dynamutex_simulation_switch_stack
.hidden dynamutex_simulation_switch_stack
.type dynamutex_simulation_switch_stack, @function
dynamutex_simulation_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq (%rsi), %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size dynamutex_simulation_switch_stack, .-dynamutex_simulation_switch_stack

.p2align 4
.globl dynamutex_simulation_begin_stack
.hidden dynamutex_simulation_begin_stack
.type dynamutex_simulation_begin_stack, @function
dynamutex_simulation_begin_stack:
  movq %r12, %rdi
  callq *%rbx
  ud2
.size dynamutex_simulation_begin_stack, .-dynamutex_simulation_begin_stack
)");

extern "C" {
void dynamutex_simulation_switch_stack(void** here, void** there);
void dynamutex_simulation_begin_stack();
}

namespace dynamutex::simulation {

void StackPosition::begin(void* stack, std::size_t size, void (*entry)(void*), void* argument) {
  // As if the switch had been called from begin_stack, with what it needs in the registers that the switch restores.
  auto** top = reinterpret_cast<void**>(static_cast<char*>(stack) + size);
  *--top = nullptr;  // Where a debugger's walk ends; and the stack pointer is a multiple of 16 at the call of `entry`.
  *--top = nullptr;
  *--top = reinterpret_cast<void*>(&dynamutex_simulation_begin_stack);
  *--top = nullptr;                         // rbp
  *--top = reinterpret_cast<void*>(entry);  // rbx
  *--top = argument;                        // r12
  *--top = nullptr;                         // r13
  *--top = nullptr;                         // r14
  *--top = nullptr;                         // r15
  stack_pointer_ = top;
}

void StackPosition::go(StackPosition& here, StackPosition& there) {
  dynamutex_simulation_switch_stack(&here.stack_pointer_, &there.stack_pointer_);
}

}  // namespace dynamutex::simulation

#else

namespace dynamutex::simulation {
namespace {

// makecontext(3) hands over nothing wider than an int.
void enter(unsigned entry_high, unsigned entry_low, unsigned argument_high, unsigned argument_low) {
  const auto joined = [](unsigned high, unsigned low) { return static_cast<std::uintptr_t>(std::uint64_t{high} << 32U | low); };
  const auto entry = reinterpret_cast<void (*)(void*)>(joined(entry_high, entry_low));
  entry(reinterpret_cast<void*>(joined(argument_high, argument_low)));
}

}  // namespace

void StackPosition::begin(void* stack, std::size_t size, void (*entry)(void*), void* argument) {
  ::getcontext(&context_);
  context_.uc_stack.ss_sp = stack;
  context_.uc_stack.ss_size = size;
  context_.uc_link = nullptr;
  const std::uint64_t words[] = {reinterpret_cast<std::uintptr_t>(entry), reinterpret_cast<std::uintptr_t>(argument)};
  ::makecontext(&context_, reinterpret_cast<void (*)()>(&enter), 4, static_cast<unsigned>(words[0] >> 32U),
                static_cast<unsigned>(words[0]), static_cast<unsigned>(words[1] >> 32U), static_cast<unsigned>(words[1]));
}

void StackPosition::go(StackPosition& here, StackPosition& there) { ::swapcontext(&here.context_, &there.context_); }

}  // namespace dynamutex::simulation

#endif
