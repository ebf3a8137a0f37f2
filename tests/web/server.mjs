// A server of its own for the tests of the page, and a client that asks it over TCP.
import { spawn } from 'node:child_process';
import net from 'node:net';

/** Starts the program on the ports that are wished, 0 for any; `stop` and `kill` end it. */
export async function startServer(binary, data, { tcp = 0, http = 0 } = {}) {
  const child = spawn(
    binary,
    ['serve', '--tcp', `127.0.0.1:${tcp}`, '--http', `127.0.0.1:${http}`, '--data', data],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // Whatever ends the test ends its server.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.removeListener('exit', end));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const ports = await readPorts(child);
  return {
    ...ports,
    url: `http://127.0.0.1:${ports.http}`,
    stop: () => (child.kill('SIGTERM'), ended),
    kill: () => (child.kill('SIGKILL'), ended),
  };
}

function readPorts(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    child.stdout.on('data', (bytes) => {
      said += bytes;
      const tcp = /listening on 127\.0\.0\.1:(\d+)/.exec(said);
      const http = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
      if (tcp && http) resolve({ tcp: Number(tcp[1]), http: Number(http[1]) });
    });
  });
}

/** Requests over TCP, as many at once as one likes. */
export class Client {
  constructor(port) {
    this.waiting = new Map();
    this.lastId = 0;
    this.rest = '';
    this.socket = net.connect(port, '127.0.0.1');
    this.socket.on('data', (bytes) => this.take(String(bytes)));
    this.socket.on('error', () => {});
  }

  ask(method, params = {}) {
    const id = ++this.lastId;
    this.socket.write(`${JSON.stringify({ id, method, params })}\n`);
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  close() {
    this.socket.destroy();
  }

  take(text) {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop();
    for (const line of lines) {
      const said = JSON.parse(line);
      const asked = this.waiting.get(said.id);
      this.waiting.delete(said.id);
      if (said.error) asked?.reject(new Error(said.error.message));
      else asked?.resolve(said.result);
    }
  }
}

/**
 * A world in which bots with random minds live, and soon die. `places` says where, for as many of
 * `bots` and `wells` as it has.
 */
export async function makeWorld(
  client,
  name,
  { bots = 10, wells = 2, side = 12, places = { bots: [], wells: [] }, more = {} } = {},
) {
  const world = await client.ask('world.create', {
    name,
    dims: [side, 10, side],
    pace: 'realtime',
    speed: 6,
    capacity: { bot: bots + 10, thing: bots + 100 },
    rules: { day: 60, lifespan: 400 },
    ...more,
  });
  const wishes = [];
  for (let i = 0; i < wells; ++i)
    wishes.push(
      client.ask('thing.create', { world: world.id, kind: 'well', pos: places.wells[i] }),
    );
  for (let i = 0; i < bots; ++i)
    wishes.push(
      client.ask('bot.create', {
        world: world.id,
        mind: 'random',
        female: i % 2 === 0,
        pos: places.bots[i],
      }),
    );
  await Promise.all(wishes);
  return world;
}
