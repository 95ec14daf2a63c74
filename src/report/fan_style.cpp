#include "report/fan_style.hpp"

namespace vdn::report {

const char* const fan_style = R"(
.vdn-fan{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif}
.vdn-fan .bg{fill:#fff}
.vdn-fan text{fill:#5b6472;font-size:12px}
.vdn-fan .t{fill:#14181f;font-size:21px;font-weight:600}
.vdn-fan .s{font-size:13.5px}
.vdn-fan .p{fill:#14181f;font-size:14px;font-weight:600}
.vdn-fan .e{text-anchor:end}
.vdn-fan .c{text-anchor:middle}
.vdn-fan path,.vdn-fan line{fill:none;stroke-linecap:round;stroke-linejoin:round}
.vdn-fan .g{stroke:#e8ebef}
.vdn-fan .a{stroke:#b4bcc8}
.vdn-fan .o{stroke:#8a94a3;stroke-dasharray:4 4;stroke-linecap:butt}
.vdn-fan .b{fill:#2864dc;stroke:none}
.vdn-fan .m{stroke:#1c4fb5;stroke-width:2}
.vdn-fan .h{stroke:#4a5260;stroke-width:1.3}
.vdn-fan .y{stroke:#e0540f;stroke-width:1.7}
@media (prefers-color-scheme:dark){
.vdn-fan .bg{fill:#15181e}
.vdn-fan text{fill:#9aa4b2}
.vdn-fan .t,.vdn-fan .p{fill:#eef1f5}
.vdn-fan .g{stroke:#282d36}
.vdn-fan .a{stroke:#4b5361}
.vdn-fan .o{stroke:#79828f}
.vdn-fan .b{fill:#5b8ff5}
.vdn-fan .m{stroke:#9cbcff}
.vdn-fan .h{stroke:#b9c1cd}
.vdn-fan .y{stroke:#ff9350}
}
)";

}  // namespace vdn::report
