import { defineConfig } from '@playwright/test';

// `cargo xtask test browser` starts a server and sets both.
const baseURL = process.env['OPENCHAIR_URL'];
if (!baseURL) throw new Error('OPENCHAIR_URL names the running server, such as http://localhost:8080');
const chromium = process.env['OPENCHAIR_CHROMIUM'] ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: './specs',
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  // Long enough for a machine that builds something else meanwhile.
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [['line']],
  use: {
    baseURL,
    locale: 'en-US',
    // Far from every shop in these tests, so that a page which tells the device's time is found out.
    timezoneId: 'Pacific/Auckland',
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromium,
      args: [
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
