// The weight of each shell, gzipped: what the first view of its heaviest page loads, through all that is
// loaded by what was loaded, in the longest language. Over the bar, the build is refused.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AT_ONCE, NOTES, SHELLS, WIDGET, WORKER } from './shells.mjs';

const web = fileURLToPath(new URL('..', import.meta.url));
const dist = join(web, 'dist');
const size = (file) => readFileSync(join(dist, `${file}.gz`)).length;
const sum = (files) => [...files].reduce((total, file) => total + size(file), 0);
const names = (text) => [...text.matchAll(/["'`](\w+)["'`]/g)].map(([, name]) => name);
const isWords = (key) => key.startsWith('messages/') || /^src\/\w+\/words\/\w+\.ts$/.test(key);

/** The catalogues that a page comes with: what the list of pages beside it says, or the shell's own. */
function wordsOf(page, { words = {} }) {
  const own = Object.entries(words).find(([folder]) => page.startsWith(folder))?.[1];
  if (own) return own;
  for (let folder = dirname(page); folder.startsWith('src/'); folder = dirname(folder)) {
    const list = join(web, folder, 'pages.ts');
    if (!existsSync(list)) continue;
    return [...readFileSync(list, 'utf8').matchAll(/\bwords\b[^[\n]*\[([^\]]*)\]/g)].flatMap(([, text]) => names(text));
  }
  return [];
}

/** Everything that these load, by their names in the manifest: at once, and then by themselves. */
function loaded(manifest, roots, follows = () => false) {
  const seen = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const { imports = [], dynamicImports = [] } = manifest[key];
    [...imports, ...dynamicImports.filter(follows)].forEach(visit);
  };
  roots.forEach(visit);
  return seen;
}

function weigh(shell) {
  const manifest = JSON.parse(readFileSync(join(web, '.built', `${shell.name}.json`), 'utf8'));
  const later = shell.later ?? [];
  const stale = later.find((key) => !manifest[key] && !isWords(key));
  if (stale) throw new Error(`${shell.name}: nothing loads ${stale} any more (scripts/shells.mjs)`);
  const follows = (key) => !isWords(key) && !later.includes(key);
  const start = loaded(manifest, [`${shell.name}.html`]);
  const pages = new Set([...start].flatMap((key) => manifest[key].dynamicImports ?? []).filter(follows));
  const languages = new Set(
    Object.keys(manifest).flatMap((key) => /^messages\/\w+\/(\w+)\.json$/.exec(key)?.[1] ?? []),
  );
  return [...(pages.size ? pages : [`${shell.name}.html`])].map((page) => {
    const view = loaded(manifest, [...start, page], (key) => follows(key) && !pages.has(key));
    const scripts = new Set([...view].map((key) => manifest[key].file));
    const asked = [...scripts].flatMap((file) =>
      [...readFileSync(join(dist, file), 'utf8').matchAll(/\.need\(\[([^\]]*)\]\)/g)].flatMap(([, text]) => names(text)),
    );
    const parts = new Set([
      ...AT_ONCE,
      ...wordsOf(page, shell),
      ...asked.filter((part) => !later.includes(`messages/${part}`)),
    ]);
    const wordy = [...languages].map((language) => {
      // A shell may have the words that it starts with in one file for each language.
      const whole = `src/${shell.name}/words/${language}.ts`;
      const keys = [whole, ...[...parts].map((part) => `messages/${part}/${language}.json`)].filter((key) => manifest[key]);
      return sum(new Set([...loaded(manifest, keys)].map((key) => manifest[key].file).filter((file) => !scripts.has(file))));
    });
    const styles = new Set([...view].flatMap((key) => manifest[key].css ?? []));
    const bar = Object.entries(shell.others ?? {}).find(([folder]) => page.startsWith(folder))?.[1] ?? shell.js;
    return { page, bar, js: (sum(scripts) + Math.max(0, ...wordy)) / 1024, css: sum(styles) / 1024 };
  });
}

let over = false;
const verdict = (fits) => {
  over ||= !fits;
  return fits ? 'ok' : 'TOO HEAVY';
};
for (const shell of SHELLS) {
  // By how near they are to their bars.
  const pages = weigh(shell).sort((a, b) => b.js - b.bar - (a.js - a.bar));
  const css = Math.max(...pages.map((each) => each.css));
  const light = verdict(css <= shell.css);
  console.log(`${`${shell.name}.html`.padEnd(11)} CSS ${css.toFixed(1)} of ${shell.css} KB (gz): ${light}`);
  const shown = process.argv.includes('--all') ? pages : pages.filter((each, at) => at === 0 || each.js > each.bar);
  for (const { page, js, bar } of shown) {
    console.log(`            JS ${js.toFixed(1)} of ${bar} KB (gz), ${page}: ${verdict(js <= bar)}`);
  }
}
for (const [file, bar] of [['widget.js', WIDGET], ['sw.js', WORKER], ['notes.js', NOTES]]) {
  const weight = size(file) / 1024;
  console.log(`${file.padEnd(11)} JS ${weight.toFixed(1)} of ${bar} KB (gz): ${verdict(weight <= bar)}`);
}
process.exit(over ? 1 : 0);
