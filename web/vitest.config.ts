import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  resolve: {
    alias: {
      $lib: fileURLToPath(new URL('./src/lib', import.meta.url)),
      $messages: fileURLToPath(new URL('./messages', import.meta.url)),
    },
  },
  test: { include: ['src/**/*.test.ts', 'messages/**/*.test.ts'] },
});
