import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The text face is asked for together with the style sheet, so that the first paint already has it. */
function preloadTextFace(): Plugin {
  return {
    name: 'preload-text-face',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const face = Object.keys(bundle ?? {}).find((name) =>
          /figtree-latin-wght-normal.*\.woff2$/.test(name),
        );
        if (!face) return [];
        return [
          {
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${face}`, crossorigin: '' },
            injectTo: 'head-prepend',
          },
        ];
      },
    },
  };
}

/**
 * Each shell is built by itself (`--mode index`, `--mode app`), so that staff code can't grow the
 * pages that customers load. A language is one file, and so is what every page of a shell shares.
 */
function chunkOf(id: string): string | null {
  const language = /\/messages\/\w+\/(\w+)\.json/.exec(id)?.[1];
  if (language) return language;
  if (/\/src\/signin\/(?!arrive|MailSent)/.test(id)) return 'signin';
  return /node_modules|\/src\/(lib|signin)\/(?!.*Ledger|.*Hue)|Sheet\.svelte|vite\/preload/.test(id)
    ? 'base'
    : null;
}

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), preloadTextFace()],
  resolve: { alias: { $lib: here('./src/lib'), $messages: here('./messages') } },
  build: {
    // light-dark() and oklch() stay as they are written; older browsers are not served.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // `img-src`/`font-src` stay 'self': nothing becomes a data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: false,
    rolldownOptions: {
      input: here(`./${mode === 'app' ? 'app' : 'index'}.html`),
      output: { codeSplitting: { groups: [{ name: chunkOf, debugName: 'pages' }] } },
    },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8080' } },
}));
