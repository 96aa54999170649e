/** How the browser is started, wherever it is. */
export const executablePath = process.env['OPENCHAIR_CHROMIUM'] ?? '/usr/bin/chromium';

export const args = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where the server is. `cargo xtask` starts one and says. */
export function server(): string {
  const url = process.env['OPENCHAIR_URL'];
  if (!url) throw new Error('OPENCHAIR_URL names the running server, such as http://localhost:8080');
  return url;
}
