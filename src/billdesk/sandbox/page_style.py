"""The look of the pay page: one style sheet, inlined, so the page loads nothing from anywhere."""

STYLE = """
:root{--ink:#1a2233;--soft:#5b6577;--line:#d9dee7;--accent:#1f5fbf;--accent-dark:#194e9e;
--ground:#f4f6f9;--bad:#b3261e;--bad-ground:#fdf1f0;--good:#1b7a48;--good-ground:#e9f6ef}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);
font:16px/1.5 Inter,"Segoe UI",-apple-system,"Helvetica Neue",Arial,"Liberation Sans",sans-serif}
.test{background:#fff4d6;border-bottom:1px solid #ecd48f;color:#5c4400;font-size:14px}
.test div{max-width:1000px;margin:0 auto;padding:9px 24px;display:flex;gap:12px;
align-items:baseline}
.test b{background:#8a6400;color:#fff;border-radius:4px;padding:1px 8px;font-size:12px;
letter-spacing:.06em;white-space:nowrap}
main{max-width:1000px;margin:0 auto;padding:48px 24px 32px;display:grid;
grid-template:"about pay" auto "help pay" 1fr/minmax(0,1fr) minmax(0,440px);
gap:40px 64px;align-items:start}
.about{grid-area:about}.pay{grid-area:pay}.help{grid-area:help}
.from{display:flex;align-items:center;gap:12px;font-weight:600;margin:0 0 36px}
.mark{width:40px;height:40px;border-radius:10px;background:var(--accent);color:#fff;
display:grid;place-items:center;font-size:18px;font-weight:600;flex:none}
h1{font-size:17px;font-weight:500;color:var(--soft);margin:0;line-height:1.4}
.total{font-size:42px;line-height:1.15;font-weight:650;letter-spacing:-.02em;margin:4px 0 28px;
font-variant-numeric:tabular-nums}
dl.items{margin:0;border-top:1px solid var(--line)}
dl.items div{display:grid;grid-template-columns:1fr auto;gap:4px 20px;padding:16px 0;
border-bottom:1px solid var(--line)}
dl.items dt{font-weight:550;overflow-wrap:anywhere}
dl.items dd{margin:0;font-variant-numeric:tabular-nums;white-space:nowrap}
dl.items dd.note{grid-column:1/-1;color:var(--soft);font-size:14px;white-space:normal;
overflow-wrap:anywhere}
dl.items .sum{font-weight:650;border-bottom:0}
.card{background:#fff;border:1px solid var(--line);border-radius:14px;padding:28px;
box-shadow:0 1px 2px rgba(20,30,60,.05),0 8px 28px rgba(20,30,60,.07)}
h2{font-size:18px;line-height:1.35;font-weight:650;margin:0 0 20px;letter-spacing:-.01em}
label,.group{display:block;font-size:14px;font-weight:550;margin:0 0 6px}
input[type=text],input[type=email]{width:100%;font:inherit;color:inherit;padding:11px 13px;
border:1px solid #b9c1ce;border-radius:8px;background:#fff;font-variant-numeric:tabular-nums}
input::placeholder{color:#8b94a3}
input:focus-visible,button:focus-visible,summary:focus-visible,.tabs input:focus-visible+label
{outline:3px solid rgba(31,95,191,.35);outline-offset:1px;border-color:var(--accent)}
input[aria-invalid=true]{border-color:var(--bad);background:#fffafa}
.field{margin:0 0 18px}
.field p{color:var(--bad);font-size:14px;margin:6px 0 0}
.two{display:grid;grid-template-columns:1fr 1fr;gap:14px}
.tabs{border:0;padding:0;margin:0;min-width:0;display:grid;grid-template-columns:1fr 1fr;
gap:0 10px}
.tabs legend{padding:0}
.tabs>div{grid-column:1/-1}
.tabs>input{position:absolute;opacity:0;width:1px;height:1px}
.tabs>label{display:flex;padding:11px 14px;margin:0 0 18px;border:1px solid #b9c1ce;
border-radius:8px;cursor:pointer;align-items:center;gap:9px}
.tabs>label::before{content:"";width:14px;height:14px;border-radius:50%;flex:none;
border:1.5px solid #8b94a3;background:#fff}
.tabs>input:checked+label{border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent);
color:var(--accent-dark)}
.tabs>input:checked+label::before{border:4.5px solid var(--accent)}
.by-card,.by-debit{display:none}
#by-card:checked~.by-card,#by-debit:checked~.by-debit,.only .by-card{display:block}
.hint{color:var(--soft);font-size:13.5px;margin:0 0 18px}
button{width:100%;font:inherit;font-weight:600;padding:13px 16px;border:0;border-radius:9px;
background:var(--accent);color:#fff;cursor:pointer;margin-top:4px}
button svg{width:16px;height:16px;margin-right:8px;vertical-align:-2px;fill:none;
stroke:currentColor;stroke-width:2.2;stroke-linecap:round}
a{color:var(--accent-dark);text-underline-offset:2px}
button:hover{background:var(--accent-dark)}
button.plain{background:#fff;color:var(--ink);border:1px solid #b9c1ce;margin-top:10px}
.alert{background:var(--bad-ground);border:1px solid #f0c3bf;border-left:4px solid var(--bad);
border-radius:8px;padding:12px 14px;margin:0 0 20px;color:#7c1812;font-size:15px}
.alert b{display:block}
.small{font-size:13px;color:var(--soft);margin:16px 0 0;text-align:center}
details{border:1px solid #ecd48f;border-radius:12px;background:#fffaf0;
font-size:14px}
summary{cursor:pointer;padding:12px 16px;font-weight:600;color:#5c4400;border-radius:12px}
table{border-collapse:collapse;width:100%}
th{padding:10px 16px 6px;border-top:1px solid #f3e3b5;text-align:left;font-size:13px;
font-weight:600;color:#5c4400}
td{padding:8px 16px;border-top:1px solid #f3e3b5;vertical-align:top}
td:first-child{font-family:ui-monospace,"SF Mono",Consolas,"Liberation Mono",monospace;
font-size:13px;white-space:nowrap}
.done{max-width:520px;margin:0 auto;padding:56px 24px;display:block}
.done .card{padding:40px 36px;text-align:center}
.done button:first-of-type{margin-top:22px}
.badge{width:60px;height:60px;border-radius:50%;display:grid;place-items:center;
margin:0 auto 20px}
.badge svg{width:30px;height:30px;fill:none;stroke-width:2.6;stroke-linecap:round;
stroke-linejoin:round}
.good{background:var(--good-ground)}.good svg{stroke:var(--good)}
.idle{background:#eceff4}.idle svg{stroke:var(--soft)}
.done h1{font-size:24px;font-weight:650;color:var(--ink);letter-spacing:-.01em;margin-bottom:10px}
.done p{margin:0 0 8px;overflow-wrap:anywhere;white-space:pre-line}
.done p.small{margin:20px 0 0}
.facts{margin:26px 0 0;border-top:1px solid var(--line);text-align:left;font-size:15px}
.facts div{display:flex;justify-content:space-between;gap:20px;padding:12px 0;
border-bottom:1px solid var(--line)}
.facts dt{color:var(--soft)}
.facts dd{margin:0;text-align:right;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
footer{max-width:1000px;margin:0 auto;padding:8px 24px 40px;color:var(--soft);font-size:13px;
text-align:center}
@media (max-width:760px){
main{grid-template:"about" auto "pay" auto "help" auto/minmax(0,1fr);gap:24px;
padding:24px 16px}
.from{margin-bottom:20px}.total{font-size:36px;margin-bottom:20px}
.card{padding:22px 18px}.done{padding:28px 16px}.done .card{padding:32px 20px}
.test div{padding:9px 16px}td{padding:8px 12px}
}
.desk{display:block;max-width:1000px}
.desk header h1{font-size:24px;font-weight:650;color:var(--ink);letter-spacing:-.01em}
.desk header p{margin:6px 0 28px;color:var(--soft)}
.desk section{background:#fff;border:1px solid var(--line);border-radius:14px;margin:0 0 24px;
overflow-x:auto}
.desk h2{margin:0;padding:18px 20px 12px}
.desk th{border-top:1px solid var(--line);color:var(--soft);padding:8px 20px}
.desk td{border-top:1px solid var(--line);padding:10px 20px;vertical-align:middle;font-size:15px;
font-variant-numeric:tabular-nums}
.desk td:first-child{font:inherit;font-size:15px;font-weight:550}
.desk td:nth-child(2),.desk th:nth-child(2){text-align:right;white-space:nowrap}
.desk td:last-child{text-align:right}
.desk form{display:inline-block;margin:2px 0 2px 6px}
.desk form button{width:auto;margin:0;padding:6px 12px;font-size:14px;font-weight:550;
white-space:nowrap}
.desk form button:hover{background:#eef2f8}
.desk form input[type=text]{width:78px;padding:5px 8px;font-size:14px;margin-right:6px}
.desk small{display:block;color:var(--soft);font-size:13px;font-weight:400}
.desk .empty{margin:0;padding:4px 20px 20px;color:var(--soft)}
.desk .told{background:var(--good-ground);color:#0f5a33;border-radius:8px;padding:11px 16px;
margin:0 0 20px}
.pill{display:inline-block;border-radius:20px;padding:2px 10px;font-size:13.5px;font-weight:550;
background:#eceff4;color:#3d4658;white-space:nowrap}
.pill.good{background:var(--good-ground);color:#0f5a33}
.pill.bad{background:var(--bad-ground);color:#7c1812}
.pill.wait{background:#fff4d6;color:#5c4400}
.also dl{margin:0}
.also dl div{display:flex;justify-content:space-between;align-items:center;gap:16px;
flex-wrap:wrap;padding:12px 20px;border-top:1px solid var(--line)}
.also dt{font-weight:550}.also dd{margin:0}
"""
