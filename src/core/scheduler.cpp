#include <vdn/core/scheduler.hpp>

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

std::size_t usable_cores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<std::size_t>(CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

/// How long a thread looks for its next job, or for the end of the others' work, before it sleeps. Waking a sleeper
/// takes tens of microseconds, and a step has a handful of jobs; between steps and after a fit nobody should be busy
/// waiting.
constexpr std::chrono::microseconds patience{100};

void relax() {
#ifdef __x86_64__
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

/// Looks until `ready` or out of patience.
template <class Ready>
void look_for(const Ready& ready) {
  const auto end = std::chrono::steady_clock::now() + patience;
  do {
    for (int i = 0; i < 32; ++i) {
      if (ready()) return;
      relax();
    }
  } while (std::chrono::steady_clock::now() < end);
}

}  // namespace

struct Scheduler::Pool {
  std::vector<std::thread> workers;
  std::mutex mutex;
  std::condition_variable start, finished;
  std::atomic<std::size_t> generation{0};  // written under the mutex; a new value tells the workers that a job waits
  std::atomic<std::size_t> busy{0};        // likewise: workers still inside the present job
  std::atomic<bool> stop{false};           // likewise
  bool patient = false;                    // a core for every thread: nobody waits for the core of one that looks

  const std::function<void(std::size_t)>* task = nullptr;
  std::size_t count = 0;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> running{false};
  std::exception_ptr failure;
  std::size_t failed_task = 0;
  std::vector<double> busy_seconds;  // each thread writes its own, before it leaves the job

  void drain(std::size_t thread) {
    const auto begin = std::chrono::steady_clock::now();
    run_tasks();
    busy_seconds[thread] += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  void run_tasks() {
    for (std::size_t index = next.fetch_add(1); index < count; index = next.fetch_add(1)) {
      try {
        (*task)(index);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure || index < failed_task) {
          failure = std::current_exception();
          failed_task = index;
        }
      }
    }
  }

  void work(std::size_t thread) {
    std::size_t seen = 0;
    for (;;) {
      if (patient) look_for([&] { return stop || generation != seen; });
      {
        std::unique_lock lock(mutex);
        start.wait(lock, [&] { return stop || generation != seen; });
        if (stop) return;
        seen = generation;
      }
      drain(thread);
      const std::lock_guard lock(mutex);
      if (--busy == 0) finished.notify_one();
    }
  }
};

Scheduler::Scheduler(std::size_t threads) : pool_(std::make_unique<Pool>()) {
  const std::size_t total = threads == 0 ? usable_cores() : threads;
  pool_->busy_seconds.resize(total);
  pool_->patient = total <= usable_cores();
  for (std::size_t i = 1; i < total; ++i) pool_->workers.emplace_back([this, i] { pool_->work(i); });
}

Scheduler::~Scheduler() {
  {
    const std::lock_guard lock(pool_->mutex);
    pool_->stop = true;
  }
  pool_->start.notify_all();
  for (auto& worker : pool_->workers) worker.join();
}

std::vector<double> Scheduler::busy_seconds() const {
  return pool_->busy_seconds;
}

std::size_t Scheduler::threads() const {
  return pool_->workers.size() + 1;
}

void Scheduler::run(std::size_t count, const std::function<void(std::size_t)>& task) {
  Pool& pool = *pool_;
  if (pool.running.exchange(true)) {
    throw Error(ErrorKind::software, "scheduler", "run() was called inside a task or from two threads at once");
  }
  const bool shared = count > 1;  // a single task is done here, before another thread would be awake
  {
    const std::lock_guard lock(pool.mutex);
    pool.task = &task;
    pool.count = count;
    pool.next = 0;
    pool.failure = nullptr;
    pool.busy = shared ? pool.workers.size() : 0;
    if (shared) ++pool.generation;
  }
  if (shared) pool.start.notify_all();
  pool.drain(0);
  if (pool.patient) look_for([&] { return pool.busy == 0; });
  std::unique_lock lock(pool.mutex);
  pool.finished.wait(lock, [&] { return pool.busy == 0; });
  pool.running = false;
  if (pool.failure) std::rethrow_exception(pool.failure);
}

}  // namespace vdn
