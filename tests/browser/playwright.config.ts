import { defineConfig } from '@playwright/test';
import { args, executablePath, server } from './support/browser';

export default defineConfig({
  testDir: './specs',
  outputDir: './test-results/specs',
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  // Long enough for a machine that builds something else meanwhile.
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [['line']],
  use: {
    // `cargo xtask test browser` starts a server.
    baseURL: server(),
    locale: 'en-US',
    // Far from every shop in these tests, so that a page which tells the device's time is found out.
    timezoneId: 'Pacific/Auckland',
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    // What a worker holds would answer instead of the server: only the test of it allows it.
    serviceWorkers: 'block',
    launchOptions: { executablePath, args },
  },
});
