#pragma once
// Reading JSON that must have a certain form: every access says what it wants, since nlohmann's conversions are
// lenient.

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <vdn/search/space.hpp>

namespace vdn::search {

using Json = nlohmann::ordered_json;

/// All functions throw Error (data) at `place`.
Json parse_json(const std::string& text, const std::string& place);
/// A document on one line. Throws for text that is not UTF-8, which JSON cannot hold.
std::string dump_json(const Json& json, const std::string& place);

/// The members of an object. Each function throws Error (data) naming a member that is missing or of another type.
class Fields {
 public:
  /// `object` must outlive this.
  Fields(const Json& object, std::string place);
  const Json& member(const char* name) const;
  std::string text(const char* name) const;
  std::vector<std::string> texts(const char* name) const;
  std::uint64_t whole(const char* name) const;
  std::vector<std::uint64_t> wholes(const char* name) const;
  double number(const char* name) const;
  bool flag(const char* name) const;
  const Json& list(const char* name) const;
  Configuration configuration(const char* name) const;
  const std::string& place() const { return place_; }

 private:
  void require(bool good, const char* name, const char* what) const;
  const Json& object_;
  std::string place_;
};

/// Pairs of key and value, in their order.
Json json_of(const Configuration& configuration);

}  // namespace vdn::search
