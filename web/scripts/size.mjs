// The weight of each shell, gzipped: what it starts with, its heaviest page, and the longest
// language. Over the bar, the build is refused.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SHELLS, WIDGET, WORKER } from './shells.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const assets = new Set(readdirSync(join(dist, 'assets')));
const text = (asset) => readFileSync(join(dist, 'assets', asset), 'utf8');
const size = (asset) => readFileSync(join(dist, 'assets', `${asset}.gz`)).length;
const isCatalogue = (asset) => /^(en|es|fr|ar|de)-/.test(asset);
const named = (source, pattern) =>
  [...source.matchAll(pattern)].map(([, asset]) => asset).filter((asset) => assets.has(asset));

/** The scripts that these import at once, with themselves. */
function closure(roots) {
  const seen = new Set();
  const visit = (asset) => {
    if (seen.has(asset)) return;
    seen.add(asset);
    named(text(asset), /(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g).forEach(visit);
  };
  roots.forEach(visit);
  return seen;
}

let over = false;
for (const bar of SHELLS) {
  const shell = `${bar.name}.html`;
  const html = readFileSync(join(dist, shell), 'utf8');
  const start = closure(named(html, /assets\/([\w.-]+\.js)/g));
  const styles = new Set(named(html, /assets\/([\w.-]+\.css)/g));
  const later = new Set([...start].flatMap((asset) => named(text(asset), /import\([`"']\.\/([\w.-]+\.js)/g)));

  const languages = new Map();
  for (const asset of [...later].filter(isCatalogue)) {
    const language = asset.slice(0, 2);
    languages.set(language, (languages.get(language) ?? 0) + size(asset));
  }
  const sum = (list) => [...list].reduce((total, asset) => total + size(asset), 0);
  const pages = [...later]
    .filter((asset) => !isCatalogue(asset) && !asset.startsWith('words-'))
    .map((asset) => {
      // Vite names a page's styles in the table of what its import needs.
      const base = asset.replace(/-[\w-]{8}\.js$/, '');
      const own = [...assets].filter((name) => name.startsWith(`${base}-`) && name.endsWith('.css'));
      const all = closure([asset]);
      return { asset, js: sum([...all].filter((each) => !start.has(each))), css: sum(own) };
    });
  const heaviest = (kind) => Math.max(0, ...pages.map((each) => each[kind]));
  const js = (sum(start) + heaviest('js') + Math.max(0, ...languages.values())) / 1024;
  const css = (sum(styles) + heaviest('css')) / 1024;
  const verdict = js <= bar.js && css <= bar.css ? 'ok' : 'TOO HEAVY';
  over ||= verdict !== 'ok';
  console.log(
    `${shell.padEnd(11)} JS ${js.toFixed(1)} of ${bar.js} KB, CSS ${css.toFixed(1)} of ${bar.css} KB (gz): ${verdict}`,
  );
}
for (const [file, bar] of [['widget.js', WIDGET], ['sw.js', WORKER]]) {
  const weight = readFileSync(join(dist, `${file}.gz`)).length / 1024;
  over ||= weight > bar;
  console.log(`${file.padEnd(11)} JS ${weight.toFixed(1)} of ${bar} KB (gz): ${weight <= bar ? 'ok' : 'TOO HEAVY'}`);
}
process.exit(over ? 1 : 0);
