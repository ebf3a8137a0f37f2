// What the checks of the page need: a server with worlds, a browser, and ways to wait.
//
//   UNSCRIPTED_BINARY   the program
//   CHROMIUM            the browser (default: /usr/bin/chromium)
//   SCREENSHOTS         a folder for pictures of what was seen (default: none)
//   ONLY                checks whose names contain this (default: all)
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, makeWorld, startServer } from './server.mjs';

const web = fileURLToPath(new URL('../../web/package.json', import.meta.url));
const { chromium } = createRequire(web)('playwright-core');

const FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
// A machine without a graphics card, with much else to do.
export const PATIENCE_MS = 30_000;
const DEADLINE_MS = 900_000;

export const launch = (t, ...more) =>
  chromium.launch({ executablePath: t.chromium, args: [...FLAGS, ...more] });

/** What the page says of itself; see web/src/debug.ts. */
export const read = (page, key) => page.evaluate((k) => window.unscripted[k], key);

export async function until(page, what, condition, argument) {
  const began = Date.now();
  while (Date.now() - began < PATIENCE_MS) {
    const value = await page.evaluate(condition, argument).catch(() => null);
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`did not happen: ${what}`);
}

export function expect(holds, what) {
  if (!holds) throw new Error(what);
}

export async function shoot(page, name) {
  if (process.env.SCREENSHOTS)
    await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), timeout: 10_000 });
}

/** A page of its own, that reports what goes wrong in it. */
export async function open(t, url, options = {}) {
  const context = await t.browser.newContext({ viewport: { width: 900, height: 600 }, ...options });
  t.contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => t.troubles.push(String(error.stack)));
  page.on('console', (said) => {
    // A server that is down on purpose is no trouble of the page.
    const isNetwork = /WebSocket|ERR_CONNECTION|Failed to load resource/.test(said.text());
    if (said.type() === 'error' && !isNetwork) t.troubles.push(said.text());
  });
  await page.goto(url);
  return page;
}

export const live = (page) =>
  until(
    page,
    'things are shown',
    () => window.unscripted?.things > 0 && window.unscripted.frames > 0,
  );

export async function openWorld(t, world, more = '', options) {
  const page = await open(t, `${t.server.url}/?world=${world}${more}`, options);
  await live(page);
  return page;
}

/** Drags the slider to a tick. */
export const scrub = (page, tick) =>
  page.locator('#track').evaluate((track, to) => {
    track.value = String(to);
    track.dispatchEvent(new Event('input', { bubbles: true }));
    track.dispatchEvent(new Event('change', { bubbles: true }));
  }, tick);

export const atTick = (page, tick) =>
  until(
    page,
    `tick ${tick} is shown`,
    (wanted) =>
      window.unscripted.mode === 'past' &&
      window.unscripted.tick === wanted &&
      !document.querySelector('.is-loading'),
    tick,
  );

function giveUp() {
  console.log('FAILED  it took too long');
  process.exit(1); // ends the server and the browser, too
}

/** A server with some worlds in it, and a browser. */
async function prepare(t) {
  t.binary = process.env.UNSCRIPTED_BINARY;
  if (!t.binary) throw new Error('UNSCRIPTED_BINARY: name the program');
  t.chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
  t.data = await mkdtemp(join(tmpdir(), 'unscripted-page-'));
  t.server = await startServer(t.binary, t.data);
  t.client = new Client(t.server.tcp);
  t.eden = await makeWorld(t.client, 'eden');
  // Where nobody dies while they are watched.
  t.calm = await makeWorld(t.client, 'calm', {
    bots: 4,
    more: { rules: { day: 1_000_000, lifespan: 1_000_000 } },
  });
  // Where nobody moves, and nobody hides another from the camera.
  t.still = await makeWorld(t.client, 'still', {
    bots: 3,
    wells: 1,
    side: 8,
    places: {
      bots: [
        [1.5, 0, 4],
        [4, 0, 4],
        [6.5, 0, 4],
      ],
      wells: [[4, 0, 1]],
    },
    more: { pause_at: 0 },
  });
  t.hostile = await makeWorld(t.client, '<b onclick=x>"&amp;', { bots: 1, wells: 0, side: 5 });
  await t.client.ask('thing.create', {
    world: t.hostile.id,
    kind: 'well',
    name: '<img src=x onerror=hacked=1>',
  });
  t.browser = await launch(t);
}

async function runOne(t, { name, run }) {
  const said = [];
  t.say = (text) => said.push(text);
  t.troubles.length = 0;
  const began = Date.now();
  let trouble = null;
  try {
    await run(t);
    if (t.troubles.length > 0) trouble = t.troubles.join('\n');
  } catch (error) {
    trouble = [error.message, ...t.troubles].join('\n');
  }
  for (const context of t.contexts.splice(0)) await context.close();
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`${trouble ? 'FAILED' : 'ok'}  ${name} (${seconds} s)`);
  for (const line of said) console.log(`    ${line}`);
  if (trouble) console.log(`    ${trouble.split('\n').join('\n    ')}`);
  return trouble === null;
}

/** Runs all checks, or those that ONLY names. */
export async function runAll(checks) {
  const t = { troubles: [], contexts: [] };
  let failed = 0;
  setTimeout(giveUp, DEADLINE_MS).unref();
  try {
    await prepare(t);
    for (const one of checks.filter((c) => c.name.includes(process.env.ONLY ?? '')))
      if (!(await runOne(t, one))) ++failed;
  } finally {
    await t.browser?.close();
    t.client?.close();
    await t.server?.stop();
    if (t.data) await rm(t.data, { recursive: true, force: true });
  }
  console.log(failed === 0 ? 'all checks passed' : `${failed} checks failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
