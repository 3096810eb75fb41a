/** Style of the page: system fonts, colours for light and dark, nothing from elsewhere. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #d0d7de; --soft: #f6f8fa; --good: #1a7f37; --bad: #cf222e; --warn: #9a6700; --text: #1f2328; --page: #fff; --quiet: #59636e; }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --soft: #151b23; --good: #3fb950; --bad: #f85149; --warn: #d29922; --text: #f0f6fc; --page: #0d1117; --quiet: #9198a1; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 75rem; padding: 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
h1 { font-size: 1.4rem; } h1 code, h3 code { font-size: inherit; } h2 { font-size: 1.15rem; margin-top: 2rem; }
code, pre { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
.filters { display: flex; flex-wrap: wrap; gap: 1rem; padding: .75rem; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; position: sticky; top: 0; }
.filters label { display: flex; gap: .5rem; align-items: center; }
:focus-visible { outline: 3px solid var(--warn); outline-offset: 2px; }
article { border: 1px solid var(--line); border-radius: 6px; padding: .5rem 1rem; margin: .75rem 0; }
article h3 { font-size: 1rem; margin: .25rem 0; }
.added { border-left: 5px solid var(--good); } .removed { border-left: 5px solid var(--bad); } .changed { border-left: 5px solid var(--warn); }
.quiet { color: var(--quiet); }
.risk { color: var(--bad); font-weight: 600; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .15rem .75rem .15rem 0; }
th { font-weight: 500; } th:first-child { width: 22%; } thead { color: var(--quiet); }
pre { overflow-x: auto; background: var(--soft); padding: .5rem; border-radius: 6px; }
pre span { display: block; } .plus { color: var(--good); } .minus { color: var(--bad); }
summary { cursor: pointer; }
[hidden] { display: none; }
`;

/** Filters: an article shows when it fits all three choices; the count is announced. */
export const PAGE_SCRIPT = `
(() => {
  const articles = [...document.querySelectorAll('article')];
  const [cluster, team, risk] = ['cluster', 'team', 'risk'].map((id) => document.getElementById(id));
  const count = document.getElementById('count');
  const apply = () => {
    let shown = 0;
    for (const article of articles) {
      const { dataset } = article;
      const fits = (!cluster.value || dataset.cluster === cluster.value) && (!team.value || dataset.team === team.value)
        && (!risk.value || (risk.value === 'any' ? dataset.risks !== '' : dataset.risks.split(' ').includes(risk.value)));
      article.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const section of document.querySelectorAll('section')) {
      section.hidden = !section.querySelector('article:not([hidden])');
    }
    count.textContent = shown + ' of ' + articles.length + ' shown';
  };
  for (const choice of [cluster, team, risk]) choice.addEventListener('change', apply);
  apply();
})();
`;
