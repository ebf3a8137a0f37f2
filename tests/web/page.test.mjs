// The page in a real browser, against a real server. Prints a line for each check, and exits with
// 1 if one of them fails. What is to be set is said in harness.mjs.
import {
  PATIENCE_MS,
  atTick,
  expect,
  launch,
  live,
  open,
  openWorld,
  read,
  runAll,
  scrub,
  shoot,
  until,
} from './harness.mjs';
import { Client, makeWorld, startServer } from './server.mjs';

const checks = [];
const check = (name, run) => checks.push({ name, run });

check('the list of worlds says who lives in them', async (t) => {
  const page = await open(t, t.server.url);
  await page.locator('.world-card', { hasText: 'eden' }).getByText('wells').waitFor();
  await until(page, 'actions a second are said', () =>
    /actions\/s/.test(document.querySelector('#worlds').textContent),
  );
  await shoot(page, 'worlds');
  await page.locator('.world-card', { hasText: 'eden' }).click();
  await live(page);
});

check('bots of a living world are seen to move', async (t) => {
  const page = await openWorld(t, t.eden.id);
  const [id, before] = await page.evaluate(() => {
    const bot = window.unscripted.bots[0];
    return [bot, window.unscripted.placeOf(bot)];
  });
  const frames = await read(page, 'frames');
  await until(
    page,
    'some bot is elsewhere',
    ([bot, at]) => {
      const now = window.unscripted.placeOf(bot) ?? [1e9];
      return now.some((x, i) => Math.abs(x - at[i]) > 0.2);
    },
    [id, before],
  );
  await until(page, 'frames are drawn', (n) => window.unscripted.frames > n + 2, frames);
  await until(page, 'the charts say how fast it is', () =>
    /\d actions\/s/.test(document.querySelector('#numbers').textContent),
  );
  await shoot(page, 'live');
});

check('a click on a bot opens its panel, and F follows it', async (t) => {
  const page = await openWorld(t, t.still.id); // where a click finds what was aimed at
  await until(page, 'the camera is where it goes', () => window.unscripted.atRest);
  const id = await page.evaluate(() => window.unscripted.bots[0]);
  const at = await page.evaluate((bot) => window.unscripted.screenOf(bot), id);
  await page.mouse.click(at.x, at.y);
  await until(page, 'it is selected', (bot) => window.unscripted.selected === bot, id);
  await page.locator('#pane-thing').getByText('drink').first().waitFor();
  await page.locator('#pane-thing .records li').first().waitFor();
  await page.keyboard.press('f');
  await until(
    page,
    'the camera goes to it',
    (bot) => {
      const { camera, following, placeOf } = window.unscripted;
      const place = placeOf(bot);
      return (
        following === bot &&
        Math.hypot(camera.target[0] - place[0], camera.target[2] - place[2]) < 0.2
      );
    },
    id,
  );
  await shoot(page, 'panel');
  await page.keyboard.press('Escape');
  expect((await read(page, 'selected')) === null, 'Escape lets go');
});

check('a bot that walks is followed', async (t) => {
  const page = await openWorld(t, t.calm.id);
  await page.locator('#tab-list').click();
  await page.locator('.things button').first().click();
  await page.keyboard.press('f');
  const first = await page.evaluate(() => window.unscripted.camera.target);
  await until(
    page,
    'the camera goes along',
    (from) => {
      const { target } = window.unscripted.camera;
      return (
        window.unscripted.following && Math.hypot(target[0] - from[0], target[2] - from[2]) > 0.5
      );
    },
    first,
  );
});

check('it scrubs to an earlier tick, steps, plays, and comes back to live', async (t) => {
  const page = await openWorld(t, t.eden.id);
  await until(page, 'there is some history', () => window.unscripted.tick > 120);
  await scrub(page, 60);
  await atTick(page, 60);
  expect(
    /tick=60/.test(page.url()) ||
      (await until(page, 'the address says so', () => location.search.includes('tick=60'))),
    'address',
  );
  await page.locator('#canvas').focus();
  await page.keyboard.press('.');
  await atTick(page, 61);
  await page.keyboard.press(',');
  await atTick(page, 60);
  await page.locator('#tick').fill('100');
  await page.locator('#tick').press('Enter');
  await atTick(page, 100);
  await page.locator('#speed').selectOption('25');
  await page.locator('#play-back').click();
  await until(
    page,
    'it plays backwards',
    () => window.unscripted.tick < 90 && window.unscripted.playing === -1,
  );
  await page.locator('#play-back').click();
  const from = await read(page, 'tick');
  await page.locator('#play').click();
  await until(
    page,
    'it plays forwards',
    (tick) => window.unscripted.tick > tick + 5 && window.unscripted.playing === 1,
    from,
  );
  await shoot(page, 'history');
  await page.locator('#play').click();
  await page.locator('#live').click();
  await until(
    page,
    'it is live again',
    () => window.unscripted.mode === 'live' && window.unscripted.things > 0,
  );
  const seq = await read(page, 'seq');
  await until(page, 'it lives', (before) => window.unscripted.seq > before, seq);
});

check('playing to the end of the history ends in the present', async (t) => {
  const page = await openWorld(t, t.eden.id, '&tick=30');
  await atTick(page, 30);
  await page.locator('#speed').selectOption('1000');
  await page.locator('#play').click();
  await until(page, 'it is live', () => window.unscripted.mode === 'live');
});

check('it jumps to the next death and to the birth before', async (t) => {
  const page = await openWorld(t, t.eden.id, '&tick=10');
  await atTick(page, 10);
  await page.locator('#death-next').click();
  await until(page, 'who died is said', () =>
    /Died before tick/.test(document.querySelector('#toasts').textContent),
  );
  const death = await read(page, 'tick');
  expect(death > 10, `the death is at tick ${death}`);
  const told = await t.client.ask('history.export', {
    world: t.eden.id,
    what: 'deaths',
    from: { tick: 10 },
    to: { tick: death + 1 },
    limit: 1,
  });
  expect(
    told.items[0].tick === death - 1,
    `the first death is in tick ${told.items[0].tick}, shown is ${death}`,
  );
  await page.locator('#death-back').click();
  await until(page, 'there is none before', () =>
    /no death before/.test(document.querySelector('#toasts').textContent),
  );
  await page.locator('#birth-back').click();
  await until(
    page,
    'a birth is shown',
    (tick) =>
      window.unscripted.tick < tick &&
      /born|birth/.test(document.querySelector('#toasts').textContent),
    death,
  );
});

check('a fork from a tick is another world that begins with it', async (t) => {
  const page = await openWorld(t, t.eden.id, '&tick=40');
  await atTick(page, 40);
  await page.locator('#fork').click();
  await page.waitForURL((url) => url.searchParams.get('world') !== t.eden.id);
  await live(page);
  await until(
    page,
    'it lives on',
    () => window.unscripted.mode === 'live' && window.unscripted.tick >= 40,
  );
  const id = new URL(page.url()).searchParams.get('world');
  const stats = await t.client.ask('history.stats', { world: id });
  expect(stats.base.tick === 40, `it begins at tick ${stats.base.tick}`);
  await t.client.ask('world.delete', { world: id });
  await page
    .getByText('was deleted')
    .or(page.getByText('There is no such world'))
    .first()
    .waitFor();
});

check('a reload finds world, tick, camera and bot again', async (t) => {
  const page = await openWorld(t, t.eden.id, '&tick=50');
  await atTick(page, 50);
  await page.locator('#tab-list').click();
  await page.locator('.things button').first().click();
  await page.locator('#canvas').focus();
  await page.keyboard.press('e', { delay: 150 });
  await page.mouse.move(300, 300);
  await page.mouse.wheel(0, -200);
  await until(
    page,
    'the address says where',
    () => /cam=.*/.test(location.search) && location.search.includes('bot='),
  );
  const resting = () =>
    page.evaluate(async () => {
      let before = '';
      for (let now = location.search; now !== before; now = location.search) {
        before = now;
        await new Promise((resolve) => setTimeout(resolve, 900));
      }
      return window.unscripted.camera;
    });
  const camera = await resting();
  const selected = await read(page, 'selected');
  await page.reload();
  await live(page);
  await atTick(page, 50);
  await until(page, 'the bot is selected', (bot) => window.unscripted.selected === bot, selected);
  const after = await read(page, 'camera');
  const off = Math.max(...camera.eye.map((x, i) => Math.abs(x - after.eye[i])));
  expect(off < 0.1, `the eye is ${off} m elsewhere`);
  // A link without a camera: that of the last visit.
  await page.goto(`${t.server.url}/?world=${t.eden.id}`);
  await live(page);
  const kept = await read(page, 'camera');
  expect(Math.abs(kept.azimuth - camera.azimuth) < 0.01, 'the camera of the last visit');
});

check('a killed server is said to be gone, and the page goes on once it is back', async (t) => {
  const page = await openWorld(t, t.eden.id);
  const asked = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => asked.push(String(payload))),
  );
  const past = await openWorld(t, t.eden.id, '&tick=20');
  const list = await open(t, t.server.url);
  await list.locator('.world-card').first().waitFor();
  await t.server.kill();
  for (const one of [page, past, list])
    await one.getByText('Disconnected from the server').waitFor();
  await shoot(page, 'disconnected');
  t.client.close();
  t.server = await startServer(t.binary, t.data, { tcp: t.server.tcp, http: t.server.http });
  t.client = new Client(t.server.tcp);
  for (const one of [page, past, list])
    await one.locator('#banner').waitFor({ state: 'hidden', timeout: PATIENCE_MS });
  const seq = await read(page, 'seq');
  await until(page, 'it lives', (before) => window.unscripted.seq > before, seq);
  expect(
    asked.some((text) => /"method":"subscribe".*"since":\d+/.test(text)),
    'it resumes from its cursor',
  );
  expect(
    (await read(past, 'mode')) === 'past' && (await read(past, 'tick')) === 20,
    'the past stays where it was',
  );
  await scrub(past, 25);
  await atTick(past, 25);
  expect(
    (await read(page, 'things')) ===
      (await t.client.ask('thing.list', { world: t.eden.id })).items.length,
    'as many things',
  );
});

check('an idle world draws no frame', async (t) => {
  const page = await openWorld(t, t.still.id);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const busy = async () =>
    (await session.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration')
      .value;
  const settled = () =>
    page.evaluate(async () => {
      let before = -1;
      while (window.unscripted.frames !== before) {
        before = window.unscripted.frames;
        await new Promise((resolve) => setTimeout(resolve, 1500));
      }
      return before;
    });
  const frames = await settled();
  const [worked, began] = [await busy(), Date.now()];
  await new Promise((resolve) => setTimeout(resolve, 6000));
  const share = ((await busy()) - worked) / ((Date.now() - began) / 1000);
  t.say(`the page's thread worked ${(share * 100).toFixed(2)} % of an idle stretch`);
  expect(
    (await read(page, 'frames')) === frames,
    `${(await read(page, 'frames')) - frames} frames were drawn`,
  );
});

/** Reads for how many seconds the page's script has run. */
async function scriptTime(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () =>
    (await session.send('Performance.getMetrics')).metrics.find((m) => m.name === 'ScriptDuration')
      .value;
}

check('ten thousand walking bots take a few draw calls', async (t) => {
  const crowd = await makeWorld(t.client, 'crowd', {
    bots: 10_000,
    wells: 20,
    side: 400,
    more: { speed: 0.5, rules: { day: 5000, lifespan: 50_000 } },
  });
  const page = await openWorld(t, crowd.id, '', { viewport: { width: 400, height: 300 } });
  await until(page, 'all are there', () => window.unscripted.things >= 10_000);
  await until(page, 'they walk', () => window.unscripted.moving > 1000);
  const scripted = await scriptTime(page);
  const [worked, began] = [await scripted(), Date.now()];
  const measured = await page.evaluate(async () => {
    const { frames } = window.unscripted;
    const began = performance.now();
    let moving = 0;
    let drawn = 0;
    while ((drawn < 4 || performance.now() - began < 4000) && performance.now() - began < 20_000) {
      moving = Math.max(moving, window.unscripted.moving);
      await new Promise((resolve) => setTimeout(resolve, 100));
      drawn = window.unscripted.frames - frames;
    }
    const { drawCalls, triangles, things } = window.unscripted;
    return { drawCalls, triangles, things, moving, drawn };
  });
  const seconds = (Date.now() - began) / 1000;
  const script = ((await scripted()) - worked) * 1000;
  const { things, moving, drawCalls, triangles, drawn } = measured;
  const aSecond = (script / seconds).toFixed(0);
  const aFrame = (script / Math.max(1, drawn)).toFixed(0);
  t.say(`${things} things, ${moving} of them moving at once`);
  t.say(`a frame: ${drawCalls} draw calls, ${triangles} triangles`);
  t.say(`without a graphics card, 400 × 300: ${(drawn / seconds).toFixed(1)} frames/s`);
  t.say(`the page's own script: ${aSecond} ms of each second, ${aFrame} ms for each frame`);
  await shoot(page, 'crowd').catch(() => t.say('too slow for a picture'));
  expect(drawCalls <= 24, `${drawCalls} draw calls`);
  await page.close();
  await t.client.ask('world.delete', { world: crowd.id });
});

check('a link to a world that is not there says so', async (t) => {
  const page = await open(t, `${t.server.url}/?world=atlantis&tick=5&cam=1,2,3`);
  await page.getByText('There is no such world here').waitFor();
  await page.getByText('atlantis').waitFor();
  await page.locator('.world-card', { hasText: 'eden' }).waitFor();
  await shoot(page, 'unknown');
});

check('hostile names are text', async (t) => {
  const page = await openWorld(t, t.hostile.id);
  await page.locator('#tab-list').click();
  await page.locator('.things button', { hasText: '<img' }).click();
  await page.keyboard.press('n');
  await page.locator('.label', { hasText: '<img' }).waitFor();
  await page.locator('#pane-thing h2', { hasText: '<img' }).waitFor();
  expect(
    await page.evaluate(
      () => !window.hacked && document.querySelectorAll('img, script:not([src])').length === 0,
    ),
    'no markup',
  );
});

check('at phone width nothing is wider than the page', async (t) => {
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  const page = await openWorld(t, t.eden.id, '', phone);
  const isNarrow = () => page.evaluate(() => document.documentElement.scrollWidth <= 360);
  expect(await isNarrow(), 'the charts');
  await page.locator('#tab-list').click();
  await page.locator('.things button').first().tap();
  await page.locator('#pane-thing h2').waitFor();
  expect(await isNarrow(), 'the panel');
  await shoot(page, 'phone');
  await page.locator('#help-button').tap();
  expect(await isNarrow(), 'the help');
  await page.goto(t.server.url);
  await page.locator('.world-card').first().waitFor();
  expect(await isNarrow(), 'the worlds');
});

check('all of it can be done with the keyboard', async (t) => {
  const page = await openWorld(t, t.still.id);
  await page.keyboard.press('?');
  await page.getByText('Keys and gestures').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('2');
  await page.locator('#tab-list').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.type('bot');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const selected = await until(page, 'one is selected', () => window.unscripted.selected);
  expect(
    selected === (await page.evaluate(() => [...window.unscripted.bots].sort()[1])),
    'the second of the list',
  );
  await page.locator('#canvas').focus();
  const before = await read(page, 'camera');
  await page.keyboard.press('ArrowLeft', { delay: 300 });
  await until(
    page,
    'the camera moves',
    (x) => Math.abs(window.unscripted.camera.target[0] - x) > 0.05,
    before.target[0],
  );
  await page.keyboard.press('PageUp', { delay: 1500 });
  await page.keyboard.press('q', { delay: 300 });
  await until(
    page,
    'the camera turns',
    (a) => Math.abs(window.unscripted.camera.azimuth - a) > 0.003,
    before.azimuth,
  );
  const { eye } = await read(page, 'camera');
  expect(eye[1] >= 0.39, `the eye is at ${eye[1]} m`);
  await page.keyboard.press('0');
  await page.keyboard.press('t');
  expect((await page.evaluate(() => document.documentElement.dataset.theme)) === 'dark', 'dark');
  await page.keyboard.press('t');
});

check('who joins acts as a bot of their own', async (t) => {
  const page = await openWorld(t, t.still.id);
  await t.client.ask('world.update', { world: t.still.id, pause_at: null });
  await page.locator('#join').click();
  await page.locator('#join-dialog input').fill('visitor');
  await page.keyboard.press('Enter');
  const bot = await until(page, 'there is a bot', () => window.unscripted.player);
  await page.locator('#pane-thing h2', { hasText: 'visitor' }).waitFor();
  await page.locator('[data-action="walk"] .compass button').first().click();
  await until(page, 'what became of it is said', () =>
    /done at tick|refused/.test(
      document.querySelector('[data-action="walk"] .outcome').textContent,
    ),
  );
  await shoot(page, 'joined');
  const told = await t.client.ask('history.read', { world: t.still.id, from: 1, bot });
  expect(
    told.records.some((r) => r.command.action === 'walk'),
    'it is in the history',
  );
});

check('the theme is that of the system', async (t) => {
  const page = await openWorld(t, t.eden.id, '', { colorScheme: 'dark' });
  expect((await page.evaluate(() => document.documentElement.dataset.theme)) === 'dark', 'dark');
  await shoot(page, 'dark');
});

check('without WebGL the lists, charts and timeline work', async (t) => {
  const browser = await launch(t, '--disable-3d-apis');
  try {
    const page = await (
      await browser.newContext({ viewport: { width: 900, height: 600 } })
    ).newPage();
    await page.goto(`${t.server.url}/?world=${t.eden.id}`);
    await page.getByText('cannot draw in three dimensions').waitFor();
    await page.locator('.things button').first().waitFor();
    await scrub(page, 15);
    await atTick(page, 15);
    await page.locator('.things button').first().click();
    await page.locator('#pane-thing h2').waitFor();
    await shoot(page, 'no-webgl');
  } finally {
    await browser.close();
  }
});

await runAll(checks);
