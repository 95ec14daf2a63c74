#pragma once
// Rolling origins: parts of the past a line is judged on, each with what lay before it.

#include <cstddef>
#include <vector>

#include <vdn/data/windows.hpp>

namespace vdn {

/// Windows a line is fitted on, and later ones it is judged by. No target of `known` reaches a target of `judged`.
struct LineFold {
  Windows known, judged;
};

/// Rolling-origin evaluation (Tashman 2000). The training origins are cut at 40, 55, 70 and 85% of their rows: what
/// lies between two cuts is judged by a line of the windows whose targets end before it, and last of all validation by
/// a line of all training windows. One validation part is one stretch of time, and at long horizons a few independent
/// windows; four more say what holds at other times too. Folds without windows on either side are left out. `horizon`
/// is H.
std::vector<LineFold> rolling_folds(const Windows& training, const Windows& validation, std::size_t horizon);

}  // namespace vdn
