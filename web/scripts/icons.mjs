// Draws the icons of the installed staff pages anew from the favicon, for whoever has changed it: `node
// scripts/icons.mjs`. What comes out is committed. It needs the browser tests' browser, which no build does.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const tests = createRequire(new URL('../../tests/browser/package.json', import.meta.url));
const { chromium } = tests('@playwright/test');
const web = new URL('../', import.meta.url);
const at = (path) => new URL(path, web);
const round = readFileSync(at('src/assets/favicon.svg'), 'utf8');
// Systems cut the corners of these themselves, and show no more than the middle: four fifths of it are safe.
const whole = round
  .replace(/ rx="\d+"/, '')
  .replace(/<path /, '<path transform="translate(16 16) scale(.8) translate(-16 -16)" ');

const browser = await chromium.launch({
  executablePath: process.env['OPENCHAIR_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
async function drawn(svg, size) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  const png = await page.screenshot({ omitBackground: true });
  await page.close();
  return png;
}

mkdirSync(at('public/assets'), { recursive: true });
for (const old of readdirSync(at('public/assets'))) if (old.startsWith('icon-')) rmSync(at(`public/assets/${old}`));
/** Assets never change under a name. */
function keep(name, ending, data) {
  const hash = createHash('sha256').update(data).digest('base64url').slice(0, 8);
  const path = `assets/icon-${name}-${hash}.${ending}`;
  writeFileSync(at(`public/${path}`), data);
  return `/${path}`;
}
const icons = [
  { src: keep('any', 'svg', round), sizes: 'any', type: 'image/svg+xml' },
  { src: keep('192', 'png', await drawn(round, 192)), sizes: '192x192', type: 'image/png' },
  { src: keep('512', 'png', await drawn(round, 512)), sizes: '512x512', type: 'image/png' },
  { src: keep('whole', 'png', await drawn(whole, 512)), sizes: '512x512', type: 'image/png', purpose: 'maskable' },
];
writeFileSync(at('public/apple-touch-icon.png'), await drawn(whole, 180));
await browser.close();

const manifest = JSON.parse(readFileSync(at('public/manifest.webmanifest'), 'utf8'));
writeFileSync(at('public/manifest.webmanifest'), `${JSON.stringify({ ...manifest, icons }, null, 2)}\n`);
