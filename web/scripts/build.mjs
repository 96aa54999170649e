// Builds each shell by itself into one folder, which starts out empty, so that staff code can't grow the
// pages that customers load; the widget and the worker for notes, which are one file each; and the service
// worker of the staff pages, which is told what they consist of.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SHELLS } from './shells.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = new URL('../dist/', import.meta.url);
const manifests = new URL('../.built/', import.meta.url);
[dist, manifests].forEach((folder) => rmSync(folder, { recursive: true, force: true }));
mkdirSync(manifests);

function build(name, env = {}) {
  const vite = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url));
  const built = spawnSync(process.execPath, [vite, 'build', '--mode', name], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (built.status !== 0) process.exit(built.status ?? 1);
}

// The staff pages come first: what lies there behind them is theirs.
const [staff, ...others] = SHELLS.map(({ name }) => name);
build(staff);
const files = readdirSync(new URL('assets/', dist)).sort().map((name) => `/assets/${name}`);
// The icons are the system's, which keeps them itself.
const parts = files.filter((file) => !file.startsWith('/assets/icon-'));
const page = readFileSync(new URL(`${staff}.html`, dist));
const mark = createHash('sha256').update(JSON.stringify(parts)).update(page).digest('hex').slice(0, 12);
build('worker', { OPENCHAIR_FILES: JSON.stringify(parts), OPENCHAIR_BUILD: JSON.stringify(mark) });
[...others, 'widget', 'notes'].forEach((name) => build(name));
for (const { name } of SHELLS) {
  renameSync(new URL(`${name}.manifest.json`, dist), new URL(`${name}.json`, manifests));
}
await import('./compress.mjs');
