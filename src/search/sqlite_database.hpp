#pragma once
// A thin layer over SQLite: connections, statements and transactions that clean up after themselves. Whatever goes
// wrong is thrown as an Error that names the file: (io) locked, full, not readable or not writable, (data) damaged or
// no SQLite file, (cannot_create, no_input) cannot be opened, (software) a statement that is wrong.

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include <vdn/core/error.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace vdn::search {

/// The error of a file whose content cannot be made sense of, with the ways out.
Error damaged_store(const std::string& path, const std::string& detail);

/// A connection to one file.
class Database {
 public:
  /// `flags` are those of sqlite3_open_v2; `wait` seconds a locked file is waited for. Throws Error: cannot_create
  /// where the flags say that a missing file is to be created, else no_input.
  Database(std::string path, int flags, double wait);

  /// Runs statements that give no rows.
  void exec(const char* sql);
  /// The first column of the first row that a statement gives, 0 when it gives none.
  std::int64_t integer_of(const char* sql);
  /// Throws what SQLite said last.
  [[noreturn]] void fail() const;

  sqlite3* handle() const { return handle_.get(); }
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::string path_;
  bool creates_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement. Parameters are bound in their order, then step() goes from row to row, and the columns of a
/// row are taken in their order.
class Statement {
 public:
  Statement(Database& database, const std::string& sql);

  Statement& bind_text(std::string_view value);
  Statement& bind_integer(std::int64_t value);
  /// All 64 bits are kept: values from 2^63 on are stored as negative numbers.
  Statement& bind_unsigned(std::uint64_t value);
  /// Infinities are kept as they are; NaN becomes NULL.
  Statement& bind_number(double value);
  /// The bytes are not copied: they must outlive the statement.
  Statement& bind_blob(std::string_view bytes);
  Statement& bind_null();

  /// Goes to the next row; false when there is none.
  bool step();
  /// Runs a statement that gives no rows.
  void run() { step(); }

  std::string take_text();
  std::int64_t take_integer();
  std::uint64_t take_unsigned();
  /// NULL becomes NaN.
  double take_number();
  std::string take_blob();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement& bound(int code);

  Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::deque<std::string> texts_;   ///< bound ones, which SQLite reads while it runs
  int parameter_ = 0, column_ = 0;  ///< the last one bound, the next one taken
};

/// What happens between its begin and commit() is stored whole or, when commit() is never reached, not at all.
class Transaction {
 public:
  enum class Kind {
    read,  ///< sees one state of the file, whatever others write
    write  ///< alone among writers, from its begin on
  };
  explicit Transaction(Database& database, Kind kind = Kind::write);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
};

}  // namespace vdn::search
