#include "report/page_style.hpp"

namespace vdn::report {

const char* const chart_style = R"(
:root{color-scheme:light dark;--page:#f4f6f8;--card:#fff;--ink:#14181f;--muted:#566070;--rule:#e1e5ea;--axis:#b4bcc8;
--grid:#e8ebef;--accent:#1c4fb5;--warn-bg:#fff4e5;--warn:#8a4b00;--strong:#eaf1ff;
--c0:#1c4fb5;--c1:#00795f;--c2:#a03c96;--c3:#8f6400;--c4:#6b7482;--c5:#6b7482;--c6:#14181f;--c7:#14181f;--c8:#b3364a}
@media (prefers-color-scheme:dark){:root{--page:#0d1014;--card:#15181e;--ink:#eef1f5;--muted:#a3adba;--rule:#2a303a;
--axis:#4b5361;--grid:#282d36;--accent:#9cbcff;--warn-bg:#33240f;--warn:#ffc37a;--strong:#1d2a44;
--c0:#9cbcff;--c1:#45d6ae;--c2:#ee9be2;--c3:#ecc257;--c4:#98a2b0;--c5:#98a2b0;--c6:#eef1f5;--c7:#eef1f5;--c8:#ff8fa0}}
.k0{--k:var(--c0);--w:2.6;--s:none}.k1{--k:var(--c1);--w:1.7;--s:none}.k2{--k:var(--c2);--w:1.7;--s:9 3}
.k3{--k:var(--c3);--w:1.7;--s:3 2.5}.k4{--k:var(--c4);--w:1.6;--s:1.5 3.5}.k5{--k:var(--c5);--w:1.6;--s:6 4}
.k6{--k:var(--c6);--w:1.7;--s:none}.k7{--k:var(--c7);--w:1.7;--s:4 3}.k8{--k:var(--c8);--w:1.7;--s:8 3 2 3}
.vc text{fill:var(--muted);font-size:12px}
.vc .e{text-anchor:end}.vc .c{text-anchor:middle}
.vc .n{fill:var(--ink)}
.vc path,.vc line{fill:none;stroke-linejoin:round}
.vc .g{stroke:var(--grid)}.vc .a{stroke:var(--axis)}
.vc .r{stroke:var(--muted);stroke-width:1.2;stroke-dasharray:5 4}
.vc .l{stroke:var(--k);stroke-width:var(--w);stroke-dasharray:var(--s)}
.vc .d{fill:var(--card);stroke:var(--k);stroke-width:2}
.vc .k0.d{fill:var(--k)}
.vc .f{fill:var(--k)}
.vc .cells path{shape-rendering:crispEdges}
.q0{stroke:#440154}.q1{stroke:#481a6c}.q2{stroke:#472f7d}.q3{stroke:#414487}.q4{stroke:#39568c}.q5{stroke:#31688e}
.q6{stroke:#2a788e}.q7{stroke:#23888e}.q8{stroke:#1f988b}.q9{stroke:#22a884}.q10{stroke:#35b779}.q11{stroke:#54c568}
.q12{stroke:#7ad151}.q13{stroke:#a5db36}.q14{stroke:#d2e21b}.q15{stroke:#fde725}
)";

const char* const page_style = R"(
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,
"Helvetica Neue","Liberation Sans",Arial,sans-serif}
.page{max-width:1160px;margin:0 auto;padding:32px 24px 48px}
header h1{font-size:30px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em;overflow-wrap:anywhere}
header p{color:var(--muted);margin:0;overflow-wrap:anywhere}
nav{margin:18px 0 0;font-size:14.5px}
nav a{display:inline-block;margin:0 18px 4px 0;color:var(--accent);text-decoration:none}
nav a:hover,nav a:focus{text-decoration:underline}
section{margin-top:36px}
h2{font-size:20px;line-height:1.3;margin:0 0 10px}
p,li{max-width:78ch}
section>p{margin:0 0 14px;color:var(--muted)}
ul{margin:0 0 14px;padding-left:20px;color:var(--muted)}
li{overflow-wrap:anywhere}
.note{background:var(--card);border-left:4px solid var(--accent);border-radius:4px;padding:10px 14px;margin:0 0 14px;
max-width:none;color:var(--ink);overflow-wrap:anywhere}
.note.warning{background:var(--warn-bg);border-left-color:var(--warn);color:var(--warn)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:0 0 16px}
.facts div{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:12px 14px;min-width:0}
.facts dt{font-size:13px;color:var(--muted)}
.facts dd{margin:0;overflow-wrap:anywhere}
.facts .v{font-size:22px;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
.facts .x{font-size:13px;color:var(--muted)}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:8px;margin:0 0 16px}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:14.5px;line-height:22px;
font-variant-numeric:tabular-nums}
caption{caption-side:bottom;text-align:left;color:var(--muted);font-size:13px;line-height:1.5;padding:9px 14px}
th,td{padding:7px 14px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--rule);font-weight:400;
unicode-bidi:isolate}
thead th{color:var(--muted);font-size:13px;font-weight:600;border-bottom:1px solid var(--axis)}
.w{text-align:left}
caption span{display:inline-block;position:sticky;left:14px;max-width:min(78ch,calc(100vw - 60px))}
td.w{white-space:normal;overflow-wrap:anywhere;min-width:12ch}
tbody tr:last-child>*{border-bottom:0}
td.b{font-weight:700;background:var(--strong)}
td.n{text-align:left;color:var(--muted)}
details{margin:0 0 16px}
summary{cursor:pointer;color:var(--accent);font-size:15px;padding:4px 0;width:fit-content}
details .scroll{margin-top:8px}
.legend{display:flex;flex-wrap:wrap;gap:2px 18px;list-style:none;padding:0;margin:0 0 10px;font-size:13.5px}
.legend li{display:flex;align-items:center;gap:7px;min-width:0}
.legend svg{flex:none}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:16px;margin:0 0 16px}
figure{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:14px 16px 12px;min-width:0}
figure.wide{grid-column:1/-1}
figure h3{font-size:15px;margin:0 0 6px;overflow-wrap:anywhere}
figure svg{display:block;width:100%;height:auto;overflow:visible}figure svg svg{overflow:hidden}
figure>svg+svg{margin-top:14px}
figure .legend svg{width:26px}
figcaption{font-size:13px;line-height:1.45;color:var(--muted);margin-top:8px;overflow-wrap:anywhere}
footer{margin-top:40px;padding-top:14px;border-top:1px solid var(--rule);font-size:13px;color:var(--muted);
overflow-wrap:anywhere}
@media (max-width:600px){.page{padding:20px 14px 32px}header h1{font-size:24px}section{margin-top:28px}
figure{padding:12px 10px 10px}figure .vc text,figure .vdn-fan text{font-size:14px}.facts{grid-template-columns:repeat(2,1fr);gap:8px}.facts .v{font-size:19px}
th,td{padding:6px 10px}th.w[scope=row]{position:sticky;left:0;background:var(--card);max-width:52vw;white-space:normal;
overflow-wrap:break-word}}
@media print{:root{--page:#fff;--card:#fff}body{font-size:11pt}.page{max-width:none;padding:0}nav{display:none}
section{margin-top:18pt}figure,.facts div,tr{break-inside:avoid}h2{break-after:avoid}.scroll{overflow:visible}}
)";

}  // namespace vdn::report
