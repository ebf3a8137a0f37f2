// Runs what there is of tests of the page: node run.mjs page|parts|types. Exits with 77, which means
// skipped, where something is missing that only these tests need, and says what.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SKIPPED = 77;
const web = fileURLToPath(new URL('../../web/', import.meta.url));
const browser = process.env.CHROMIUM ?? '/usr/bin/chromium';

const runs = {
  page: ['page.test.mjs', fileURLToPath(new URL('.', import.meta.url))],
  parts: ['test/run.mjs', web],
  types: ['node_modules/typescript/bin/tsc', web, '--noEmit'],
};

function missing(name) {
  if (!existsSync(`${web}node_modules/three`))
    return "the page's packages (npm ci in web/ failed or was not tried)";
  if (name === 'page' && !existsSync(browser)) return `a browser at ${browser}`;
  return null;
}

const name = process.argv[2];
const what = missing(name);
if (what) {
  console.log(`skipped: there is no ${what}`);
  process.exit(SKIPPED);
}
const [script, folder, ...more] = runs[name];
const ran = spawnSync(process.execPath, [script, ...more], { cwd: folder, stdio: 'inherit' });
process.exitCode = ran.status ?? 1;
