import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { SHELLS } from './scripts/shells.mjs';

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

/** The API that the development server hands on to. */
const API = process.env['OPENCHAIR_API'] ?? 'http://localhost:8080';

/** While one develops: the shell that the server would answer with, and the worker for notes. */
function serveShells(): Plugin {
  return {
    name: 'serve-shells',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = (request.url ?? '/').split('?')[0] ?? '/';
        const page = request.headers.accept?.includes('text/html');
        const shell = page ? SHELLS.find(({ pages }) => pages.test(path)) : undefined;
        if (shell) request.url = `/${shell.name}.html`;
        if (path === '/notes.js') request.url = '/src/visit/push/notes.ts';
        next();
      });
    },
  };
}

/**
 * Each shell is built by itself (`--mode book`), so that staff code can't grow the pages that customers
 * load. What every page of a shell shares is one file; the words of each part are a file of their own.
 */
function chunkOf(id: string, mode: string): string | null {
  // How the menu looks, with which booking begins, comes with how every page looks.
  if (mode === 'book' && MENU.test(id) && /[?&]type=style/.test(id)) return 'base';
  if (/\/messages\/\w+\/\w+\.json/.test(id)) return null;
  // Booking begins with the menu, which needs no fields: they come with the step that has some.
  const fields = /\/svelte\/.*\/bindings\/(input|this)\.|\/lib\/ui\/(\w*Field|TextArea|Check)\./;
  if (mode === 'book' && fields.test(id)) return 'fields';
  if (mode === 'book' && /\/lib\/ui\/(\w*Notice|Button|sentence)\.|\/book\/ui\/Near\./.test(id)) return 'notices';
  const own = /\/src\/(styles\/|widget\/inside|book\/((told|sentence|shop|choice|routes|kept|wire|doors)\.ts|ui\/(Frame|Question|Row)|booking\/said))/;
  if (mode === 'book' && own.test(id)) return 'base';
  // Visits and vouchers are paid through the same door.
  if (mode === 'book' && /\/src\/pay\/(door|paying)/.test(id)) return 'door';
  if (mode === 'queue' && IN_ONE_PAGE.test(id)) return null;
  if (/\/src\/signin\/(?!arrive|MailSent)/.test(id)) return 'signin';
  // What every page of the staff has: who sits there, and what was said last.
  if (mode === 'app' && /\/src\/app\/((desk|said|loaded|here|newer)\.svelte|over|Avatar)/.test(id)) return 'base';
  return /node_modules\/(?!uqr\/)|\/src\/(lib|signin)\/(?!.*Ledger|.*Hue|.*QrCode)|\/front\/Sheet\.svelte|vite\/preload/.test(id)
    ? 'base'
    : null;
}

const MENU = /\/src\/book\/(booking\/(Walk|What|Chosen|Greeting)|ui\/(Row|Steps))\./;

/** A customer's place in a line is a page without a form, and a form has no dialog: neither loads the other's. */
const IN_ONE_PAGE =
  /\/src\/lib\/(ui\/(TextField|Field|Stepper|Dialog|Confirm|Check|LanguageSelect)\.|release|awake|money)/;

/** What businesses put on their own sites: one file that keeps its name. */
const widget = {
  emptyOutDir: false,
  // Others' visitors have older browsers than ours; look.css says its colours once all the same.
  target: ['chrome111', 'firefox113', 'safari16.4'],
  rolldownOptions: {
    input: here('./src/widget/widget.ts'),
    output: { format: 'iife' as const, entryFileNames: 'widget.js' },
  },
};

/** The service worker, which knows what the staff pages consist of. */
const worker = {
  emptyOutDir: false,
  target: ['chrome123', 'firefox121', 'safari17.5'],
  rolldownOptions: {
    input: here('./src/worker/worker.ts'),
    output: { format: 'iife' as const, entryFileNames: 'sw.js' },
  },
};

/** The service worker that shows customers the notes of businesses. */
const notes = {
  emptyOutDir: false,
  target: ['chrome123', 'firefox121', 'safari17.5'],
  rolldownOptions: {
    input: here('./src/visit/push/notes.ts'),
    output: { format: 'iife' as const, entryFileNames: 'notes.js' },
  },
};

const LONE: Record<string, typeof widget> = { widget, worker, notes };

export default defineConfig(({ mode }) => ({
  define: mode === 'worker' ? { __FILES__: process.env['OPENCHAIR_FILES'], __BUILD__: process.env['OPENCHAIR_BUILD'] } : {},
  plugins: [svelte(), preloadTextFace(), serveShells()],
  resolve: { alias: { $lib: here('./src/lib'), $messages: here('./messages') } },
  build: LONE[mode] ?? {
    // light-dark() and oklch() stay as they are written; older browsers are not served.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // `img-src`/`font-src` stay 'self': nothing becomes a data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: false,
    // What loads what, for the gate of weights (scripts/size.mjs); the build takes it out of what is served.
    manifest: `${mode}.manifest.json`,
    rolldownOptions: {
      input: here(`./${mode}.html`),
      output: {
        chunkFileNames: ({ facadeModuleId }) => {
          const [, part, language] = /\/messages\/(\w+)\/(\w+)\.json/.exec(facadeModuleId ?? '') ?? [];
          return `assets/${language ? `words-${part}-${language}` : '[name]'}-[hash].js`;
        },
        codeSplitting: {
          groups: [{ name: (id) => chunkOf(id, mode), debugName: 'pages' }],
          includeDependenciesRecursively: true,
        },
      },
    },
  },
  server: {
    proxy: {
      '^/(v1|dev|docs|media)(/|$)': { target: API, changeOrigin: true, ws: true, headers: { origin: API } },
    },
  },
}));
